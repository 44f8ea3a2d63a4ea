"""The review before links are sent: totals and exceptions first, then a card for each mail."""

import json
from collections.abc import Iterator

from commands import view_parts as parts
from commands.bulk_send.answers import Dropped
from commands.open_invoices import words
from commands.open_invoices.mails import MailKey, ReviewMail
from commands.open_invoices.review import Filled, Review
from commands.open_invoices.sending import Asked
from commands.send_invoice.checks import MOST_MESSAGE
from commands.view_parts import Block, Values, View
from renderers import block_kit
from renderers.mrkdwn import escape, local_time, mention
from renderers.plain_text import one_line
from storage.money import Money

TITLE = "Send Payment Links"
SEND = "pay.open.send"
REMOVE = "pay.open.remove."  # and the key of the mail
PAGE = "pay.open.review."  # and "previous" or "next"
CSV = "pay.url.selection"

# The list beneath is told, so that it shows what was taken out here.
_BACK: View = {"close": parts.plain("Back"), "notify_on_close": True}
CARDS = 15  # mails on a page
_SHOWN_INVOICES = 5
_SHOWN_NAMES = 10
_MOST_ADDRESSES = 3000  # characters
_MOST_REASON = 200


def view(review: Review, csv_url: str, page: int = 0, notice: str = "") -> View:
    """`notice` (mrkdwn) stands on top; a page that does not exist is the nearest one."""
    page = min(max(page, 0), _last(review))
    shown = review.mails[page * CARDS : (page + 1) * CARDS]
    blocks = [
        *([parts.section(f":warning: {notice}")] if notice else []),
        *words.fallen(review.fallen),
        parts.section(_totals(review)),
        *_exceptions(review),
        *_answer(review),
        parts.actions("csv", parts.button("All as CSV", CSV, url=csv_url)),
        *(block for mail in shown for block in _card(mail)),
        *_pages(review, page),
        *_options(review),
    ]
    kept = {"window": review.window_id, "page": page, "seen": review.seen}
    form = parts.form(TITLE, blocks, callback_id=SEND, submit="Send", metadata=json.dumps(kept))
    return _submittable(review, form) | _BACK


def empty(review: Review) -> View:
    """Everything was taken out, or fell out."""
    left = parts.section("Nothing is ticked any more. Go back to tick invoices.")
    kept = json.dumps({"window": review.window_id})
    shown = parts.modal(TITLE, [*words.fallen(review.fallen), left])
    return shown | {"callback_id": SEND, "private_metadata": kept} | _BACK


def page_of(review: Review, key: MailKey) -> int:
    """The page that a mail stands on."""
    keys = [mail.key for mail in review.mails]
    return keys.index(key) // CARDS


def parse(view: View) -> Filled:
    kept, values = json.loads(view["private_metadata"]), view["state"]["values"]
    return Filled(
        window_id=kept["window"],
        page=kept["page"],
        seen=kept["seen"],
        typed=_changed(view, values),
        message=parts.typed(values, "message") if "message" in values else None,
        attach_pdfs=parts.is_ticked(values, "attach") if "attach" in values else None,
        own_reason=one_line(parts.typed(values, "own_reason")),
        shown=frozenset(_address_fields(view)),
    )


def left(view: View) -> Filled | None:
    """What stood in a review that was closed; None where there was nothing to fill in."""
    kept = json.loads(view["private_metadata"])
    has_fields = "seen" in kept and view.get("state", {}).get("values")
    return parse(view) if has_fields else None


def turned(filled: Filled, action_id: str) -> int:
    return filled.page + (1 if action_id == PAGE + "next" else -1)


def removed(action_id: str) -> MailKey:
    return action_id.removeprefix(REMOVE)


def done(asked: Asked) -> View:
    """What happens now."""
    requested, answer = asked.requested, asked.answer
    sums = words.sums(sorted(requested.totals.items(), key=lambda item: -item[1]))
    links = "a Payment Link" if requested.mails == 1 else "Payment Links"
    what = f"{words.count(requested.mails, 'mail')} with {links} over {sums}"
    if requested.repeated:
        told = f"This was submitted before: {what}. Nothing more happens."
    elif requested.way == "ask":
        whom = " or ".join(mention(person) for person in answer.approvers[:5])
        told = f"{what}: asked for approval{f' of {whom}' if whom else ''}. Nothing leaves before."
    else:
        when = f" {local_time(requested.leaves_at)}" if requested.leaves_at else ""
        told = f"{what}: on the way{when}. Until then *Undo* is on the message about it."
    blocks = [parts.section(told), *_dropped(requested.dropped)]
    title = "Asked for approval" if requested.way == "ask" else "On its way"
    return parts.modal(title, blocks) | {"clear_on_close": True}


def _changed(view: View, values: Values) -> dict[MailKey, str]:
    """The addresses that stand otherwise than this page was drawn."""
    found: dict[MailKey, str] = {}
    for key, block in _address_fields(view).items():
        typed = parts.typed(values, block["block_id"])
        if typed.strip() != str(block["element"].get("initial_value", "")).strip():
            found[key] = typed
    return found


def _address_fields(view: View) -> dict[MailKey, Block]:
    """The fields for addresses, by the mail that each is of."""
    named = ((str(block["block_id"]).partition("."), block) for block in view["blocks"])
    return {name[2]: block for name, block in named if name[0] == "to"}


def _totals(review: Review) -> str:
    mails = words.count(len(review.mails), "mail")
    customers = words.count(review.customers, "customer")
    invoices = words.count(review.invoices, "invoice")
    return f"*{mails} to {customers}* · {invoices} · *{words.sums(review.totals)}*"


def _exceptions(review: Review) -> list[Block]:
    """Whose addresses are not right yet, and which were refused before."""
    wrong = [mail for mail in review.mails if mail.mistake]
    if not wrong:
        return []
    names = [escape(mail.customer_name, 100) for mail in wrong[:_SHOWN_NAMES]]
    more = len(wrong) - _SHOWN_NAMES
    names += [f"{more} more"] if more > 0 else []
    return [parts.section(f":warning: Addresses to be mended: {', '.join(names)}")]


def _answer(review: Review) -> list[Block]:
    """The policy's answer in words."""
    answer = review.answer
    if answer is None:
        return []
    sign = ":white_check_mark:" if answer.way == "direct" else ":raised_hand:"
    return [parts.section(f"{sign} {escape(answer.sentence, 1000)}", block_id="policy")]


def _card(mail: ReviewMail) -> Iterator[Block]:
    lines = [
        f"*{escape(mail.customer_name, 150)}*",
        f"{words.count(len(mail.rows), 'invoice')} · *{block_kit.money(mail.total)}*",
        *(
            f"{escape(row.number, 60)} · due {block_kit.day(row.due_date)}"
            f" · {block_kit.money(Money(row.balance, row.currency))}"
            for row in mail.rows[:_SHOWN_INVOICES]
        ),
    ]
    more = len(mail.rows) - _SHOWN_INVOICES
    lines += [f"and {more:,} more"] if more > 0 else []
    label = parts.clip(f"Remove: {words.name(mail.rows[0])}", 75)
    remove = parts.button("Remove", REMOVE + mail.key) | {"accessibility_label": label}
    yield parts.section("\n".join(lines), block_id=f"mail.{mail.key}") | {"accessory": remove}
    yield _addresses(mail)
    told = _warnings(mail)
    if told:
        yield parts.context("\n".join(f":warning: {escape(line, 600)}" for line in told))


def _addresses(mail: ReviewMail) -> Block:
    """Each mail has its own field: what is typed for one customer never goes to another."""
    box = parts.text_box("to", most=_MOST_ADDRESSES, initial=mail.typed[:_MOST_ADDRESSES])
    return parts.field(
        f"to.{mail.key}", f"Email addresses: {words.name(mail.rows[0])}", box, optional=True
    )


def _warnings(mail: ReviewMail) -> list[str]:
    refused = [
        f"{contact.address} was refused by its mail server: {contact.refused}"
        for contact in mail.contacts
        if contact.refused
    ]
    new = f"Not on file: {', '.join(mail.new_addresses)}" if mail.new_addresses else ""
    return [line for line in (mail.mistake, new, *refused[:3]) if line]


def _pages(review: Review, page: int) -> list[Block]:
    if not _last(review):
        return []
    back = [parts.button("Previous", PAGE + "previous")] if page else []
    on = [parts.button("Next", PAGE + "next")] if page < _last(review) else []
    told = parts.context(f"Page {page + 1} of {_last(review) + 1}")
    return [told, parts.actions("pages", *back, *on)]


def _options(review: Review) -> list[Block]:
    """On every page the same fields: Slack keeps what stands in them."""
    attach = parts.option("Attach the invoices", "attach", "Each PDF has its own button")
    box = parts.text_box("message", most=MOST_MESSAGE, initial=review.message)
    blocks = [
        parts.field(
            "attach",
            "PDFs",
            parts.ticks("attach", [attach], [attach] if review.attach_pdfs else []),
            optional=True,
        ),
        parts.field(
            "message", "Message", box, optional=True, hint="Stands at the top of every mail."
        ),
    ]
    if review.answer is not None and review.answer.way == "alone":
        line = parts.line_box("own_reason", most=_MOST_REASON)
        hint = "Nobody else can approve it: your reason stays in the history."
        blocks.append(parts.field("own_reason", "Your reason", line, optional=False, hint=hint))
    return blocks


def _submittable(review: Review, form: View) -> View:
    """The button says what it does; there is none where nobody could approve."""
    way = review.answer.way if review.answer else "nobody"
    if way == "nobody":  # Slack wants a button wherever there is a field
        blocks = [block for block in form["blocks"] if block["type"] != "input"]
        return {name: form[name] for name in form if name != "submit"} | {"blocks": blocks}
    return form | {"submit": parts.plain("Ask for approval" if way == "ask" else "Send", 24)}


def _last(review: Review) -> int:
    return max(-(-len(review.mails) // CARDS) - 1, 0)


def _dropped(dropped: tuple[Dropped, ...]) -> list[Block]:
    """What does not go along, and why."""
    if not dropped:
        return []
    told = [
        f"{escape(each.invoice_number or each.customer_name, 100)}: {escape(each.reason, 200)}"
        for each in dropped[:_SHOWN_NAMES]
    ]
    more = len(dropped) - _SHOWN_NAMES
    told += [f"and {more:,} more"] if more > 0 else []
    return [parts.section("\n".join([":warning: *Left out*", *told]))]
