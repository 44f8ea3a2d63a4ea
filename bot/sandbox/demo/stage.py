"""The stand-ins and the product beside them, on loopback, wired by settings alone."""

import json
import os
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

import httpx2

from bot.sandbox import loopback
from bot.sandbox.demo import seed
from bot.sandbox.demo.processes import Launch, Process, Start, execute
from bot.sandbox.mail.sandbox import MailSandbox
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.server import SlackSandbox
from bot.sandbox.stripe.sandbox import StripeSandbox

READY_SECONDS = 180.0  # a busy machine takes its time; a process that ends is seen at once
STOP_SECONDS = 30.0
NEWCOMER = ("U06NORA", "Nora Quist", "nora@bloom-wholesale.test")
STAFF = (
    ("U01ANNA", "Anna Berger", "anna@bloom-wholesale.test"),
    ("U02MARA", "Mara Lindqvist", "mara@bloom-wholesale.test"),
    ("U03CARL", "Carlos Ibarra", "carlos@bloom-wholesale.test"),
    ("U04SALLY", "Sally Okafor", "sally@bloom-wholesale.test"),
    ("U05ALEX", "Alex Tanaka", "alex@bloom-wholesale.test"),
    NEWCOMER,
)
# Nothing else of the environment reaches the demo: somebody's own settings, DATABASE_URL_FILE
# above all, must not put the florist's invoices into their books.
INHERITED = re.compile(r"(PATH|HOME|LANG|LC_\w+|TZ|TMPDIR|VIRTUAL_ENV|PYTHON\w*|(LD|DYLD|XDG)_\w+)")
ROOT = Path(__file__).parents[3]
COMPANY = {
    "COMPANY_NAME": "Bloom Wholesale",
    "COMPANY_ADDRESS": "1 Market Road\\nSeattle, WA 98101",
    "COMPANY_PHONE": "+1 206 555 0100",
    "COMPANY_EMAIL": "billing@bloom-wholesale.test",
    "COMPANY_TAX_ID": "91-1234567",
    "COMPANY_TIMEZONE": "America/Los_Angeles",
    "REMIT_TO": "First Harbor Bank\\nAccount 000123456\\nRouting 125000024",
    "MAIL_FROM": "billing@bloom-wholesale.test",
    "SECRET_KEY": "for the demo on loopback only",
    "BULK_HOLD_SECONDS": "10",
}
QUICK_HOLD = 3  # seconds in which Undo works: enough for a machine, not for a person


class StageError(Exception):
    """The product could not be started; the text says what it said."""


class Stage:
    """CSV files, logs and saved mails lie in `folder`; the database too, unless a URL is given.

    `hold_seconds` is how long a send can be undone; `launch` starts the product's processes.
    """

    def __init__(
        self,
        folder: Path,
        *,
        database_url: str = "",
        hold_seconds: int = QUICK_HOLD,
        launch: Launch = execute,
    ) -> None:
        self.folder = folder.resolve()
        self.database_url = database_url or f"sqlite:///{self.folder / 'demo.db'}"
        self.hold_seconds = hold_seconds
        self.import_dir = self.folder / "import"  # watched by the product
        self.import_dir.mkdir(parents=True, exist_ok=True)
        self.slack = SlackSandbox()
        self.stripe = StripeSandbox(merchant_name=COMPANY["COMPANY_NAME"])
        self.mail = MailSandbox()
        self.port = _free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self._launch = launch
        self._product: Process | None = None

    @property
    def settings(self) -> dict[str, str]:
        """What the product is told: nothing in it knows that these are stand-ins."""
        return COMPANY | {
            "DATABASE_URL": self.database_url,
            "SEND_HOLD_SECONDS": str(self.hold_seconds),
            "BASE_URL": self.base_url,
            "PORT": str(self.port),
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "SLACK_API_URL": self.slack.api_url,
            "STRIPE_API_KEY": self.stripe.api_key,
            "STRIPE_API_BASE": self.stripe.api_base,
            "STRIPE_WEBHOOK_SECRET": self.stripe.webhook_secret,
            "SMTP_URL": self.mail.url,
            "IMPORT_DIR": str(self.import_dir),
        }

    def person(self, person_id: str) -> Person:
        return self.slack.person(person_id)

    def verb(self, *arguments: str, **settings: str) -> str:
        """Run one verb to its end, with other `settings` if need be, and return what it printed.

        Raises `StageError` if it failed.
        """
        with TemporaryDirectory() as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            start = Start(arguments, self._environment() | settings, self.folder, out, err)
            code = self._launch(start).wait()
            said, complained = (path.read_text(encoding="utf-8") for path in (out, err))
        if code:
            raise StageError(f"{' '.join(arguments[:1])} failed:\n{said}{complained}")
        return said

    def ledger(self) -> dict[str, Any]:
        ledger: dict[str, Any] = json.loads(self.verb("export-ledger"))
        return ledger

    def start(self) -> Self:
        """Stand-ins first, then the books, then the product; returns once it is ready."""
        self.start_stand_ins()
        self.start_product()
        return self

    def start_stand_ins(self) -> None:
        """A moment: whoever looks at them need not wait for the product."""
        for stand_in in (self.slack, self.stripe, self.mail):
            stand_in.start()
        self.slack.workspace.add_channel("#general", bot_is_member=False)
        for person in STAFF:
            self.slack.add_person(*person)
            self.slack.workspace.direct_messages(person[0])
        self.slack.events_url = f"{self.base_url}/slack/events"
        self.stripe.webhook_url = f"{self.base_url}/stripe/webhook"

    def start_product(self) -> None:
        """Its processes start while its books are read; returns once both are done."""
        self._serve()
        with ThreadPoolExecutor() as pool:
            books = pool.submit(self._read_books)
            self._wait_until_ready()
            self.imported = books.result()

    def _read_books(self) -> str:
        self.verb("migrate")  # beside the one that is starting: whoever comes second waits
        # Held, so that none of the books' recent invoices is mailed by itself, now or later.
        return self.verb("import", *map(str, self._seed()), MAIL_MODE="hold")

    def stop(self) -> None:
        if self._product is not None:
            self._product.terminate()
            self._product.wait(STOP_SECONDS)
        for stand_in in (self.slack, self.stripe, self.mail):
            stand_in.stop()

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

    def _seed(self) -> list[Path]:
        return seed.write_files(self.folder / "books", datetime.now(UTC).date())

    def _environment(self) -> dict[str, str]:
        """Run in `folder`, where no .env lies; the product's modules are found all the same."""
        inherited = {k: value for k, value in os.environ.items() if INHERITED.fullmatch(k)}
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
        return inherited | {"PYTHONPATH": path} | self.settings

    def _serve(self) -> None:
        log = self.folder / "product.log"
        start = Start(("serve",), self._environment(), self.folder, log, log)
        self._product = self._launch(start)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not _ready(f"{self.base_url}/readyz"):
            ended = self._product is None or self._product.poll() is not None
            if ended or time.monotonic() > deadline:
                said = (self.folder / "product.log").read_text(encoding="utf-8")
                raise StageError(f"the product did not start:\n{said[-2000:]}")
            time.sleep(0.05)


def _ready(url: str) -> bool:
    try:
        return loopback.get(url, timeout=2).is_success
    except httpx2.HTTPError:
        return False


def _free_port() -> int:
    """A port that is free now: BASE_URL must be known before the product binds it."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
