"""Balance transactions (what Stripe keeps as fee) and payouts to the merchant's bank."""

from bot.sandbox.stripe.books import Books, Record, new_id
from bot.sandbox.stripe.currencies import exponent
from bot.sandbox.stripe.errors import invalid
from bot.sandbox.stripe.listing import matching, page, within

CARD_BASIS_POINTS, BANK_BASIS_POINTS = 290, 80
DAY = 24 * 60 * 60


def _fee(charge: Record) -> int:
    """Card: 2.9 % + 0.30; bank debit: 0.8 %, at most 5.00; half a minor unit rounds up."""
    unit: int = 10 ** exponent(charge["currency"])
    if charge["payment_method_details"]["type"] == "card":
        return _share(charge["amount"], CARD_BASIS_POINTS) + unit * 30 // 100
    return min(_share(charge["amount"], BANK_BASIS_POINTS), 5 * unit)


def _share(amount: int, basis_points: int) -> int:
    return (amount * basis_points + 5000) // 10000


def of_charge(books: Books, charge: Record) -> Record:
    return record(books, charge, "payment" if _is_bank(charge) else "charge", _fee(charge))


def _is_bank(charge: Record) -> bool:
    return bool(charge["payment_method_details"]["type"] == "us_bank_account")


def record(books: Books, source: Record, kind: str, fee: int = 0, sign: int = 1) -> Record:
    """Book `sign * source.amount`, minus `fee`, minor units of the source's currency."""
    amount = sign * source["amount"]
    details = {"amount": fee, "currency": source["currency"], "type": "stripe_fee"}
    return books.add(
        {
            "id": new_id("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": books.time() + 2 * DAY,
            "balance_type": "payments",
            "created": books.time(),
            "currency": source["currency"],
            "description": source.get("description"),
            "exchange_rate": None,
            "fee": fee,
            "fee_details": [
                {"application": None, "description": "Stripe processing fees"} | details
            ]
            if fee
            else [],
            "net": amount - fee,
            "reporting_category": {"adjustment": "dispute", "payment": "charge"}.get(kind, kind),
            "source": source["id"],
            "status": "available",
            "type": kind,
        }
    )


def list_transactions(books: Books, params: Record) -> Record:
    found = matching(books.all("balance_transaction"), params, "currency", "source", "type")
    if "payout" in params:
        books.get("payout", params["payout"], "payout", status=400)
        found = [txn for txn in found if books.paid_out.get(txn["id"]) == params["payout"]]
    return page(found, params, "/v1/balance_transactions")


def pay_out(books: Books, currency: str) -> Record:
    """Send everything not yet paid out to the bank; ApiError 400 when there is nothing."""
    waiting = [
        txn
        for txn in books.all("balance_transaction")
        if txn["currency"] == currency
        and txn["type"] != "payout"
        and txn["id"] not in books.paid_out
    ]
    amount = sum(txn["net"] for txn in waiting)
    if amount <= 0:
        raise invalid(f"There is no balance in {currency} to pay out.", code="balance_insufficient")
    payout = books.add(_payout(books, amount, currency))
    payout["balance_transaction"] = record(books, payout, "payout", sign=-1)["id"]
    for txn_id in [*(txn["id"] for txn in waiting), payout["balance_transaction"]]:
        books.paid_out[txn_id] = payout["id"]
    books.emit("payout.created", payout, status="in_transit")
    books.emit("payout.paid", payout)
    books.emit("payout.reconciliation_completed", payout)
    return payout


def _payout(books: Books, amount: int, currency: str) -> Record:
    return {
        "id": new_id("po"),
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "arrival_date": books.time() + DAY,
        "automatic": True,
        "created": books.time(),
        "currency": currency,
        "description": "STRIPE PAYOUT",
        "destination": new_id("ba"),
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "reconciliation_status": "completed",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "paid",
        "type": "bank_account",
    }


def list_payouts(books: Books, params: Record) -> Record:
    found = [
        payout
        for payout in matching(books.all("payout"), params, "destination", "status")
        if within(payout["arrival_date"], params.get("arrival_date"))
    ]
    return page(found, params, "/v1/payouts")


def captured(books: Books) -> dict[str, int]:
    """Money taken minus money given back, minor units per currency."""
    totals: dict[str, int] = {}
    for charge in books.all("charge"):
        kept = charge["amount_captured"] - charge["amount_refunded"]
        totals[charge["currency"]] = totals.get(charge["currency"], 0) + kept
    return {currency: total for currency, total in totals.items() if total}
