"""Refusals in Stripe's own words, so that stripe-python raises the class it would raise.

ApiError
├── invalid(...)            400 InvalidRequestError
├── missing_resource(...)   404 InvalidRequestError, or 400 when the id came as a parameter
└── the functions below     401, 409, 429, 500
"""

from typing import Any


class ApiError(Exception):
    """One answer of the API that is not 200: HTTP status and the members of its `error` object."""

    def __init__(self, status: int, message: str, **members: Any) -> None:
        super().__init__(message)
        self.status = status
        self.members = {"type": "invalid_request_error", "message": message, **members}

    def body(self, request_id: str) -> dict[str, Any]:
        log = f"https://dashboard.stripe.com/test/logs/{request_id}"
        return {"error": {**self.members, "request_log_url": log}}


def invalid(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    members = {"param": param, "code": code}
    return ApiError(400, message, **{name: value for name, value in members.items() if value})


def missing_resource(kind: str, given: str, param: str = "id", status: int = 404) -> ApiError:
    message = f"No such {kind}: '{given}'"
    return ApiError(status, message, param=param, code="resource_missing")


def bad_key() -> ApiError:
    return ApiError(401, "Invalid API Key provided.")


def no_key() -> ApiError:
    return ApiError(
        401,
        "You did not provide an API key. You need to provide your API key in the Authorization "
        "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    )


def unknown_route(method: str, path: str) -> ApiError:
    return ApiError(
        404,
        f"Unrecognized request URL ({method}: {path}). If you are trying to list objects, remove "
        "the trailing slash. If you are trying to retrieve an object, make sure you passed a "
        "valid (non-empty) identifier in your code.",
    )


def rate_limited() -> ApiError:
    message = "Request rate limit exceeded."
    return ApiError(429, message, code="rate_limit")


def server_error() -> ApiError:
    return ApiError(500, "An unknown error occurred.", type="api_error")


def key_in_use(key: str) -> ApiError:
    return ApiError(
        409,
        "There is currently another in-progress request using this Idempotent Key (that probably "
        "means you submitted twice, and the other request is still going through): "
        f"{key}. Please try again later.",
        code="idempotency_key_in_use",
    )


def key_reused(key: str) -> ApiError:
    return ApiError(
        400,
        "Keys for idempotent requests can only be used with the same parameters they were first "
        f"used with. Try using a key other than '{key}' if you meant to execute a different "
        "request.",
        type="idempotency_error",
    )
