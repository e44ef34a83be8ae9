"""Start the dashboard: read the settings, take the place, open the database, say how to come in, serve."""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from types import FrameType
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

from dashboard.startup.database_file import alone_on, check_file, url_in_use
from dashboard.startup.listener import listen
from dashboard.startup.refusals import CannotStartError, DatabaseUnusableError
from dashboard.startup.worker import WorkerProcess
from db.domain.time import utc_now
from db.engine import DATABASE_LOST, engine
from db.opening import anyone_can_sign_in, bring_up_to_date, make_embedded_database, one_time_token
from db.schema import NewerDatabaseError
from db.settings import Settings, SettingsError, settings

if TYPE_CHECKING:
    import uvicorn

CANNOT_START = 2
#: An answer under way when the dashboard is told to stop may take this long; then it is cut off.
GRACE_SECONDS = 2


def start() -> int:
    """Run the dashboard until it is told to stop; return the exit code."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    return _refusing(lambda: _run(settings()))


def print_link() -> int:
    """Print one more one-time link, whether the dashboard is running or not; return the exit code."""
    return _refusing(lambda: _say(_one_time_link(settings(), _running_at(settings()))))


def _refusing(action: Callable[[], None]) -> int:
    try:
        action()
    except (SettingsError, CannotStartError, NewerDatabaseError) as refusal:
        print(refusal, file=sys.stderr)  # noqa: T201  the terminal is where this person is
        return CANNOT_START
    return 0


def _run(chosen: Settings) -> None:
    with ExitStack() as until_the_end:
        if chosen.is_embedded:
            until_the_end.enter_context(alone_on(chosen.database_file, chosen.public_url))
        listener = until_the_end.enter_context(listen(chosen.host, chosen.port))
        until_the_end.callback(lambda: engine().dispose())
        _open_database(chosen)
        if chosen.is_embedded:
            until_the_end.enter_context(WorkerProcess())
        server = _make_server(chosen)
        _announce(chosen)
        server.run(sockets=[listener])


def _open_database(chosen: Settings) -> None:
    if chosen.is_embedded:
        check_file(chosen.database_file)
    try:
        if chosen.is_embedded and not chosen.database_file.exists():
            _say(f"Premier démarrage : création de {chosen.database_file.name} avec des données de démonstration…")
            make_embedded_database(chosen.database_file, utc_now(), show_progress=sys.stderr.isatty())
        bring_up_to_date(engine(), chosen.marketplace_identity)
    except DATABASE_LOST as error:
        raise DatabaseUnusableError(engine().url.render_as_string(), error) from None


def _make_server(chosen: Settings) -> "uvicorn.Server":
    # They load every library of every page: a refusal must not wait for that.
    from dashboard.app import app  # noqa: PLC0415
    from dashboard.options import flat_options  # noqa: PLC0415
    from dashboard.web.server import make_server  # noqa: PLC0415

    os.environ["STREAMLIT_SERVER_COOKIE_SECRET"] = chosen.signing_key()  # Streamlit takes it from there only.
    place = {
        "server.address": chosen.host,
        "server.port": chosen.port,
        "browser.serverAddress": urlsplit(chosen.public_url).hostname,
    }
    server = make_server(app, flat_options() | place)
    server.config.timeout_graceful_shutdown = GRACE_SECONDS
    return server


def _announce(chosen: Settings) -> None:
    _say(f"{chosen.marketplace_name} : {chosen.public_url}")
    if chosen.is_embedded or not anyone_can_sign_in(engine()):
        _say(f"Pour entrer (une seule fois, dans l’heure) : {_one_time_link(chosen)}")
    if not chosen.is_embedded:
        _say("Le travail de fond se lance à part : python -m jobs")
    _say("Ctrl-C pour arrêter.")


def _running_at(chosen: Settings) -> str:
    """Return where the dashboard answers: it may have been started with another PORT than this command."""
    return (url_in_use(chosen.database_file) if chosen.is_embedded else None) or chosen.public_url


def _one_time_link(chosen: Settings, url: str | None = None) -> str:
    return f"{url or chosen.public_url}/lien/{one_time_token(engine(), utc_now())}"


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  as above


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    """End the process through its ``finally`` blocks, with exit code 0: being told to stop is no failure."""
    raise SystemExit(0)
