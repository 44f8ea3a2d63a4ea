"""The token of a link: derived, so that nothing usable is stored."""

import base64

from commands.keyring import Keyring


def derive(keyring: Keyring, key_id: str, link_id: str, salt: bytes) -> str:
    """Raises `KeyMissing` when the key is no longer there."""
    mac = keyring.mac(key_id, "payment-link", link_id.encode(), salt)
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
