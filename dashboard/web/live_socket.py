"""An open WebSocket is asked again and again whether its session still holds, and closed when it does not.

Streamlit reads who is there once, when the socket opens. A session that ended, a person who was deactivated or whose
role changed must not keep an open tab: within ``RECHECK_SECONDS`` the tab is told to load itself again, which ends on
the sign-in page or on what the new role may see.
"""

import asyncio
import datetime as dt
from contextlib import suppress

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from db.domain.access import SEEN_EVERY
from db.domain.time import utc_now
from db.engine import DATABASE_LOST, reading, transaction
from db.queries.access import SignedIn, live_session
from db.services.access import note_seen

RECHECK_SECONDS = 4.0
_POLICY_VIOLATION = 1008


class LiveSocket:
    """One open socket and the session it came in with."""

    def __init__(self, app: ASGIApp, signed_in: SignedIn, *, recheck_seconds: float = RECHECK_SECONDS) -> None:
        self._app = app
        self._signed_in = signed_in
        self._recheck_seconds = recheck_seconds
        self._seen_at = signed_in.last_seen_at
        self._ended = asyncio.Event()

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application on the socket until either side, or the end of the session, closes it."""
        ended = asyncio.create_task(self._ended.wait())

        async def receive_until_ended() -> Message:
            message = asyncio.create_task(receive())
            await asyncio.wait({message, ended}, return_when=asyncio.FIRST_COMPLETED)
            if self._ended.is_set():
                message.cancel()
                return {"type": "websocket.disconnect", "code": _POLICY_VIOLATION}
            if message.result()["type"] == "websocket.receive":
                await self._note_seen()
            return message.result()

        async def send_until_ended(message: Message) -> None:
            if not self._ended.is_set():
                await send(message)

        watch = asyncio.create_task(self._watch(send))
        try:
            await self._app(scope, receive_until_ended, send_until_ended)
        finally:
            watch.cancel()
            ended.cancel()

    async def _watch(self, send: Send) -> None:
        holds = True
        while holds:
            await asyncio.sleep(self._recheck_seconds)
            holds = await self._still_holds()
        self._ended.set()
        await send({"type": "websocket.send", "bytes": _load_again()})
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION})

    async def _still_holds(self) -> bool:
        try:
            found = await run_in_threadpool(self._find)
        except DATABASE_LOST:
            return True  # The script checks by itself on every run: without a database it shows nothing either.
        return found is not None and found.viewer == self._signed_in.viewer

    def _find(self) -> SignedIn | None:
        with reading() as session:
            return live_session(session, self._signed_in.session_id, utc_now())

    async def _note_seen(self) -> None:
        now = utc_now()
        if now - self._seen_at < SEEN_EVERY:
            return
        self._seen_at = now
        with suppress(DATABASE_LOST):  # Being seen a minute later is no harm.
            await run_in_threadpool(self._write_seen, now)

    def _write_seen(self, now: dt.datetime) -> None:
        with transaction() as session:
            note_seen(session, self._signed_in.session_id, now)


def _load_again() -> bytes:
    """Return the message by which Streamlit's own front end follows a redirect; an empty one is the same page."""
    message = ForwardMsg()
    message.auth_redirect.url = ""
    return message.SerializeToString()
