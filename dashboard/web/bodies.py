"""Read what a request brings, up to a limit."""

from starlette.exceptions import HTTPException
from starlette.requests import Request


async def read_body(request: Request, max_bytes: int) -> bytes:
    """Return the body of a request, to the byte.

    Raises:
        HTTPException: It is larger than allowed.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            raise HTTPException(413)
    return bytes(body)
