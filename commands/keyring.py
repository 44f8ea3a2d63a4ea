"""Everything derived from SECRET_KEY, which may hold several keys, newest first."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from cryptography.fernet import Fernet, MultiFernet


class KeyMissing(LookupError):
    """The key that was used is no longer in SECRET_KEY."""


@dataclass(frozen=True, slots=True)
class Keyring:
    keys: tuple[bytes, ...]

    @property
    def current_id(self) -> str:
        return _key_id(self.keys[0])

    @property
    def ids(self) -> list[str]:
        return [_key_id(key) for key in self.keys]

    def mac(self, key_id: str, purpose: str, *parts: bytes) -> bytes:
        """32 bytes that only holders of that key can write; purposes never overlap."""
        key = next((key for key in self.keys if _key_id(key) == key_id), None)
        if key is None:
            raise KeyMissing(f"key {key_id} is no longer in SECRET_KEY")
        message = b"\x00".join(
            len(part).to_bytes(4, "big") + part for part in (purpose.encode(), *parts)
        )
        return hmac.new(key, message, hashlib.sha256).digest()

    def seal(self, plain: bytes) -> bytes:
        return self._fernet().encrypt(plain)

    def unseal(self, sealed: bytes) -> bytes:
        """Raises cryptography's `InvalidToken` when the key is gone or the bytes were changed."""
        return self._fernet().decrypt(sealed)

    def _fernet(self) -> MultiFernet:
        return MultiFernet(
            [Fernet(base64.urlsafe_b64encode(self.mac(_key_id(key), "seal"))) for key in self.keys]
        )


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"key-id\x00" + key).hexdigest()[:12]
