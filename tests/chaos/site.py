"""The product as processes of its own beside the stand-ins, with a fault proxy on every way."""

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from sqlalchemy import make_url

from bot import wiring
from bot.sandbox.demo.stage import COMPANY, _free_port
from bot.sandbox.mail.sandbox import MailSandbox
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.server import SlackSandbox
from bot.sandbox.stripe.sandbox import StripeSandbox
from bot.settings import Settings
from commands.desk import Desk
from commands.export_ledger.service import ledger
from commands.payment_link import service as payment_link
from commands.send_invoice.service import SendInvoice, send_invoice
from storage.database import Database
from storage.tables import METADATA
from tests.builders import ANNA, CAST, add_customer, add_invoice
from tests.chaos.fault_proxy import OK, FaultProxy
from tests.chaos.processes import Child, Recipe, wait_until_gone

CUSTOMERS = 2
# Stripe goes on for days; a web that is down for a few seconds must not lose an event here.
WEBHOOK_PAUSES = (0.3,) * 200
ORPHAN_SECONDS = 5.0
SENDERS = [person for person in CAST if person.roles]


@dataclass(frozen=True)
class Options:
    """`speed`: seconds of leases and retries in a second.

    `plain_pdfs`: nothing is typeset, and processes start from a warm forkserver.
    """

    speed: float = 60
    plain_pdfs: bool = True
    lease_seconds: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lease_seconds", 300 / self.speed)


class Site:
    """`database_url` has been migrated and has the cast in it; `folder` is for the logs."""

    def __init__(self, folder: Path, database_url: str, options: Options) -> None:
        self.folder = folder
        self.options = options
        self.database_url = database_url
        self.origin = time.time()
        self.slack = SlackSandbox()
        self.stripe = StripeSandbox(merchant_name=COMPANY["COMPANY_NAME"])
        self.mail = MailSandbox()
        self.port = _free_port()
        self.proxies = {
            "smtp": FaultProxy(self.mail.port),
            "slack": FaultProxy(_port(self.slack.url)),
            "stripe": FaultProxy(_port(self.stripe.api_base)),
            "webhooks": FaultProxy(self.port),
        }
        if make_url(database_url).get_backend_name() == "postgresql":
            self.proxies["database"] = FaultProxy(_postgresql(database_url))
        self.accepted: set[str] = set()
        self.database = Database(database_url)
        self._stack = ExitStack()
        self._children: list[Child] = []

    @property
    def settings(self) -> dict[str, str]:
        via = {name: f"http://127.0.0.1:{proxy.port}" for name, proxy in self.proxies.items()}
        return COMPANY | {
            "DATABASE_URL": self._product_url(),
            "BASE_URL": f"http://127.0.0.1:{self.port}",
            "PORT": str(self.port),
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "SLACK_API_URL": f"{via['slack']}/api/",
            "STRIPE_API_KEY": self.stripe.api_key,
            "STRIPE_API_BASE": via["stripe"],
            "STRIPE_WEBHOOK_SECRET": self.stripe.webhook_secret,
            "SMTP_URL": f"smtp://127.0.0.1:{self.proxies['smtp'].port}",
            "SEND_HOLD_SECONDS": "0",
        }

    def start(self) -> Self:
        for stand_in in (self.slack, self.stripe, self.mail):
            self._stack.callback(stand_in.start().stop)
        for proxy in self.proxies.values():
            self._stack.enter_context(proxy)
        for person in CAST:
            self.slack.add_person(person.id, person.name, person.email)
        self.stripe.webhook_url = f"http://127.0.0.1:{self.proxies['webhooks'].port}/stripe/webhook"
        self.stripe.retry_webhooks_after(*WEBHOOK_PAUSES)
        return self

    def stop(self) -> None:
        for child in self._children:
            child.end()
        self._stack.close()
        self.database.close()

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    # -- the product --------------------------------------------------------------------------

    def spawn(self, slot: str, end: str = "") -> Child:
        """A process in a group of its own; `end` as fast_worker wants it."""
        verb = slot.partition("-")[0]
        log = self.folder / f"{slot}.log"
        module, arguments = "tests.chaos.fast_worker", self._arguments(verb, end)
        if verb == "clock" or (verb == "web" and not end):
            module, arguments = "bot", (verb,)
        child = Child(Recipe(module, arguments, self.settings, log), warm=self.options.plain_pdfs)
        self._children.append(child)
        return child

    def _arguments(self, verb: str, end: str) -> tuple[str, ...]:
        clock = ("--origin", str(self.origin), "--speed", str(self.options.speed))
        plain = ("--plain-pdfs",) * self.options.plain_pdfs
        return (verb, *clock, *plain, *(("--end", end) if end else ()))

    def orphans(self, living: set[int]) -> list[int]:
        """Groups of dead processes in which somebody still runs a while later."""
        dead = [child.pid for child in self._children if child.pid not in living]
        return wait_until_gone(dead, ORPHAN_SECONDS)

    # -- work ---------------------------------------------------------------------------------

    def queue_mails(self, batch: str, count: int) -> None:
        """So many invoices, each sent by one of the cast through the real service."""
        self._write_books(batch, count)
        desk = self._desk()
        for number in range(count):
            draft = f"{batch}-{number}"
            order = SendInvoice(
                draft_id=draft,
                invoice_number=f"INV-{draft}",
                recipients=(f"ap@{draft}.test",),
                with_link=True,
            )
            send_invoice(SENDERS[number % len(SENDERS)], desk, order=order)
            self.accepted.add(f"invoice-mail:{draft}")
        desk.database.close()

    def _desk(self) -> Desk:
        """For what people do: past the proxies, as it is not what is being tested."""
        direct = {"DATABASE_URL": self.database_url, "STRIPE_API_BASE": self.stripe.api_base}
        return wiring.desk(Settings(self.settings | direct))

    def _write_books(self, batch: str, count: int) -> None:
        with self.database.writing() as session:
            for number in range(CUSTOMERS):
                add_customer(session, f"C-{batch}-{number}", emails=(f"ap@c{number}.test",))
            for number in range(count):
                customer = f"C-{batch}-{number % CUSTOMERS}"
                add_invoice(
                    session, f"INV-{batch}-{number}", customer_id=customer, total=1000 + number
                )

    def link_turned_off(self, batch: str) -> str:
        """The address of a link for a new invoice that was issued and ended at once."""
        self._write_books(batch, 1)
        desk = self._desk()
        with desk.database.writing() as session:
            link = payment_link.issue(
                session,
                ANNA,
                desk,
                kind="invoice",
                subject=f"INV-{batch}-0",
                customer_id=f"C-{batch}-0",
                currency="USD",
                invoice_numbers=[f"INV-{batch}-0"],
            )
        payment_link.turn_off(ANNA, desk, link_id=link.id)
        desk.database.close()
        return payment_link.url(desk, link)

    # -- evidence -----------------------------------------------------------------------------

    def ledger(self) -> dict[str, Any]:
        return ledger(self.database)

    def posts(self) -> list[Message]:
        with self.slack.workspace.lock:
            channels = list(self.slack.workspace.channels.values())
            return [message for channel in channels for message in channel.messages]

    def acts_at_stripe(self) -> int:
        """Calls that make or change something; the account is read now and then by itself."""
        return sum(call.method == "POST" for call in self.stripe.calls)

    def succeeded_payments(self) -> list[str]:
        with self.stripe.books.lock:
            intents = self.stripe.books.all("payment_intent")
            return [intent["id"] for intent in intents if intent["status"] == "succeeded"]

    def written(self) -> dict[str, bytes]:
        """Every row of every table, and every log."""
        logs = {path.name: path.read_bytes() for path in self.folder.glob("*.log")}
        with self.database.reading() as session:
            connection = session.connection()
            rows = {t.name: connection.execute(t.select()).all() for t in METADATA.sorted_tables}
        return logs | {name: repr(each).encode() for name, each in rows.items()}

    def last_words(self) -> str:
        """The ends of the logs, for whoever has to find out."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(
            f"{path.name}: …{path.read_text(errors='replace')[-1500:]}" for path in logs
        )

    def heal(self) -> None:
        """No proxy misbehaves any more; events travel as they should."""
        for proxy in self.proxies.values():
            proxy.switch(OK)
        self.stripe.deliver_events("normal")

    def _product_url(self) -> str:
        if "database" not in self.proxies:
            return self.database_url
        url = make_url(self.database_url).set(host="127.0.0.1", port=self.proxies["database"].port)
        return url.set(query={}).render_as_string(hide_password=False)


def _postgresql(url: str) -> int | str:
    """The port, or the socket of a server that listens on no port."""
    parsed = make_url(url)
    folder = parsed.query.get("host", "")
    port = parsed.port or 5432
    return f"{folder}/.s.PGSQL.{port}" if folder else port


def _port(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port
