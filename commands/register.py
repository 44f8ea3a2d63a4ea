"""Every listener of the bot, in one list."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from slack_bolt import Ack, App

from commands import customer_choice, handling, invoice_choice
from commands.aging import account_modal as aging_account
from commands.aging import filter_blocks as aging_filters
from commands.aging import listener as aging
from commands.aging import modal as aging_modal
from commands.apply_credit import listener as apply_credit
from commands.apply_credit import modal as credit_modal
from commands.approvals import listener as approvals
from commands.approvals import modal as approvals_modal
from commands.automatic_invoices import listener as automatic_invoices
from commands.batches import listener as batches
from commands.bulk_send import listener as bulk_send
from commands.bulk_send import review_modal as bulk_review
from commands.customer_settings import choices as settings_choices
from commands.customer_settings import listener as customer_settings
from commands.customer_settings import modal as settings_modal
from commands.dispute import listener as dispute
from commands.errors import Refused
from commands.handling import Listener
from commands.launcher import listener as launcher
from commands.link_status import listener as card
from commands.link_status import status_modal
from commands.open_invoices import filter_modal as open_filter
from commands.open_invoices import listener as open_invoices
from commands.open_invoices import modal as open_modal
from commands.open_invoices import review_modal as review_of_open
from commands.order_summary import blocks as order_buttons
from commands.order_summary import listener as order_summary
from commands.order_summary import modal as order_summary_modal
from commands.orders import issue_modal
from commands.orders import listener as orders
from commands.orders import modal as order_modal
from commands.orders import review_modal as order_review
from commands.payments_account import listener as payments_account
from commands.payments_account import modal as account_modal
from commands.record_payment import listener as record_payment
from commands.record_payment import modal as record_modal
from commands.record_payment import reverse_modal, review_modal, today_modal
from commands.refund import finding as finding_payment
from commands.refund import listener as refund
from commands.refund import modal as refund_modal
from commands.schedules import listener as schedules
from commands.schedules import modal as schedules_modal
from commands.send_invoice import finding, modal
from commands.send_invoice import listener as send_invoice
from commands.send_statement import listener as send_statement
from commands.send_statement import modal as statement_modal
from commands.void_invoice import listener as void_invoice
from commands.void_invoice import modal as void_modal
from renderers import (
    slack_approvals,
    slack_automatic,
    slack_batches,
    slack_card,
    slack_payments,
    slack_period_end,
    slack_refunds,
)

OF_AN_INVOICE = re.compile(re.escape(invoice_choice.FIND) + r"\w+")
ANYTHING = re.compile(".*", re.DOTALL)
OF_A_CUSTOMER = re.compile(re.escape(customer_choice.FIND) + r"\w+")

Kind = Literal[
    "command", "action", "options", "view_submission", "view_closed", "shortcut", "event"
]


@dataclass(frozen=True, slots=True)
class On:
    """`once` False: nothing happens when it is repeated, so that it need not be remembered."""

    kind: Kind
    name: str | re.Pattern[str]
    listener: Listener
    once: bool = True


def acknowledge(ack: Ack) -> None:
    """A link button leads somewhere by itself; Slack only wants to hear that we heard."""
    ack()


def no_options(ack: Ack) -> None:
    ack(options=[])


def gone() -> None:
    raise Refused("This is not known any more. Please start again with /pay.")


LISTENERS: tuple[On, ...] = (
    On("command", "/pay", launcher.pay),
    On("action", re.compile(re.escape(launcher.LAUNCH) + r"[\w ]+"), launcher.launch),
    On("options", finding.FIND, send_invoice.search, once=False),
    On("action", finding.FIND, send_invoice.chosen),
    On("view_submission", modal.SEND, send_invoice.submit),
    On("action", statement_modal.CREATE, send_statement.create),
    On("action", customer_choice.FIND + statement_modal.FORM, send_statement.customer_chosen),
    On("action", statement_modal.TYPE, send_statement.changed),
    On("action", statement_modal.END, send_statement.changed),
    On("action", statement_modal.CURRENCY, send_statement.changed),
    On("view_submission", statement_modal.SEND, send_statement.submit),
    On("view_submission", order_modal.REVIEW, orders.review),
    On("action", order_review.CHOICE, orders.choose),
    On("view_submission", order_review.FINISH, orders.finish),
    On("action", order_modal.NEW, orders.press_new),
    On("action", issue_modal.ISSUE, orders.open_issue),
    On("action", issue_modal.ISSUE_HERE, orders.open_issue_here),
    On("view_submission", issue_modal.SUBMIT, orders.issue),
    On("action", order_summary_modal.SEARCH, order_summary.search_at_once),
    On("view_submission", order_summary_modal.SEARCH, order_summary.search),
    On(
        "action",
        re.compile(re.escape(order_summary_modal.PAGE) + r"\w+"),
        order_summary.turn_page,
    ),
    On("action", order_buttons.DETAILS, order_summary.details),
    On("action", order_buttons.EMAIL_DOCS, order_summary.email_docs),
    On("view_submission", aging_filters.SEARCH, aging.search),
    On("action", aging_filters.SEARCH, aging.change),
    On("action", re.compile(re.escape(aging_filters.CHANGED) + r"\w+"), aging.change),
    On("action", aging_filters.SHOW, aging.show_filters),
    On("action", aging_filters.CLEAR, aging.clear),
    On("options", aging_filters.REPS, aging.search_reps, once=False),
    On("options", aging_filters.GROUPS, aging.search_groups, once=False),
    On("action", re.compile(re.escape(aging_modal.TURN) + r"\w+"), aging.turn),
    On("action", aging_modal.STATEMENT, aging.create_statement),
    On("action", aging_modal.INVOICES, aging.open_invoices),
    On("action", re.compile(re.escape(aging_account.TURN) + r"\w+"), aging.turn_invoices),
    On("options", OF_A_CUSTOMER, record_payment.search_customers, once=False),
    On("action", customer_choice.FIND + record_modal.FORM, record_payment.customer_chosen),
    On("action", record_modal.CURRENCY, record_payment.currency_chosen),
    On("view_submission", record_modal.REVIEW, record_payment.review),
    On("view_submission", review_modal.RECORD, record_payment.submit),
    On("action", re.compile(re.escape(today_modal.TURN) + r"\w+"), record_payment.turn),
    On("action", slack_payments.REVERSE, record_payment.ask_to_reverse),
    On("view_submission", reverse_modal.SUBMIT, record_payment.submit_reversal),
    On("action", customer_choice.FIND + credit_modal.FORM, apply_credit.customer_chosen),
    On("action", credit_modal.CURRENCY, apply_credit.currency_chosen),
    On("view_submission", credit_modal.REVIEW, apply_credit.review),
    On("view_submission", credit_modal.SUBMIT, apply_credit.submit),
    On("action", credit_modal.APPLIED, apply_credit.show_applied),
    On("view_submission", credit_modal.TAKE_OFF, apply_credit.take_off),
    On("action", slack_payments.APPLY, apply_credit.apply_excess),
    On("action", slack_payments.KEEP, apply_credit.keep),
    On("action", slack_payments.REFUND, refund.press),
    On("action", customer_choice.FIND + customer_settings.FORM, customer_settings.chosen),
    On("action", settings_modal.SWITCH, customer_settings.switched),
    On("options", settings_choices.REP, customer_settings.search_people, once=False),
    On("action", slack_period_end.MEND, customer_settings.open_from_button),
    On("view_submission", settings_modal.SUBMIT, customer_settings.submit),
    On("options", OF_AN_INVOICE, void_invoice.search, once=False),
    On("action", invoice_choice.FIND + void_modal.FORM, void_invoice.chosen),
    On("view_submission", void_modal.REVIEW, void_invoice.review),
    On("view_submission", void_modal.SUBMIT, void_invoice.submit),
    On("action", invoice_choice.FIND + status_modal.FORM, card.status_chosen),
    On("action", status_modal.SHOW_LINK, card.show_link),
    On("action", schedules_modal.ADD, schedules.add),
    On("action", schedules_modal.CHANGE, schedules.change),
    On("action", schedules_modal.PAUSE, schedules.switch),
    On("action", schedules_modal.RESUME, schedules.switch),
    On("view_submission", schedules_modal.SAVE, schedules.save),
    On("action", slack_card.UNDO, card.undo),
    On("action", slack_card.RETRY, card.retry),
    On("action", slack_card.SHOW_SENT, card.show_sent),
    On("action", slack_card.TURN_OFF, card.turn_off_link),
    On("action", slack_card.POST_HERE, card.post_here),
    On("view_submission", card.SHARE, card.share),
    On("action", slack_automatic.SHOW_ALL, automatic_invoices.show_all),
    On("options", finding_payment.FIND, refund.search, once=False),
    On("action", finding_payment.FIND, refund.chosen),
    On("view_submission", refund_modal.FORM, refund.show_effect, once=False),
    On("view_submission", refund_modal.CONFIRM, refund.submit),
    On("action", slack_approvals.REVIEW, approvals.review),
    On("action", slack_approvals.REJECT, approvals.review),
    On("action", slack_approvals.WITHDRAW, approvals.withdraw),
    On("view_submission", approvals_modal.DECIDE, approvals.decide),
    On("action", slack_refunds.TAKE_DISPUTE, dispute.take),
    On("action", open_modal.TICK, open_invoices.tick),
    On("action", re.compile(re.escape(open_modal.MOVE) + r"\w+"), open_invoices.move),
    On("action", open_modal.SEARCH, open_invoices.search),
    On("action", open_modal.FILTER, open_invoices.open_filter),
    On("action", open_modal.SHOW_ALL, open_invoices.unfilter),
    On("view_submission", open_filter.SUBMIT, open_invoices.filter_list),
    On("action", open_modal.REFUSED, open_invoices.show_refused),
    On("action", re.compile(re.escape(open_filter.PAGE) + r"\w+"), open_invoices.turn_refused),
    On("view_submission", open_modal.REVIEW, open_invoices.open_review),
    On("action", re.compile(re.escape(review_of_open.PAGE) + r"\w+"), open_invoices.turn_review),
    On("action", re.compile(re.escape(review_of_open.REMOVE) + r"\w+"), open_invoices.remove),
    On("view_submission", review_of_open.SEND, open_invoices.send),
    On("view_closed", review_of_open.SEND, open_invoices.leave_review),
    On("action", re.compile(re.escape(bulk_review.PAGE) + r"\w+"), bulk_send.turn_page),
    On("action", slack_batches.STOP, batches.stop),
    On("action", slack_batches.UNDO, batches.undo),
    On("action", slack_batches.UNDO_ONE, batches.ask_which),
    On("options", batches.FIND_CUSTOMER, batches.search, once=False),
    On("view_submission", batches.UNDO_CUSTOMER, batches.undo_customer),
    On("action", slack_batches.RETRY, batches.retry),
    On("action", slack_batches.CSV, batches.csv),
    On("action", re.compile(re.escape(account_modal.PAGE) + r"\w+"), payments_account.turn),
    On("action", re.compile(r"pay\.url\..*"), acknowledge, once=False),
    # Whatever else there is: an old message's button, an event nobody asked for.
    On("command", ANYTHING, gone, once=False),
    On("action", ANYTHING, acknowledge, once=False),
    On("options", ANYTHING, no_options, once=False),
    On("view_submission", ANYTHING, gone, once=False),
    On("view_closed", ANYTHING, acknowledge, once=False),
    On("shortcut", ANYTHING, acknowledge, once=False),
    On("event", ANYTHING, acknowledge, once=False),
)


def register(app: App) -> None:
    for on in LISTENERS:
        add: Any = getattr(app, on.kind)
        add(on.name)(handling.guarded(on.listener, once=on.once))
