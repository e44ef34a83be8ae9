"""What a request brings is read up to a limit: words are kept, what is too heavy is thrown away."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from dashboard.web.bodies import UploadForm, read_upload

_CHUNK = 1_000


def sent(fields, *contents):
    """A form as httpx writes it, arriving in pieces."""
    files = [("photos", (f"{place}.jpg", each)) for place, each in enumerate(contents, start=1)]
    request = httpx.Request("POST", "http://x", data=fields, files=files or {"photos": ("", b"")})
    body = request.read()
    pieces = [body[start : start + _CHUNK] for start in range(0, len(body), _CHUNK)]

    async def receive():
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    headers = [(name.lower(), value) for name, value in request.headers.raw]
    return Request({"type": "http", "method": "POST", "headers": headers}, receive), pieces


def read(request, max_bytes) -> tuple[UploadForm, list[bytes]]:
    async def reading():
        form = await read_upload(request, max_bytes)
        contents = [await each.content() for each in form.files]
        await form.close()
        return form, contents

    with ThreadPoolExecutor(1) as pool:  # A browser test before it may have left a loop running in this thread.
        return pool.submit(asyncio.run, reading()).result()


def test_words_and_files_arrive_as_they_were_sent():
    request, _ = sent({"mot": "été", "n": ["1", "2"]}, b"abc", b"x" * 5_000)
    form, contents = read(request, 100_000)
    assert form.fields == (("mot", "été"), ("n", "1"), ("n", "2"))
    assert [each.name for each in form.files] == ["1.jpg", "2.jpg"]
    assert contents == [b"abc", b"x" * 5_000]
    assert not form.is_cut


def test_a_file_field_that_was_left_alone_is_no_file():
    request, _ = sent({"mot": "x"})
    assert read(request, 100_000)[0].files == ()


def test_of_a_form_that_is_too_heavy_the_words_are_kept_and_all_of_it_is_read():
    # Browsers show our answer only once they have sent everything.
    request, left = sent({"mot": "été"}, b"x" * 20_000)
    form, _ = read(request, 10_000)
    assert (form.is_cut, form.fields) == (True, (("mot", "été"),))
    assert left == []


def test_who_sends_without_end_is_not_listened_to():
    request, left = sent({"mot": "x"}, b"x" * 100_000)
    with pytest.raises(HTTPException) as refused:
        read(request, 10_000)
    assert refused.value.status_code == 413
    assert left


def test_what_is_no_form_is_refused():
    async def receive():
        return {"type": "http.request", "body": b"--x\r\nnonsense", "more_body": False}

    headers = [(b"content-type", b"multipart/form-data")]
    request = Request({"type": "http", "method": "POST", "headers": headers, "app": None}, receive)
    with pytest.raises(HTTPException) as refused:
        read(request, 10_000)
    assert refused.value.status_code == 400
