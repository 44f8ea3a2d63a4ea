"""The contract check: parameters against the types that stripe-python generates from Stripe's own
specification. The types are open (`Literal[...] | str`) so that old clients survive new values;
here they are closed, because what Stripe would refuse today must be refused.
"""

import re
import types
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from stripe._request_options import RequestOptions
from typing_extensions import is_typeddict  # stripe-python builds its types with this package

from bot.sandbox.stripe.errors import ApiError, invalid

# Options travel as headers, never in the body.
_HEADER_OPTIONS = frozenset(RequestOptions.__annotations__)
# Names that stripe-python's modules import for type checkers only.
_CHECKER_ONLY = {"StripeContext": object, "Mapping": Mapping}
_RENAMED = {"payment_method_types": "allowed_payment_method_types"}
_INTEGER = re.compile(r"-?[0-9]{1,18}")
MAX_METADATA_KEYS, MAX_METADATA_KEY, MAX_METADATA_VALUE = 50, 40, 500


def check_params(tree: dict[str, Any], params: type) -> dict[str, Any]:
    """Typed parameters of a decoded form; ApiError 400 names the first one that does not fit."""
    return _typed_dict(tree, params, "")


@cache
def _fields(params: type) -> dict[str, Any]:
    hints = get_type_hints(params, localns=_CHECKER_ONLY)
    return {name: hint for name, hint in hints.items() if name not in _HEADER_OPTIONS}


def _name(path: str, part: str) -> str:
    return f"{path}[{part}]" if path else part


def _typed_dict(value: Any, params: type, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise invalid("Invalid object", path)
    fields = _fields(params)
    for part in value:
        if part not in fields:
            raise _unknown(part, path)
    for part in getattr(params, "__required_keys__", ()):
        if part not in value:
            name = _name(path, part)
            raise invalid(f"Missing required param: {name}.", name, "parameter_missing")
    return {part: conform(given, fields[part], _name(path, part)) for part, given in value.items()}


def _unknown(part: str, path: str) -> ApiError:
    name = _name(path, part)
    hint = f". Did you mean {_RENAMED[part]}?" if part in _RENAMED else ""
    return invalid(f"Received unknown parameter: {name}{hint}", name, "parameter_unknown")


def conform(value: Any, hint: Any, path: str) -> Any:
    """`value` as the type `hint` asks; ApiError 400 with Stripe's sentence when it cannot be."""
    origin = get_origin(hint)
    if origin in {Union, types.UnionType}:
        return _union(value, get_args(hint), path)
    if origin is Literal:
        return _choice(value, get_args(hint), path)
    if origin is list:
        return _list(value, get_args(hint)[0], path)
    if origin is dict:
        return _string_map(value, path)
    if is_typeddict(hint):
        return _typed_dict(value, hint, path)
    return _scalar(value, hint, path)


def _union(value: Any, members: tuple[Any, ...], path: str) -> Any:
    literals = [choice for m in members if get_origin(m) is Literal for choice in get_args(m)]
    if value == "" and "" in literals:
        return ""
    choices = [choice for choice in literals if choice != ""]
    if choices and isinstance(value, str):
        return _choice(value, tuple(choices), path)
    fitting = [m for m in members if _same_shape(value, m)]
    if not fitting:
        raise invalid("Invalid object" if isinstance(value, str) else "Invalid string", path)
    return conform(value, fitting[0], path)


def _same_shape(value: Any, member: Any) -> bool:
    grouped = is_typeddict(member) or get_origin(member) in {list, dict}
    scalar = member in {str, int, bool, float, Decimal}
    return grouped if isinstance(value, dict) else scalar


def _choice(value: Any, choices: tuple[Any, ...], path: str) -> Any:
    if value in choices:
        return value
    allowed = " or ".join([", ".join(choices[:-1]), choices[-1]] if choices[1:] else choices)
    raise invalid(f"Invalid {path}: must be one of {allowed}", path)


def _list(value: Any, member: Any, path: str) -> list[Any]:
    if not isinstance(value, dict) or not all(index.isdecimal() for index in value):
        raise invalid("Invalid array", path)
    ordered = sorted(value, key=int)
    return [conform(value[index], member, f"{path}[{index}]") for index in ordered]


def _string_map(value: Any, path: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise invalid("Invalid object", path)
    if len(value) > MAX_METADATA_KEYS:
        raise invalid(f"{path} can have at most {MAX_METADATA_KEYS} keys", path)
    for key, text in value.items():
        if not isinstance(text, str):
            raise invalid("Metadata values must be strings", _name(path, key))
        if len(key) > MAX_METADATA_KEY or len(text) > MAX_METADATA_VALUE:
            raise invalid(f"Metadata {key[:MAX_METADATA_KEY]} is too long", _name(path, key))
    return {key: text for key, text in value.items() if text}


def _scalar(value: Any, hint: Any, path: str) -> Any:
    if not isinstance(value, str):
        raise invalid("Invalid string", path)
    if hint is bool:
        return _boolean(value, path)
    if hint is int:
        return _integer(value, path)
    if hint in {float, Decimal}:
        return _decimal(value, path)
    if value == "":
        raise invalid(
            f"You passed an empty string for '{path}'. We assume empty values are an attempt to "
            f"unset a parameter; however '{path}' cannot be unset. You should remove '{path}' "
            "from your request or supply a non-empty value.",
            path,
            "parameter_invalid_empty",
        )
    return value


def _boolean(value: str, path: str) -> bool:
    if value not in {"true", "false"}:
        raise invalid(f"Invalid boolean: {value}", path)
    return value == "true"


def _integer(value: str, path: str) -> int:
    if not _INTEGER.fullmatch(value):
        raise invalid(f"Invalid integer: {value}", path, "parameter_invalid_integer")
    return int(value)


def _decimal(value: str, path: str) -> Decimal:
    try:
        return Decimal(value)
    except InvalidOperation:
        raise invalid(f"Invalid decimal: {value}", path) from None
