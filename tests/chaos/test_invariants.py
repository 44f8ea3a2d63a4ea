"""The invariants turn red: each on evidence that was doctored in one place."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.sandbox.mail.received import ReceivedMail
from tests.chaos import invariants
from tests.chaos.invariants import Evidence

PAYMENT = {
    "id": "pi_1",
    "currency": "USD",
    "amount": 1000,
    "refunded": 0,
    "disputed": 0,
    "unapplied": 0,
    "status": "succeeded",
    "allocations": [{"invoice": "INV-1", "amount": 1000}],
}
INVOICE = {
    "number": "INV-1",
    "total": 1000,
    "allocated": 1000,
    "balance": 0,
    "status": "paid",
}
MAIL = {
    "key": "invoice-mail:1",
    "kind": "email",
    "status": "sent",
    "message_id": "<1@bloom.test>",
    "attempts": 1,
    "error": None,
}
POST = {"key": "card:1:U0ANNA", "kind": "slack", "status": "sent", "attempts": 1, "error": None}
EDIT = {"key": "card-edit:2:sent", "kind": "slack", "status": "sent", "attempts": 1, "error": None}


def copy(body: str = "Hello") -> ReceivedMail:
    raw = f"Message-ID: <1@bloom.test>\r\n\r\n{body}\r\n".encode()
    return ReceivedMail(raw, "us", ("ap@iris.test",), datetime.now(UTC), encrypted=False, user=None)


def ledger(**changed: list[dict[str, Any]]) -> dict[str, Any]:
    rows = {"payments": [PAYMENT], "invoices": [INVOICE], "deliveries": [MAIL, POST, EDIT]}
    return rows | changed


def evidence(**own: Any) -> Evidence:
    good: dict[str, Any] = {
        "ledger": ledger(),
        "accepted": frozenset({"invoice-mail:1"}),
        "mails": [copy()],
        "posts": ["card:1:U0ANNA"],
        "captured": {"usd": 1000},
        "succeeded": ["pi_1"],
        "written": {"worker.log": b"nothing of interest"},
        "secrets": ["whsec_of_ours"],
    }
    return Evidence(**(good | own))


def test_good_evidence_passes() -> None:
    invariants.check(evidence())


BAD = {
    "I1: payment pi_1 has 1 that is nowhere": evidence(
        ledger=ledger(payments=[PAYMENT | {"amount": 1001}])
    ),
    "I2: INV-1 of 999 has 1000": evidence(ledger=ledger(invoices=[INVOICE | {"total": 999}])),
    "I2: INV-1 is open": evidence(ledger=ledger(invoices=[INVOICE | {"status": "open"}])),
    "I3: INV-1 says 1000, its payments say 2000": evidence(
        ledger=ledger(payments=[PAYMENT, PAYMENT | {"id": "pi_2"}])
    ),
    "I4: booked more than once": evidence(ledger=ledger(payments=[PAYMENT, PAYMENT])),
    "I4: Stripe has payments": evidence(succeeded=["pi_1", "pi_2"]),
    "I4: the ledger has payments": evidence(succeeded=[]),
    "I5: the ledger has": evidence(captured={"usd": 2000}),
    "I6: promised and without an end": evidence(accepted=frozenset({"invoice-mail:2"})),
    "is called sent and never arrived": evidence(mails=[]),
    "is called failed and arrived": evidence(
        ledger=ledger(deliveries=[MAIL | {"status": "failed", "error": "550"}])
    ),
    "failed in silence": evidence(
        ledger=ledger(deliveries=[MAIL | {"status": "failed"}]), mails=[]
    ),
    "I6: mails nobody asked for": evidence(ledger=ledger(deliveries=[])),
    "arrived 2 times in 1 attempts": evidence(mails=[copy(), copy()]),
    "arrived 3 times in 3 attempts": evidence(
        mails=[copy()] * 3, ledger=ledger(deliveries=[MAIL | {"attempts": 3}])
    ),
    "I6: one Message-ID, different mails": evidence(
        mails=[copy(), copy("Hi")], ledger=ledger(deliveries=[MAIL | {"attempts": 2}])
    ),
    "was posted 2 times in 1 attempts": evidence(posts=["card:1:U0ANNA"] * 2),
    "is called sent and stands nowhere": evidence(posts=[]),
    "is called failed and stands in Slack": evidence(
        ledger=ledger(deliveries=[POST | {"status": "failed", "error": "archived"}])
    ),
    "I13: invoice-mail:1 was failed and is sent": evidence(
        snapshots=[ledger(deliveries=[MAIL | {"status": "failed"}])]
    ),
    "I13: pi_1 was succeeded and is None": evidence(
        snapshots=[ledger()], ledger=ledger(payments=[])
    ),
    "I14: worker.log holds the secret": evidence(written={"worker.log": b"key=whsec_of_ours"}),
    "I16: 1 deliveries never ended": evidence(
        ledger=ledger(deliveries=[MAIL, POST | {"status": "sending"}])
    ),
}


@pytest.mark.parametrize("complaint", BAD)
def test_what_does_not_hold_is_said(complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        invariants.check(BAD[complaint])
