"""Read the small forms of our own pages."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from dashboard.web.bodies import read_body

#: Far more than any of our forms holds, far less than what would hurt.
MAX_FORM_BYTES = 16 * 1024


async def read_form(request: Request, max_bytes: int = MAX_FORM_BYTES) -> dict[str, str]:
    """Return the fields of a submitted form; text that is no UTF-8 arrives with replacement characters.

    Raises:
        HTTPException: The form is far larger than ours.
    """
    body = await read_body(request, max_bytes)
    return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True, errors="replace"))
