"""Money that goes back: refunds asked for, agreed on, made; Stripe's Dashboard; disputes."""

from hypothesis import strategies as some
from hypothesis.stateful import precondition, rule

from commands.access import SETTLER
from commands.approvals import service as approvals
from commands.dispute import service as disputes
from commands.refund import service as refund
from commands.refund.carry_out import carry_out_next
from commands.refund.plan import RefundWish
from storage.approvals import Approval
from tests.builders import ANNA, CARL, MARA
from tests.machine.acting import AMOUNTS, PICK, STEPS, Acting, whole

AT_STRIPE = (
    "refund_in_dashboard",
    "refund_fails",
    "refund_arrives",
    "dispute",
    "withdraw",
    "win",
    "lose",
)


class MoneyBack(Acting):
    @precondition(lambda self: self.books().money())
    @rule(pick=PICK, amount=AMOUNTS, whole_of_it=some.booleans(), asks=some.booleans(), dies=STEPS)
    def staff_refund(
        self, pick: int, amount: int, whole_of_it: bool, asks: bool, dies: int | None
    ) -> None:
        """An Admin at once; a cashier's waits for a second person."""
        books = self.books()
        payment = books.payments[self.one_of(books.money(), pick)]
        minor = payment.amount - payment.refunded - payment.disputed if whole_of_it else amount
        ticked = tuple(row.invoice_number for row in books.laid if row.payment_id == payment.id)
        chosen = ticked[:1] if amount % 2 else ()
        draft = self.next_id("refund")
        wish = RefundWish(draft, payment.id, whole(minor), "requested_by_customer", invoices=chosen)
        with self.dying(dies):
            refund.place(CARL if asks else ANNA, self.shop.desk, wish=wish)

    @precondition(lambda self: self.books().waiting())
    @rule(act=some.sampled_from(["approve", "reject", "withdraw", "approve_own"]), dies=STEPS)
    def somebody_decides(self, act: str, dies: int | None) -> None:
        request = self.books().waiting()[0]
        with self.dying(dies):
            self._decide(act, request)

    @rule(lost=some.booleans(), pending=some.booleans(), dies=STEPS)
    def the_refund_is_made(self, lost: bool, pending: bool, dies: int | None) -> None:
        """By a worker that dies over it, or hears no answer, now and then."""
        side = self.shop.stripe.refunds
        side.status, side.forget_answers = "pending" if pending else "succeeded", int(lost)
        with self.dying(dies):
            carry_out_next(SETTLER, self.shop.desk)
        side.status, side.forget_answers = "succeeded", 0

    @precondition(lambda self: self.shop.stripe.captured())
    @rule(act=some.sampled_from(AT_STRIPE), pick=PICK, amount=AMOUNTS, told=some.booleans())
    def at_stripe(self, act: str, pick: int, amount: int, told: bool) -> None:
        """`told`: of all that happened there so far, at once."""
        getattr(self, f"_{act}")(pick, amount)
        if told:
            for event in self.shop.stripe.gateway.events:
                self.shop.deliver(event)
            self.shop.handle_all()

    @precondition(lambda self: self.books().disputes)
    @rule(pick=PICK, dies=STEPS)
    def somebody_takes_the_dispute(self, pick: int, dies: int | None) -> None:
        dispute_id = self.one_of(sorted(self.books().disputes), pick)
        with self.dying(dies):
            disputes.take(MARA, self.shop.desk, dispute_id=dispute_id)

    # -- how ------------------------------------------------------------------------------------

    def _decide(self, act: str, request: Approval) -> None:
        desk, about = self.shop.desk, request.id
        seen = request.content_hash
        if act == "withdraw":
            approvals.withdraw(CARL, desk, approval_id=about)
        elif act == "reject":
            reason = "Not agreed"
            approvals.reject(MARA, desk, approval_id=about, content_hash=seen, reason=reason)
        else:
            actor = MARA if act == "approve" else CARL
            approvals.approve(actor, desk, approval_id=about, content_hash=seen)

    def _refund_in_dashboard(self, pick: int, amount: int) -> None:
        payment_id = self.one_of(sorted(self.shop.stripe.captured()), pick)
        self.shop.stripe.refund_in_dashboard(payment_id, amount)

    def _refund_fails(self, pick: int, _: int) -> None:
        moving = self.shop.stripe.moving_refunds()
        if moving:
            self.shop.stripe.move_refund(self.one_of(moving, pick), "failed")

    def _refund_arrives(self, pick: int, _: int) -> None:
        moving = self.shop.stripe.moving_refunds()
        if moving:
            self.shop.stripe.move_refund(self.one_of(moving, pick), "succeeded")

    def _dispute(self, pick: int, amount: int) -> None:
        payment_id = self.one_of(sorted(self.shop.stripe.captured()), pick)
        self.shop.stripe.dispute(payment_id)
        if amount % 2:  # as a rule the money goes at once
            self._withdraw(pick, amount)

    def _withdraw(self, pick: int, _: int) -> None:
        there = self.shop.stripe.open_disputes()
        if there:
            self.shop.stripe.withdraw(self.one_of(there, pick))

    def _win(self, pick: int, _: int) -> None:
        there = self.shop.stripe.open_disputes()
        if there:
            self.shop.stripe.close(self.one_of(there, pick), "won")

    def _lose(self, pick: int, _: int) -> None:
        there = self.shop.stripe.open_disputes()
        if there:
            self.shop.stripe.close(self.one_of(there, pick), "lost")
