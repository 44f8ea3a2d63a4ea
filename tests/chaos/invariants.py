"""What has to hold whatever happened, checked from outside (the numbers are those of
docs/reliability.md). Each function raises AssertionError with a sentence that names the culprit.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from bot.sandbox.mail.received import ReceivedMail

Entry = dict[str, Any]
MOST_COPIES = 2  # the mail itself and one more, when it could not be known whether it had arrived
TERMINAL = frozenset({"sent", "failed", "unknown", "cancelled"})


@dataclass(frozen=True)
class Evidence:
    """Everything the outside saw. `captured`: minor units by currency, as Stripe counts.

    `snapshots`: earlier exports of the ledger, oldest first. `accepted`: keys of the mails that
    were promised to a person. `posts`: the key of each message that stands in Slack. `written`:
    everything the product wrote by itself, as bytes by name.
    """

    ledger: Entry
    snapshots: list[Entry] = field(default_factory=list)
    accepted: frozenset[str] = frozenset()
    mails: list[ReceivedMail] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)
    captured: dict[str, int] = field(default_factory=dict)
    succeeded: list[str] = field(default_factory=list)
    written: dict[str, bytes] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)

    @property
    def copies(self) -> Counter[str]:
        """How often each Message-ID arrived."""
        return Counter(str(mail.message["Message-ID"]) for mail in self.mails)

    def deliveries(self, kind: str) -> list[Entry]:
        return [row for row in self.ledger["deliveries"] if row["kind"] == kind]


def i1_money_of_a_payment_is_all_there(seen: Evidence) -> None:
    for payment in _settled(seen):
        laid = sum(part["amount"] for part in payment["allocations"])
        gone = payment["refunded"] + payment["disputed"]
        rest = payment["amount"] - gone - laid - payment["unapplied"]
        parts = [payment["unapplied"], *(part["amount"] for part in payment["allocations"])]
        assert rest == 0, f"I1: payment {payment['id']} has {rest} that is nowhere"
        assert min(parts) >= 0, f"I1: payment {payment['id']} has a part below zero"


def i2_no_invoice_is_paid_more_than_once(seen: Evidence) -> None:
    for invoice in seen.ledger["invoices"]:
        number, laid, whole = invoice["number"], invoice["allocated"], invoice["total"]
        assert 0 <= laid <= whole, f"I2: {number} of {whole} has {laid} laid on it"
        assert invoice["balance"] == whole - laid, f"I2: the balance of {number} is wrong"
        is_paid = invoice["status"] == "paid"
        assert is_paid == (laid == whole), f"I2: {number} is {invoice['status']} with {laid}"


def i3_invoices_and_payments_agree(seen: Evidence) -> None:
    laid: Counter[str] = Counter()
    for payment in _settled(seen):
        for part in payment["allocations"]:
            laid[part["invoice"]] += part["amount"]
    for invoice in seen.ledger["invoices"]:
        number = invoice["number"]
        told = f"I3: {number} says {invoice['allocated']}, its payments say {laid[number]}"
        assert invoice["allocated"] == laid[number], told


def i4_each_payment_is_booked_once(seen: Evidence) -> None:
    booked = Counter(payment["id"] for payment in _settled(seen))
    twice = [payment for payment, times in booked.items() if times > 1]
    assert not twice, f"I4: booked more than once: {twice}"
    missing = set(seen.succeeded) - set(booked)
    assert not missing, f"I4: Stripe has payments the ledger does not know: {sorted(missing)}"
    invented = set(booked) - set(seen.succeeded)
    assert not invented, f"I4: the ledger has payments Stripe does not know: {sorted(invented)}"


def i5_the_ledger_has_what_stripe_captured(seen: Evidence) -> None:
    booked: Counter[str] = Counter()
    for payment in _settled(seen):
        booked[payment["currency"].lower()] += payment["amount"] - payment["refunded"]
    captured = Counter({code.lower(): amount for code, amount in seen.captured.items()})
    assert +booked == +captured, f"I5: the ledger has {dict(booked)}, Stripe {dict(captured)}"


def i6_every_promised_mail_has_one_end(seen: Evidence) -> None:
    ends = Counter(row["key"] for row in seen.deliveries("email") if row["status"] in TERMINAL)
    lost = [key for key in seen.accepted if ends[key] != 1]
    assert not lost, f"I6: promised and without an end: {sorted(lost)}"


def i6_sent_mails_arrived_and_failed_ones_did_not(seen: Evidence) -> None:
    copies = seen.copies
    for row in seen.deliveries("email"):
        count, key = copies[row["message_id"]], row["key"]
        if row["status"] == "sent":
            assert count, f"I6: {key} is called sent and never arrived"
        if row["status"] in {"failed", "cancelled"}:
            assert not count, f"I6: {key} is called {row['status']} and arrived"
            assert row["error"] or row["status"] == "cancelled", f"I6: {key} failed in silence"
    known = {row["message_id"] for row in seen.deliveries("email")}
    strangers = set(copies) - known
    assert not strangers, f"I6: mails nobody asked for: {sorted(strangers)}"


def i6_at_most_one_extra_copy(seen: Evidence) -> None:
    copies = seen.copies
    for row in seen.deliveries("email"):
        most = min(MOST_COPIES, row["attempts"])
        count = copies[row["message_id"]]
        told = f"I6: {row['key']} arrived {count} times in {row['attempts']} attempts"
        assert count <= most, told


def i6_copies_are_the_same(seen: Evidence) -> None:
    bodies: defaultdict[str, set[tuple[bytes, tuple[str, ...]]]] = defaultdict(set)
    for mail in seen.mails:
        bodies[str(mail.message["Message-ID"])].add((mail.raw, mail.recipients))
    different = [message_id for message_id, each in bodies.items() if len(each) > 1]
    assert not different, f"I6: one Message-ID, different mails: {different}"


def i6_posts_are_there_at_most_twice(seen: Evidence) -> None:
    copies = Counter(seen.posts)
    for row in seen.deliveries("slack"):
        if row["key"].startswith("card-edit:"):
            continue  # an edit leaves no message of its own
        count, key = copies[row["key"]], row["key"]
        told = f"I6: {key} was posted {count} times in {row['attempts']} attempts"
        assert count <= min(MOST_COPIES, row["attempts"]), told
        if row["status"] == "sent":
            assert count, f"I6: {key} is called sent and stands nowhere"
        if row["status"] == "failed":
            assert row["error"], f"I6: {key} failed in silence"
            assert not count, f"I6: {key} is called failed and stands in Slack"


def i13_what_has_ended_stays_so(seen: Evidence) -> None:
    history = [*seen.snapshots, seen.ledger]
    for before, after in pairwise(history):
        _same_ends(before, after, "deliveries", "key", TERMINAL)
        _same_ends(before, after, "payments", "id", frozenset({"succeeded"}))
        _same_ends(before, after, "invoices", "number", frozenset({"paid"}))


def i14_no_secret_was_written(seen: Evidence) -> None:
    for name, content in seen.written.items():
        for secret in seen.secrets:
            told = f"I14: {name} holds the secret {secret[:6]}…"
            assert secret.encode() not in content, told


def i16_nothing_is_left_to_do(seen: Evidence) -> None:
    left = [row["key"] for row in seen.ledger["deliveries"] if row["status"] not in TERMINAL]
    assert not left, f"I16: {len(left)} deliveries never ended, such as {left[:3]}"


ALL = (
    i1_money_of_a_payment_is_all_there,
    i2_no_invoice_is_paid_more_than_once,
    i3_invoices_and_payments_agree,
    i4_each_payment_is_booked_once,
    i5_the_ledger_has_what_stripe_captured,
    i6_every_promised_mail_has_one_end,
    i6_sent_mails_arrived_and_failed_ones_did_not,
    i6_at_most_one_extra_copy,
    i6_copies_are_the_same,
    i6_posts_are_there_at_most_twice,
    i13_what_has_ended_stays_so,
    i14_no_secret_was_written,
    i16_nothing_is_left_to_do,
)


def check(seen: Evidence) -> None:
    """Every invariant that needs nothing but the evidence; all complaints at once."""
    complaints = [said for said in (_complaint(rule, seen) for rule in ALL) if said]
    assert not complaints, "\n".join(complaints)


def _complaint(rule: Any, seen: Evidence) -> str:
    try:
        rule(seen)
    except AssertionError as error:
        return str(error)
    return ""


def _settled(seen: Evidence) -> list[Entry]:
    return [row for row in seen.ledger["payments"] if row["status"] == "succeeded"]


def _same_ends(before: Entry, after: Entry, table: str, name: str, ends: frozenset[str]) -> None:
    now = {row[name]: row["status"] for row in after[table]}
    for row in before[table]:
        if row["status"] in ends:
            told = f"I13: {row[name]} was {row['status']} and is {now.get(row[name])}"
            assert now.get(row[name]) == row["status"], told
