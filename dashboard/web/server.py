"""Serve the application with uvicorn ourselves.

``App.run()`` would do it too, but it opens the listening socket without naming its protocol; asyncio then leaves
Nagle's algorithm on, and every answer on a connection kept open waits 40 ms for the browser's acknowledgement.
"""

import os
from collections.abc import Mapping

import streamlit as st
import uvicorn
from streamlit import config
from streamlit.web import bootstrap

_PING_SECONDS = 30
_BYTES_PER_MB = 1024 * 1024


def make_server(app: st.App, options: Mapping[str, object]) -> uvicorn.Server:
    """Return a server for ``server.address`` and ``server.port`` of Streamlit's options; ``run()`` blocks.

    The address of a client is the one that connects. Behind a proxy, ``FORWARDED_ALLOW_IPS`` (uvicorn's own variable)
    names the proxies whose ``X-Forwarded-For`` is believed.
    """
    bootstrap.load_config_options(dict(options))
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=str(options["server.address"]),
            port=int(str(options["server.port"])),
            ws="websockets-sansio",
            ws_max_size=config.get_option("server.maxMessageSize") * _BYTES_PER_MB,
            ws_ping_interval=_PING_SECONDS,
            ws_ping_timeout=_PING_SECONDS,
            ws_per_message_deflate=config.get_option("server.enableWebsocketCompression"),
            proxy_headers="FORWARDED_ALLOW_IPS" in os.environ,
            server_header=False,
            access_log=False,
            log_level="warning",
        )
    )
