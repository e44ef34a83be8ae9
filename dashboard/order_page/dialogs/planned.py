"""What a move will do, said before it is done: the plan that the act computes again, and whom it writes to."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from dashboard.markdown import escape_markdown
from dashboard.order_page.dialogs.effects import move_effects
from dashboard.order_page.dialogs.form import Opened
from dashboard.order_page.dialogs.letters import show_letters
from dashboard.statuses import label_of
from db.domain.actor import Actor
from db.domain.errors import InvalidInputError, MarketplaceError
from db.domain.move_words import check_words
from db.domain.moves import CancelReason, Move
from db.domain.orders import OrderStatus
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.order_rows import OrderPage
from db.services.moves import PlannedMove, plan_moves


def show_plan(
    viewer: Viewer,
    opened: Opened,
    move: Move,
    *,
    without_words: Move,
    also: Callable[[PlannedMove], None] | None = None,
) -> bool:
    """Draw what a move does and whom it writes to; tell whether it can be done.

    Args:
        viewer: Who would do it.
        opened: The dialog, with the fields that ``show_letters`` needs.
        move: What is asked, with what was typed so far.
        without_words: What is asked where a text that was typed cannot be used.
        also: Draws what else is to be said of the plan.
    """
    try:
        plan = _plan(viewer, opened, move, without_words)
    except MarketplaceError as refusal:
        show_refusal(opened, refusal)
        return False
    if opened.page.header.version != plan.order.version:
        st.caption("La commande vient de changer\u00a0: le détail vous sera montré avant d’agir.")
    st.markdown("  \n".join(move_effects(plan)))
    show_letters(opened, plan.letters, why_no_letter(opened.page, plan.effects.status))
    if also is not None:
        also(plan)
    return True


def show_refusal(opened: Opened, refusal: MarketplaceError) -> None:
    """Draw why the act cannot be done, unless that is said beside the button already."""
    if str(refusal) != opened.refusal:
        st.error(escape_markdown(str(refusal)), icon=":material/error:")


def _plan(viewer: Viewer, opened: Opened, move: Move, without_words: Move) -> PlannedMove:
    """Return the effects as if nobody were muted and everything asked for were given: that decides nothing else."""
    try:
        check_words(move)
    except InvalidInputError as refusal:
        show_refusal(opened, refusal)
        move = without_words
    reason = move.cancel_reason or CancelReason.OTHER
    move = replace(move, cancel_reason=reason, note=move.note.strip() or "…", notifies=True)
    with reading() as session:
        plan = plan_moves(session, Actor.person(viewer), [opened.order_id], move)
    if plan.refused:
        raise plan.refused[0].error
    return plan.planned[0]


def why_no_letter(page: OrderPage, status: OrderStatus) -> str:
    """Return why nobody is written to of a status, as plain text."""
    if not page.header.customer_email.strip():
        return "Aucun e-mail ne part : l’adresse du client n’est pas renseignée."
    return f"Aucun e-mail n’est prévu pour le statut « {label_of(status)} »."
