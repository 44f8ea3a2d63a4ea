"""Tokens of payment links: derived, never stored, and looked up by their hash alone."""

import base64
import hashlib
import secrets

from commands.keyring import Keyring

SALT_BYTES = 16
_PURPOSE = "payment-link"


def fresh_id() -> str:
    """A new link's public id, such as "pl_7q3k…": 80 random bits, no secret."""
    return "pl_" + base64.b32encode(secrets.token_bytes(10)).decode().lower()


def fresh_salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)


def write(keyring: Keyring, key_id: str, link_id: str, salt: bytes) -> str:
    """43 URL-safe characters; raises `KeyMissing` when that key has left SECRET_KEY."""
    mac = keyring.mac(key_id, _PURPOSE, link_id.encode(), salt)
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def fingerprint(token: str) -> bytes:
    """What is stored and looked up, whatever the shape of `token`."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
