"""An open WebSocket is asked again and again whether its session still holds, and closed when it does not.

Streamlit reads who is there once, when the socket opens. A session that ended, a person who was deactivated or whose
role changed must not keep an open tab: within ``RECHECK_SECONDS`` the tab is told to load itself again, which ends on
the sign-in page or on what the new role may see.
"""

import asyncio
from contextlib import suppress

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.web.load_again import load_again
from dashboard.web.sessions import is_seen_again, session_with_id, write_seen
from db.domain.time import utc_now
from db.engine import DATABASE_LOST
from db.queries.access import SignedIn

RECHECK_SECONDS = 4.0
_POLICY_VIOLATION = 1008


class LiveSocket:
    """One open socket and the session it came in with."""

    def __init__(self, app: ASGIApp, signed_in: SignedIn) -> None:
        self._app = app
        self._signed_in = signed_in
        self._seen_at = signed_in.last_seen_at
        self._ended = asyncio.Event()

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application on the socket until either side, or the end of the session, closes it."""
        ended = asyncio.create_task(self._ended.wait())

        async def receive_until_ended() -> Message:
            waiting = asyncio.create_task(receive())
            try:
                await asyncio.wait({waiting, ended}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                if not waiting.done():
                    waiting.cancel()
            if self._ended.is_set():
                return {"type": "websocket.disconnect", "code": _POLICY_VIOLATION}
            message = waiting.result()
            if message["type"] == "websocket.receive":
                await self._note_seen()
            return message

        async def send_until_ended(message: Message) -> None:
            if not self._ended.is_set():
                await send(message)

        watch = asyncio.create_task(self._watch(send))
        watch.add_done_callback(lambda _task: self._ended.set())  # Unwatched, however that came, it does not go on.
        try:
            await self._app(scope, receive_until_ended, send_until_ended)
        finally:
            watch.cancel()
            ended.cancel()

    async def _watch(self, send: Send) -> None:
        holds = True
        while holds:
            await asyncio.sleep(RECHECK_SECONDS)
            holds = await self._still_holds()
        with suppress(OSError):  # The browser may have gone by itself.
            await send({"type": "websocket.send", "bytes": load_again().SerializeToString()})
            self._ended.set()
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})

    async def _still_holds(self) -> bool:
        try:
            found = await run_in_threadpool(session_with_id, self._signed_in.session_id)
        except DATABASE_LOST:
            return True  # The script checks by itself on every run: without a database it shows nothing either.
        return found is not None and found.viewer == self._signed_in.viewer

    async def _note_seen(self) -> None:
        if is_seen_again(self._seen_at):
            self._seen_at = utc_now()
            with suppress(DATABASE_LOST):  # Being seen a minute later is no harm.
                await run_in_threadpool(write_seen, self._signed_in.session_id)
