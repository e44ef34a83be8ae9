"""The routes of ours beside Streamlit's. Whatever is added here needs a session unless the gate lists it as public."""

from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from dashboard.web import files, health, return_photos, sign_in, webhooks
from dashboard.web.api import app as api
from dashboard.web.follow_up import routes as follow_up

ROUTES: list[BaseRoute] = [
    *health.ROUTES,
    *sign_in.ROUTES,
    *follow_up.ROUTES,
    *webhooks.ROUTES,
    *files.ROUTES,
    *return_photos.ROUTES,
    *api.ROUTES,
]


def is_ours(scope: Scope) -> bool:
    """Tell whether a route of ours answers a request."""
    return any(route.matches(scope)[0] is not Match.NONE for route in ROUTES)
