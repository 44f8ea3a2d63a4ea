"""Which addresses may stand in a document: the only way an `href` is written."""

import re
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

_NOT_DIALLED = re.compile(r"[^0-9+]")


class UnsafeLink(ValueError):
    """The address must not be put into a document; the message says why."""


def allowed_link(url: str) -> str:
    """`url` as it stands, if it is https, or http on this machine or network; else `UnsafeLink`."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if any(character <= " " for character in url) or not host:
        raise UnsafeLink("a link needs a host and no white space")
    if parts.scheme == "https" or (parts.scheme == "http" and _is_inside(host)):
        return url
    raise UnsafeLink(f"links are https, not {parts.scheme}://{host}")


def short_link(url: str) -> str:
    """The address as it is printed for a reader to type."""
    return allowed_link(url).removeprefix("https://").removeprefix("http://")


def dial_link(phone: str) -> str:
    """A `tel:` address of the digits of `phone`."""
    return "tel:" + _NOT_DIALLED.sub("", phone)


def mail_link(address: str) -> str:
    """A `mailto:` address that can carry nothing but the one recipient."""
    return "mailto:" + quote(address, safe="@")


def _is_inside(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".internal", ".test"))
    return address.is_loopback or address.is_private
