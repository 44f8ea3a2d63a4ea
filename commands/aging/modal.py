"""Aging / Statements as a modal: totals, filters, the customers of one page."""

import json

from commands import freshness
from commands import view_parts as parts
from commands.aging import filter_blocks, words
from commands.aging.listing import PAGE, Listing
from commands.send_statement.modal import CREATE_LABEL
from commands.view_parts import Block, View
from renderers import block_kit
from renderers.mrkdwn import escape
from storage.receivables import BalanceTotal, CustomerBalance

TITLE = "Aging / Statements"
SEARCH = filter_blocks.SEARCH
TURN = "pay.aging.page."  # and the page, from 0, with the button's place before it
INVOICES = "pay.aging.invoices"
STATEMENT = "pay.aging.statement"
CSV = "pay.url.aging_csv"
_SHOWN_CURRENCIES = 5


def view(listing: Listing, notice: str = "") -> View:
    """`notice` (mrkdwn) stands on top: what of the input could not be read."""
    query = listing.query
    blocks = [
        *([parts.context(notice)] if notice else []),
        *(parts.section(_total(each)) for each in listing.totals[:_SHOWN_CURRENCIES]),
        *_more_currencies(listing),
        *freshness.blocks(listing.imported_at),
        *filter_blocks.blocks(listing),
        _tools(listing),
        *(block for n, row in enumerate(listing.rows) for block in _row(n, row, query.typed_in)),
        *([] if listing.rows else [parts.section(_nothing(listing))]),
        *_pages(listing),
    ]
    return parts.form(TITLE, blocks, callback_id=SEARCH, submit="Search", metadata=query.kept()) | {
        "close": parts.plain("Close", 24)
    }


def named_row(value: str) -> tuple[str, str, str]:
    """Of a row's button: the customer's id, the currency, and where the command was typed."""
    customer_id, currency, typed_in = json.loads(value)
    return customer_id, currency, typed_in


def row_buttons(block_id: str, row: CustomerBalance, typed_in: str, *actions: str) -> Block:
    value = json.dumps([row.customer_id, row.currency, typed_in])
    texts = {STATEMENT: CREATE_LABEL, INVOICES: "Open Invoices"}
    label = f"{row.name} {row.currency}"
    return parts.actions(
        block_id,
        *(
            parts.button(texts[action], action, value=value)
            | {"accessibility_label": parts.clip(f"{texts[action]}: {label}", 75)}
            for action in actions
        ),
    )


def standing(row: CustomerBalance) -> list[str]:
    """What is owed, since when, in which ages, and the credit beside it, as lines of mrkdwn."""
    sums, currency = row.sums, row.currency
    oldest = f", the oldest due {block_kit.day(row.oldest_due)}" if row.oldest_due else ""
    owed = f"*{words.amount(sums.owed, currency)}* on {words.invoices(sums.invoices)}{oldest}"
    lines = [owed, words.by_age(sums, currency)] if sums.invoices else ["Nothing is owed"]
    return [line for line in (*lines, words.credit(sums, currency)) if line]


def _total(total: BalanceTotal) -> str:
    sums, currency = total.sums, total.currency
    owed = words.amount(sums.owed, currency)
    head = f"*{owed}* on {words.invoices(sums.invoices)} of {words.customers(total.customers)}"
    lines = (head, words.by_age(sums, currency), words.credit(sums, currency))
    return "\n".join(line for line in lines if line)


def _more_currencies(listing: Listing) -> list[Block]:
    more = [total.currency for total in listing.totals[_SHOWN_CURRENCIES:]]
    return [parts.context(f"And in {', '.join(more)}: see the CSV.")] if more else []


def _tools(listing: Listing) -> Block:
    csv = [parts.button("Download CSV", CSV, url=listing.csv_url)] if listing.rows else []
    return parts.actions("tools", *filter_blocks.buttons(listing.query), *csv)


def _row(position: int, row: CustomerBalance, typed_in: str) -> list[Block]:
    lines = [words.customer(row.name, row.customer_id), *standing(row)]
    buttons = row_buttons(f"row.{position}", row, typed_in, STATEMENT, INVOICES)
    return [parts.section("\n".join(lines)), buttons]


def _nothing(listing: Listing) -> str:
    query = listing.query
    if query.set_filters:
        return "No customer with a balance passes these filters."
    if query.text:
        return f"No customer with a balance has a name that begins with {escape(query.text)!r}."
    return "Nobody owes anything."


def _pages(listing: Listing) -> list[Block]:
    """First and last too: a page far behind is as near as the next one."""
    page, last = listing.query.page, listing.last_page
    if not last:
        return []
    back = [("First", 0)] if page > 1 else []
    back += [("Previous", page - 1)] if page else []
    on = [("Next", page + 1)] if page < last else []
    on += [("Last", last)] if page < last - 1 else []
    buttons = [parts.button(text, f"{TURN}{text.lower()}", value=str(to)) for text, to in back + on]
    first = page * PAGE + 1
    shown = f"{first:,}–{first + len(listing.rows) - 1:,} of {listing.found:,}"
    return [parts.context(shown), parts.actions("pages", *buttons)]
