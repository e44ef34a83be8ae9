"""Read what a request brings, up to a limit."""

from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

#: Of a form with files: far more than any of ours has.
_MAX_FIELDS, _MAX_FILES = 1_000, 100
_MAX_FIELD_BYTES = 64 * 1024
#: How often as much as allowed is still read and thrown away: a browser shows our answer only once it has sent all.
_DRAINED_TIMES = 3


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file of a form: what it is called on the sender's device, which is nobody's to trust, and what is in it."""

    name: str
    file: UploadFile

    async def content(self) -> bytes:
        """Return what is in it."""
        await self.file.seek(0)
        return await self.file.read()


@dataclass(frozen=True, slots=True)
class UploadForm:
    """A form with files. Whoever reads it closes it."""

    fields: tuple[tuple[str, str], ...]
    files: tuple[Uploaded, ...]
    #: More came than is allowed: here is what had come by then, which is the words, before the files.
    is_cut: bool = False

    async def close(self) -> None:
        """Forget the files, which lie on our disk where they are large."""
        for each in self.files:
            await each.file.close()


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


async def read_upload(request: Request, max_bytes: int) -> UploadForm:
    """Return a form with files; empty file fields are left out, and what is larger than allowed is cut.

    Raises:
        HTTPException: It is several times as large as allowed, or no such form.
    """
    body = _Limited(request, max_bytes)
    form = await Request(request.scope, body).form(
        max_files=_MAX_FILES, max_fields=_MAX_FIELDS, max_part_size=_MAX_FIELD_BYTES
    )
    items = form.multi_items()
    files = [each for _, each in items if isinstance(each, UploadFile)]
    for each in files:
        if not each.filename:  # What browsers send of a file field that was left alone.
            await each.close()
    return UploadForm(
        fields=tuple((name, value) for name, value in items if isinstance(value, str)),
        files=tuple(Uploaded(each.filename, each) for each in files if each.filename),
        is_cut=body.is_cut,
    )


class _Limited:
    """The ``receive`` of a request that brings so much and no more: the rest is read and thrown away."""

    def __init__(self, request: Request, max_bytes: int) -> None:
        self._receive = request.receive
        self._max_bytes = max_bytes
        self._read = 0
        self.is_cut = False

    async def __call__(self) -> Message:
        message = await self._next()
        while self.is_cut and message.get("more_body"):
            message = await self._next()
        return message | {"body": b""} if self.is_cut else message

    async def _next(self) -> Message:
        message = await self._receive()
        self._read += len(message.get("body", b""))
        self.is_cut = self._read > self._max_bytes
        if self._read > self._max_bytes * _DRAINED_TIMES:
            raise HTTPException(413)
        return message
