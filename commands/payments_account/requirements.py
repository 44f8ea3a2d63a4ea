"""Stripe's words for what it still requires, as a person would say them."""

import re
from collections.abc import Iterable

_WORDS = {
    "external_account": "a bank account for payouts",
    "tos_acceptance.date": "acceptance of Stripe's terms",
    "tos_acceptance.ip": "acceptance of Stripe's terms",
    "business_profile.mcc": "the company's line of business",
    "business_profile.url": "the company's website",
    "business_profile.product_description": "a description of what is sold",
    "business_profile.support_phone": "a phone number for customers",
    "business_type": "the kind of company",
    "company.tax_id": "the company's tax ID",
    "company.name": "the company's legal name",
    "company.phone": "the company's phone number",
    "company.verification.document": "a document that proves the company",
    "company.owners_provided": "the company's owners",
    "company.directors_provided": "the company's directors",
    "company.executives_provided": "the company's executives",
    "settings.payments.statement_descriptor": "the name on bank statements",
}
_WHOSE = {
    "company": "the company's",
    "individual": "the owner's",
    "representative": "the representative's",
    "owners": "an owner's",
    "directors": "a director's",
    "executives": "an executive's",
    "business_profile": "the company's",
}
_PARTS = {
    "address": "address",
    "city": "address",
    "country": "address",
    "dob": "date of birth",
    "document": "proof of identity",
    "first_name": "name",
    "id_number": "identity number",
    "last_name": "name",
    "line1": "address",
    "postal_code": "address",
    "ssn_last_4": "social security number",
    "state": "address",
    "title": "job title",
    "verification": "proof of identity",
}
_REASONS = {
    "requirements.past_due": "Something that Stripe requires is overdue.",
    "requirements.pending_verification": "Stripe is checking what was handed in.",
    "action_required.requested_capabilities": "A method of payment still has to be asked for.",
    "listed": "Stripe is comparing the account with a list of persons.",
    "platform_paused": "The account was paused.",
    "rejected.fraud": "Stripe has closed the account.",
    "rejected.incomplete_verification": "Stripe has closed the account: something was not proven.",
    "rejected.listed": "Stripe has closed the account.",
    "rejected.other": "Stripe has closed the account.",
    "rejected.terms_of_service": "Stripe has closed the account: it breaks its terms.",
    "under_review": "Stripe is reviewing the account.",
}


def in_words(requirements: Iterable[str]) -> list[str]:
    """Each once, in Stripe's order."""
    return list(dict.fromkeys(map(_in_words, requirements)))


def reason(code: str) -> str:
    """Why the account is restricted, as a sentence; "" when Stripe gives none."""
    said = _plain(code.rpartition(".")[2])
    return _REASONS.get(code, f"Stripe says: {said}." if said else "")


def _in_words(requirement: str) -> str:
    known = _WORDS.get(requirement)
    if known is not None:
        return known
    parts = requirement.split(".")
    # A person is named by an id or by what they are: person_1abc.dob.day, owners.first_name.
    whose = "a person's" if parts[0].startswith("person_") else _WHOSE.get(parts[0], "")
    thing = next((_PARTS[part] for part in parts[1:] if part in _PARTS), "") or _plain(parts[-1])
    return f"{whose} {thing}".strip()


def _plain(word: str) -> str:
    return re.sub(r"[^\w]+|_", " ", word).strip()
