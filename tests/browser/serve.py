"""Start the real application on a database of one's choice and print a way in; for browser tests and for a look.

.venv/bin/python -m tests.browser.serve --database-url sqlite:////tmp/demo.db --port 8611
"""

import argparse
import datetime as dt
import os


def main() -> None:
    arguments = _arguments()
    if arguments.database_url:
        os.environ["DATABASE_URL"] = arguments.database_url
    os.environ["PUBLIC_URL"] = f"http://127.0.0.1:{arguments.port}"

    from dashboard.app import app  # noqa: PLC0415  after the environment is set
    from dashboard.options import flat_options  # noqa: PLC0415
    from dashboard.web.server import make_server  # noqa: PLC0415
    from db import schema  # noqa: PLC0415
    from db.domain.time import utc_now  # noqa: PLC0415
    from db.engine import engine, transaction  # noqa: PLC0415
    from db.services.links import create_first_admin_link  # noqa: PLC0415
    from db.services.work import worker_seen  # noqa: PLC0415

    schema.upgrade(engine())
    with transaction() as session:
        token = create_first_admin_link(session, utc_now())
        # No worker is there, and no banner shall say so on every screen.
        worker_seen(session, "nobody", utc_now() + dt.timedelta(days=1))
    print(f"http://127.0.0.1:{arguments.port}/lien/{token}", flush=True)  # noqa: T201  its only purpose
    place = {"server.port": arguments.port, "server.address": "127.0.0.1"}
    make_server(app, flat_options() | place).run()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database-url", help="instead of DATABASE_URL; brought to our schema if need be")
    parser.add_argument("--port", type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main()
