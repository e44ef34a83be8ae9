"""What a supervisor asks: is the process alive, and may it be sent people."""

import logging

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from db.engine import DATABASE_LOST, engine
from db.schema import is_up_to_date

_log = logging.getLogger(__name__)


async def healthz(_request: Request) -> Response:
    """Answer as long as the process lives, whatever the database does."""
    return PlainTextResponse("ok")


async def readyz(_request: Request) -> Response:
    """Answer 200 when the database answers and has today's schema; 503 otherwise, the reason in the log only."""
    ready = await run_in_threadpool(database_is_ready)
    return PlainTextResponse("ready", 200) if ready else PlainTextResponse("not ready", 503)


def database_is_ready() -> bool:
    """Tell whether the database answers and has today's schema."""
    try:
        return is_up_to_date(engine())
    except DATABASE_LOST as error:
        _log.warning("the database does not answer: %s", str(error).splitlines()[0])
        return False


ROUTES: list[BaseRoute] = [Route("/healthz", healthz), Route("/readyz", readyz)]
