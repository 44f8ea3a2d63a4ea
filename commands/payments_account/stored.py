"""The payments account as forms, mails and pages see it: from the database, never from Stripe."""

from typing import Protocol

from commands.payments_account import requirements
from commands.ports import AccountReading, AccountState
from storage import gateway_accounts
from storage.database import Database
from storage.gateway_accounts import GatewayAccountRow
from storage.methods import Method

# As long as it was never read nothing is held against it: a link lasts longer than an outage, and
# whoever pays meanwhile is told to try again.
_NEVER_READ = AccountState("active", ("card", "us_bank_account"))
_METHODS: tuple[Method, ...] = ("card", "us_bank_account")


class AccountReader(Protocol):
    def read(self) -> AccountReading:
        """Asks the gateway. Raises `GatewayUnavailable` or `Refused`."""
        ...


class StoredAccount:
    """`commands.ports.GatewayAccount`."""

    def __init__(self, database: Database, reader: AccountReader) -> None:
        self._database = database
        self._reader = reader

    def state(self) -> AccountState:
        with self._database.reading() as session:
            row = gateway_accounts.known(session)
        return account_state(row) if row is not None else _NEVER_READ

    def read(self) -> AccountReading:
        return self._reader.read()


def account_state(row: GatewayAccountRow) -> AccountState:
    if row.status == "restricted":
        return AccountState("restricted", (), explanation(row))
    return AccountState("active", tuple(m for m in _METHODS if m in row.methods))


def explanation(row: GatewayAccountRow) -> str:
    """Why it cannot take money, for staff."""
    if row.problem:
        return f"The payments account cannot take money now: {row.problem}"
    missing = requirements.in_words(row.requirements)
    needs = f": Stripe still requires {', '.join(missing)}" if missing else ""
    return f"The payments account cannot take money now{needs}."
