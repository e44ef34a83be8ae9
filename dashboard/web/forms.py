"""Read the small forms of our own pages."""

from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

#: Far more than any of our forms holds, far less than what would hurt.
MAX_FORM_BYTES = 16 * 1024


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a submitted form; text that is no UTF-8 arrives with replacement characters.

    Raises:
        HTTPException: The form is far larger than ours.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM_BYTES:
            raise HTTPException(413)
    return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True, errors="replace"))
