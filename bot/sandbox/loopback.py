"""Asks the servers of this machine, over plain HTTP."""

import ssl
from typing import Any

import httpx2

# Trusts nobody, and need not: what httpx2 takes otherwise are the system's certificates, and to
# load them costs each client 40 ms of processor time.
_NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def client(**options: Any) -> httpx2.Client:
    """`options` are those of `httpx2.Client`; proxies of the environment are not asked."""
    return httpx2.Client(verify=_NO_CERTIFICATES, trust_env=False, **options)


def get(url: str, **options: Any) -> httpx2.Response:
    """One request over a connection of its own; `options` are those of `httpx2.get`."""
    return httpx2.get(url, verify=_NO_CERTIFICATES, trust_env=False, **options)


def post(url: str, **options: Any) -> httpx2.Response:
    """As `get`."""
    return httpx2.post(url, verify=_NO_CERTIFICATES, trust_env=False, **options)
