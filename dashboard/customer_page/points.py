"""Loyalty points on a customer's page: the balance, what moved it, and correcting it."""

import datetime as dt
import secrets

import streamlit as st

from dashboard.customer_page.rows import points_row
from dashboard.customer_page.sections import card
from dashboard.flash import flash, telling_refusals
from dashboard.inputs import parse_quantity
from dashboard.markdown import escape_markdown
from dashboard.order_page.drawing import draw
from db.domain import formats
from db.domain.actor import Actor
from db.domain.errors import InvalidInputError
from db.domain.loyalty import PointsReason
from db.domain.permissions import Permission
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.customer_detail import SHOWN
from db.queries.customer_rows import Account, CustomerDetail
from db.services.points import correct_points

#: What is counted, in the refusals of what is typed.
_POINTS = "points"


def show_points(viewer: Viewer, customer: CustomerDetail, now: dt.datetime) -> None:
    """Draw the balance with its newest movements and, for those who may, the way to correct it."""
    account = customer.account
    with card("Fidélité", "points"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.markdown(f"**{formats.plural(account.loyalty_points, 'point')}**", width="content")
            st.space("stretch")
            if viewer.may(Permission.HANDLE_RETURNS) and not customer.is_erased:
                _show_correction(viewer, account)
        if customer.points:
            draw("moved.html", rows=[points_row(each, now) for each in customer.points[:SHOWN]])
        else:
            st.caption("Aucun mouvement.")


def _show_correction(viewer: Viewer, account: Account) -> None:
    # The keys hold the balance: once it is another one, the fields begin anew.
    key = f"customer_points_{account.id}_{account.loyalty_points}"
    with st.popover("Corriger", icon=":material/edit:", key=f"p_{key}"):
        typed = st.text_input("Solde voulu", str(account.loyalty_points), key=f"{key}_wanted", autocomplete="off")
        reason = st.selectbox(
            "Pourquoi",
            list(PointsReason),
            index=None,
            key=f"{key}_reason",
            format_func=lambda each: each.label,
            placeholder="Choisissez",
            help="Gardé avec le mouvement, qui ne s’efface pas. Le détail se dit dans les notes internes.",
        )
        difference = 0
        try:
            difference = _balance(typed, account) - account.loyalty_points
        except InvalidInputError as no_number:
            st.error(escape_markdown(str(no_number)), icon=":material/error:")
        if difference:
            verb = "Ajouter" if difference > 0 else "Retirer"
            label = f"{verb} {formats.plural(abs(difference), 'point')}"
        else:
            label = "Corriger le solde"
        st.button(
            label,
            key=f"{key}_act",
            type="primary",
            disabled=not difference or reason is None,
            on_click=_correct,
            args=(viewer, account, key),
        )


def _balance(typed: str, account: Account) -> int:
    """Return the balance that is typed; with nothing typed it stays what it is."""
    return parse_quantity(typed, _POINTS) if typed.strip() else account.loyalty_points


@telling_refusals()
def _correct(viewer: Viewer, account: Account, key: str) -> None:
    wanted, reason = _balance(st.session_state[f"{key}_wanted"], account), st.session_state[f"{key}_reason"]
    if reason is None or wanted == account.loyalty_points:
        return  # Emptied since the button was drawn.
    # Drawn once for these fields: a second click on them moves nothing.
    once = st.session_state.setdefault(f"{key}_once", secrets.token_urlsafe(12))
    with transaction() as session:
        balance = correct_points(
            session, Actor.person(viewer), account.id, account.loyalty_points, wanted, reason, once, utc_now()
        )
    flash(f"Le solde est de {formats.plural(balance, 'point')}.")
