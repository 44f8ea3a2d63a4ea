"""The events of the last thirty days, as the API tells them to whoever asks."""

from fnmatch import fnmatchcase

from bot.sandbox.stripe.books import Books, Record
from bot.sandbox.stripe.checkout_rules import one_of
from bot.sandbox.stripe.errors import invalid
from bot.sandbox.stripe.listing import matching, page

KEPT_SECONDS = 30 * 24 * 60 * 60
MAX_TYPES = 20


def list_all(books: Books, params: Record) -> Record:
    one_of(params, "type", "types")
    types = params.get("types", [params.get("type", "*")])
    if len(types) > MAX_TYPES:
        raise invalid(f"Array types exceeded maximum {MAX_TYPES} allowed elements.", "types")
    oldest = books.time() - KEPT_SECONDS
    found = [
        event
        for event in matching(books.all("event"), params)
        if event["created"] >= oldest
        and any(fnmatchcase(event["type"], wanted) for wanted in types)
        and _delivered_as_asked(event, params)
    ]
    return page(found, params, "/v1/events")


def _delivered_as_asked(event: Record, params: Record) -> bool:
    if "delivery_success" not in params:
        return True
    return bool((event["pending_webhooks"] == 0) is params["delivery_success"])
