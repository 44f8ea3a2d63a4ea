"""Currencies as Stripe counts them: https://docs.stripe.com/currencies."""

from decimal import Decimal

from babel.numbers import format_currency

from bot.sandbox.stripe.errors import invalid

ZERO_DECIMAL = frozenset((
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf",
    "xof", "xpf",
))  # fmt: skip
THREE_DECIMAL = frozenset((
    "bhd", "jod", "kwd", "omr", "tnd",
))  # fmt: skip
# Sent with two decimals that must be zero, although nobody pays in fractions of them.
WHOLE_UNITS = frozenset(("isk", "ugx"))
TWO_DECIMAL = WHOLE_UNITS | frozenset((
    "aed", "afn", "all", "amd", "ang", "aoa", "ars", "aud", "awg", "azn", "bam", "bbd", "bdt",
    "bgn", "bmd", "bnd", "bob", "brl", "bsd", "bwp", "byn", "bzd", "cad", "cdf", "chf", "cny",
    "cop", "crc", "cve", "czk", "dkk", "dop", "dzd", "egp", "etb", "eur", "fjd", "fkp", "gbp",
    "gel", "gip", "gmd", "gtq", "gyd", "hkd", "hnl", "htg", "huf", "idr", "ils", "inr", "jmd",
    "kes", "kgs", "khr", "kyd", "kzt", "lak", "lbp", "lkr", "lrd", "lsl", "mad", "mdl", "mkd",
    "mmk", "mnt", "mop", "mur", "mvr", "mwk", "mxn", "myr", "mzn", "nad", "ngn", "nio", "nok",
    "npr", "nzd", "pab", "pen", "pgk", "php", "pkr", "pln", "qar", "ron", "rsd", "rub", "sar",
    "sbd", "scr", "sek", "sgd", "shp", "sle", "sos", "srd", "std", "szl", "thb", "tjs", "top",
    "try", "ttd", "twd", "tzs", "uah", "usd", "uyu", "uzs", "wst", "xcd", "yer", "zar", "zmw",
))  # fmt: skip
CURRENCIES = ZERO_DECIMAL | TWO_DECIMAL | THREE_DECIMAL
# Where Stripe publishes none, the equivalent of about 0.50 USD holds.
MINIMUMS = {
    "aed": 200, "aud": 50, "bgn": 100, "bhd": 190, "brl": 50, "cad": 50, "chf": 50, "czk": 1500,
    "dkk": 250, "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jod": 360, "jpy": 50,
    "krw": 700, "kwd": 160, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50, "omr": 200, "pln": 200,
    "ron": 200, "sek": 300, "sgd": 50, "thb": 1000, "tnd": 1600, "usd": 50,
}  # fmt: skip
DEFAULT_MINIMUM = 50
MAXIMUM = 99_999_999  # eight digits of minor units: 999,999.99 USD


def exponent(currency: str) -> int:
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def display(amount: int, currency: str) -> str:
    """`$1,250.00`, `¥500`: minor units as a person reads them."""
    units = Decimal(amount).scaleb(-exponent(currency))
    return format_currency(units, currency.upper(), locale="en_US")


def known_currency(given: str, param: str) -> str:
    currency = given.lower()
    if currency not in CURRENCIES:
        supported = ", ".join(sorted(CURRENCIES))
        raise invalid(
            f"Invalid currency: {currency}. Stripe currently supports these currencies: "
            f"{supported}",
            param,
        )
    return currency


def check_fraction(amount: int, currency: str, param: str) -> None:
    """Networks round KWD and its kind to ten fils, ISK and UGX to whole units."""
    step = 10 if currency in THREE_DECIMAL else 100 if currency in WHOLE_UNITS else 1
    if amount % step:
        raise invalid(
            f"Invalid amount: {amount}. Amounts in {currency} must be a multiple of {step}.",
            param,
            "invalid_charge_amount",
        )


def check_total(amount: int, currency: str, subject: str) -> None:
    least = MINIMUMS.get(currency, DEFAULT_MINIMUM)
    if amount < least:
        raise invalid(
            f"{subject} must add up to at least {display(least, currency)} {currency}",
            code="amount_too_small",
        )
    if amount > MAXIMUM:
        raise invalid(
            f"{subject} must be no more than {display(MAXIMUM, currency)} {currency}",
            code="amount_too_large",
        )
