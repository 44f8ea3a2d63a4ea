"""Request bodies of bounded size."""

from starlette.requests import Request


class TooLarge(Exception):
    """The body is longer than the route reads."""


async def bounded_body(request: Request, limit: int) -> bytes:
    """The whole body. Raises `TooLarge` as soon as it passes `limit` bytes."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise TooLarge
        chunks.append(chunk)
    return b"".join(chunks)
