"""Request bodies of bounded size."""

from starlette.requests import ClientDisconnect, Request


class TooLarge(Exception):
    """The body is longer than the route reads."""


class BrokenOff(Exception):
    """The connection was lost before the body's end; nobody is there to read the answer."""


async def bounded_body(request: Request, limit: int) -> bytes:
    """The whole body. Raises `TooLarge` as soon as it passes `limit` bytes, or `BrokenOff`."""
    chunks, size = [], 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise TooLarge
            chunks.append(chunk)
    except ClientDisconnect as error:
        raise BrokenOff from error
    return b"".join(chunks)
