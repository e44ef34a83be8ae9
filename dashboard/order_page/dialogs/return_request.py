"""« Demander un retour » in the customer's place: what, why; what the rules refuse is accepted as a gesture."""

import datetime as dt

import streamlit as st

from dashboard.inputs import parse_quantity
from dashboard.markdown import escape_markdown
from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from dashboard.order_page.dialogs.letters import EXAMPLE, MUTED, keep_letter_choices, show_letters
from dashboard.order_page.dialogs.planned import show_refusal
from dashboard.returns.deadlines import withdrawal_words
from db.domain import formats
from db.domain.actor import Actor
from db.domain.errors import InvalidInputError, MarketplaceError, OrderNotFoundError
from db.domain.return_rules import ReturnableLine, ReturnableOrder, check_request
from db.domain.returns import MAX_EXPLANATION, MAX_GESTURE, ReturnReason, ReturnRequest
from db.domain.time import local_day, utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.order_rows import LineRow, OrderPage
from db.queries.returnable import returnable
from db.services.returns.planning import plan_request_letters
from db.services.returns.requests import request_return

_REASON, _EXPLANATION, _GESTURE = "reason", "explanation", "gesture"


def _fields(page: OrderPage, _action: Action) -> Fields:
    units = {_field(line): "" for line in _kept(page)}
    return {**units, _REASON: None, _EXPLANATION: "", _GESTURE: "", MUTED: False, EXAMPLE: False}


def _kept(page: OrderPage) -> list[LineRow]:
    """Return what the customer has: it left and was not given back."""
    return [line for line in page.lines if line.quantity_shipped > line.quantity_returned]


def _show(viewer: Viewer, opened: Opened) -> bool:
    today = local_day(utc_now())
    with reading() as session:
        order = returnable(session, opened.order_id)
    if order is None:
        raise OrderNotFoundError(opened.page.header.number)
    if withdrawal := order.withdrawal(today):
        st.caption(f"Rétractation {withdrawal_words(withdrawal)}.")
    lines = {line.id: line for line in order.lines}
    for line in _kept(opened.page):
        _show_article(opened, lines[line.id])
    st.selectbox(
        "Motif",
        list(ReturnReason),
        key=opened.key(_REASON),
        format_func=lambda reason: reason.label,
        placeholder="Choisissez un motif",
    )
    st.text_area("Explication du client", key=opened.key(_EXPLANATION), height=80, max_chars=MAX_EXPLANATION)
    return _show_effects(viewer, opened, order, today)


def _show_article(opened: Opened, line: ReturnableLine) -> None:
    asked = f", {formats.integer(line.quantity_asked)} dans un autre retour" if line.quantity_asked else ""
    said = f"{formats.integer(line.quantity_kept)} chez le client{asked}"
    if not line.is_returnable:
        said += " · ne se reprend pas, sauf défaut"
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key=opened.key(f"return_line_{line.id}")
    ):
        st.markdown(f"{escape_markdown(line.name)} :small[:gray[{said}]]", width="stretch")
        st.text_input(
            f"{line.name}\u00a0: quantité à renvoyer",
            key=opened.key(f"units_{line.id}"),
            label_visibility="collapsed",
            autocomplete="off",
            placeholder="0",
            disabled=not line.quantity_left,
            width=80,
        )


def _show_effects(viewer: Viewer, opened: Opened, order: ReturnableOrder, today: dt.date) -> bool:
    """Draw what the rules have against it, what it does and whom it writes to; tell whether it can be done."""
    try:
        wanted = _wanted(opened)
        if wanted.units:
            check_request(order, wanted)
    except MarketplaceError as refusal:
        keep_letter_choices(opened)
        opened.keep(_GESTURE)
        show_refusal(opened, refusal)
        return False
    broken = order.broken_rules(wanted, today)
    if broken:
        st.warning(escape_markdown(" ".join(broken)), icon=":material/gavel:")
        st.text_input(
            "Pourquoi l’accepter quand même (pour l’équipe)",
            key=opened.key(_GESTURE),
            max_chars=MAX_GESTURE,
            placeholder="Geste commercial\u00a0: client fidèle, erreur de notre part…",
        )
    else:
        opened.keep(_GESTURE)
    with reading() as session:
        letters = plan_request_letters(session, Actor.person(viewer), opened.order_id, wanted, utc_now())
    nothing = "Aucun e-mail ne part\u00a0: l’adresse du client n’est pas renseignée."
    show_letters(opened, letters, nothing, is_undoable=False)
    return True


def _wanted(opened: Opened) -> ReturnRequest:
    units = {
        line.id: parse_quantity(opened.text(_field(line)), line.name, line.quantity_shipped - line.quantity_returned)
        for line in _kept(opened.page)
    }
    reason = opened.value(_REASON) or ReturnReason.OTHER
    return ReturnRequest({line: count for line, count in units.items() if count}, reason, opened.text(_EXPLANATION))


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    if opened.value(_REASON) is None:
        raise InvalidInputError("Choisissez le motif du retour.")
    # The same request twice from one screen is one return; every request raises the order's version.
    key = f"staff:{actor.person_id}:{opened.version}"
    with transaction() as session:
        return_id = request_return(
            session,
            actor,
            opened.order_id,
            _wanted(opened),
            now,
            gesture_reason=opened.text(_GESTURE),
            key=key,
            notifies=not opened.value(MUTED),
        )
    return f"Retour n° {return_id} demandé\u00a0: acceptez-le quand vous êtes prêt à recevoir le colis."


def _field(line: LineRow) -> str:
    return f"units_{line.id}"


FORM = Form(
    question=lambda _opened: "Que renvoie le client\u00a0?",
    verb=lambda _opened: "Demander le retour",
    fields=_fields,
    show=_show,
    act=_act,
)
