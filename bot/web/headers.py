"""Headers of everything that only the holder of an address may see."""

from urllib.parse import quote

PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def shown_as(file_name: str) -> dict[str, str]:
    """A document to be shown in the browser and saved under `file_name`, in any script."""
    return {"Content-Disposition": f"inline; filename*=UTF-8''{quote(file_name, safe='')}"}


def saved_as(file_name: str) -> dict[str, str]:
    """A file to be saved under `file_name`, never shown."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file_name, safe='')}"}
