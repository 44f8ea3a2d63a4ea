"""A process that dies: between any two of its steps, with nothing tidied up."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlmodel import Session

from commands.ports import (
    CheckoutRequest,
    CheckoutSession,
    GatewayPayment,
    GatewayRefund,
    ReceivedEvent,
    RefundRequest,
)
from storage.database import Database
from tests.fakes import MemoryGateway, MemoryPayments
from tests.machine.stripe_side import StripeSide


class Killed(BaseException):
    """As SIGKILL: no handler of the product's own may catch it."""


@dataclass
class Fuse:
    """Burns down by one at each step; at zero the process dies. `left` None: it does not burn."""

    left: int | None = None

    def step(self) -> None:
        if self.left is None:
            return
        self.left -= 1
        if self.left <= 0:
            self.left = None
            raise Killed


class CrashingDatabase(Database):
    """Each unit of work that writes is two steps: before it begins, and after its commit."""

    def __init__(self, inner: Database, fuse: Fuse) -> None:  # the engines of `inner` are shared
        self.__dict__.update(inner.__dict__)
        self._fuse = fuse

    @contextmanager
    def writing(self) -> Iterator[Session]:
        self._fuse.step()
        with super().writing() as session:
            yield session
        self._fuse.step()


@dataclass
class CrashingGateway:
    """Each call is two steps: before the gateway hears of it, and after it has acted."""

    inner: MemoryGateway
    fuse: Fuse

    def start(self, request: CheckoutRequest) -> CheckoutSession:
        self.fuse.step()
        made = self.inner.start(request)
        self.fuse.step()
        return made

    def find(self, session_id: str) -> CheckoutSession:
        self.fuse.step()
        return self.inner.find(session_id)

    def expire(self, session_id: str) -> CheckoutSession:
        self.fuse.step()
        ended = self.inner.expire(session_id)
        self.fuse.step()
        return ended

    def events_since(self, instant: object, *, limit: int) -> list[ReceivedEvent]:
        return self.inner.events_since(instant, limit=limit)  # type: ignore[arg-type]  # an instant


@dataclass
class CrashingPayments:
    inner: MemoryPayments
    fuse: Fuse

    def find(self, payment_id: str) -> GatewayPayment:
        self.fuse.step()
        return self.inner.find(payment_id)

    def session_of(self, payment_id: str) -> CheckoutSession | None:
        self.fuse.step()
        return self.inner.session_of(payment_id)


@dataclass
class CrashingRefunds:
    """What Stripe has made stays made, whoever lives to hear of it."""

    stripe: StripeSide
    fuse: Fuse

    def make(self, request: RefundRequest) -> GatewayRefund:
        self.fuse.step()
        made = self.stripe.make_refund(request)
        self.fuse.step()
        return made

    def find(self, refund_id: str) -> GatewayRefund:
        self.fuse.step()
        return self.stripe.refunds.find(refund_id)

    def of_payment(self, payment_id: str) -> list[GatewayRefund]:
        self.fuse.step()
        return self.stripe.refunds.of_payment(payment_id)
