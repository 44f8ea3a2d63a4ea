"""Every endpoint that is played: its parameters are stripe-python's own types."""

from collections.abc import Callable
from dataclasses import dataclass

from stripe import params as p
from stripe.params import checkout as checkout_params

from bot.sandbox.stripe import accounts, balance, checkout, disputes, events, refunds
from bot.sandbox.stripe.books import Record


@dataclass(frozen=True)
class Endpoint:
    """`act` takes the books, the checked parameters, and the ids in the path."""

    method: str
    path: str
    params: type
    act: Callable[..., Record]


def _retrieving(kind: str, param: str = "id") -> Callable[..., Record]:
    return lambda books, _params, given: books.get(kind, given, param)


_SESSIONS = "/v1/checkout/sessions"

ENDPOINTS = (
    Endpoint("POST", _SESSIONS, checkout_params.SessionCreateParams, checkout.create),
    Endpoint("GET", _SESSIONS, checkout_params.SessionListParams, checkout.list_all),
    Endpoint(
        "GET",
        _SESSIONS + "/{id}",
        checkout_params.SessionRetrieveParams,
        _retrieving("checkout.session", "session"),
    ),
    Endpoint(
        "POST", _SESSIONS + "/{id}/expire", checkout_params.SessionExpireParams, checkout.expire
    ),
    Endpoint(
        "GET",
        _SESSIONS + "/{id}/line_items",
        checkout_params.SessionLineItemListParams,
        checkout.list_line_items,
    ),
    Endpoint("GET", "/v1/payment_intents", p.PaymentIntentListParams, accounts.list_intents),
    Endpoint(
        "GET",
        "/v1/payment_intents/{id}",
        p.PaymentIntentRetrieveParams,
        _retrieving("payment_intent", "intent"),
    ),
    Endpoint("GET", "/v1/charges", p.ChargeListParams, accounts.list_charges),
    Endpoint("GET", "/v1/charges/{id}", p.ChargeRetrieveParams, _retrieving("charge", "charge")),
    Endpoint("POST", "/v1/customers", p.CustomerCreateParams, accounts.create_customer),
    Endpoint("GET", "/v1/customers", p.CustomerListParams, accounts.list_customers),
    Endpoint(
        "GET", "/v1/customers/{id}", p.CustomerRetrieveParams, _retrieving("customer", "customer")
    ),
    Endpoint("POST", "/v1/customers/{id}", p.CustomerUpdateParams, accounts.update_customer),
    Endpoint("POST", "/v1/refunds", p.RefundCreateParams, refunds.create),
    Endpoint("GET", "/v1/refunds", p.RefundListParams, refunds.list_all),
    Endpoint("GET", "/v1/refunds/{id}", p.RefundRetrieveParams, _retrieving("refund", "refund")),
    Endpoint("GET", "/v1/disputes", p.DisputeListParams, disputes.list_all),
    Endpoint(
        "GET", "/v1/disputes/{id}", p.DisputeRetrieveParams, _retrieving("dispute", "dispute")
    ),
    Endpoint("GET", "/v1/events", p.EventListParams, events.list_all),
    Endpoint("GET", "/v1/events/{id}", p.EventRetrieveParams, _retrieving("event")),
    Endpoint("GET", "/v1/account", p.AccountRetrieveCurrentParams, accounts.retrieve),
    Endpoint("GET", "/v1/accounts/{id}", p.AccountRetrieveParams, accounts.retrieve_by_id),
    Endpoint(
        "GET",
        "/v1/balance_transactions",
        p.BalanceTransactionListParams,
        balance.list_transactions,
    ),
    Endpoint(
        "GET",
        "/v1/balance_transactions/{id}",
        p.BalanceTransactionRetrieveParams,
        _retrieving("balance_transaction"),
    ),
    Endpoint("GET", "/v1/payouts", p.PayoutListParams, balance.list_payouts),
    Endpoint("GET", "/v1/payouts/{id}", p.PayoutRetrieveParams, _retrieving("payout", "payout")),
)
