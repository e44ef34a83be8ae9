"""What the dialogs that correct an order have in common."""

import datetime as dt

from dashboard.order_page.dialogs.form import Opened
from db.domain.actor import Actor
from db.engine import transaction
from db.services.edits import Edit, edit_order


def edited(actor: Actor, opened: Opened, edit: Edit, now: dt.datetime, done: str) -> str:
    """Correct the order, and return what that did: there may have been nothing to change."""
    with transaction() as session:
        history_id = edit_order(session, actor, opened.order_id, opened.version, edit, now)
    return done if history_id is not None else "Rien n’a changé\u00a0: tout était déjà ainsi."
