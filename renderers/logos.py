"""The seller's logo and QR codes as `data:` addresses: documents fetch nothing."""

from base64 import b64encode
from functools import lru_cache
from pathlib import Path

import segno

_MAX_BYTES = 500_000
_KINDS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"<svg": "image/svg+xml",
    b"<?xml": "image/svg+xml",
}


class BadLogo(ValueError):
    """The file is not a small SVG, JPEG or PNG; the message says so."""


@lru_cache(maxsize=8)
def logo_address(path: str) -> str:
    """The file at `path`, or "" for no path. Raises `BadLogo`, or `OSError` if unreadable.

    SVG and JPEG are better than PNG, which is encoded anew for every document.
    """
    if not path:
        return ""
    content = Path(path).read_bytes()
    kind = next((kind for magic, kind in _KINDS.items() if content.startswith(magic)), "")
    if not kind or len(content) > _MAX_BYTES:
        raise BadLogo(f"{path} is not an SVG, JPEG or PNG file of at most {_MAX_BYTES} bytes")
    return f"data:{kind};base64,{b64encode(content).decode('ascii')}"


def qr_code_address(text: str) -> str:
    """A QR code of `text` as SVG, readable from paper even with a coffee stain (level M)."""
    return segno.make_qr(text, error="m").svg_data_uri(border=0, scale=4, dark="#1c2430")
