"""Move a return on: accept it, refuse it, note that its parcel came, end it without giving anything back."""

import datetime as dt

import streamlit as st

from dashboard.badges import RETURN_BADGES
from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from dashboard.order_page.dialogs.letters import EXAMPLE, MUTED, keep_letter_choices, show_letters
from dashboard.order_page.dialogs.planned import show_refusal
from dashboard.order_page.dialogs.returned import return_of
from dashboard.order_page.return_actions import has_something_left
from db.domain.actor import Actor
from db.domain.errors import MarketplaceError
from db.domain.mail import RecipientKind
from db.domain.orders import ReturnStatus
from db.domain.returns import EXPLAINED_STATUSES, MAX_MESSAGE, RETURN_VERBS, ReturnMove
from db.domain.time import local_day, utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.order_rows import OrderPage, ReturnRow
from db.services.returns.moves import move_return
from db.services.returns.planning import plan_letters

_MESSAGE, _DAY = "message", "day"
_QUESTIONS = {
    ReturnStatus.AWAITING_PARCEL: "Accepter ce retour\u00a0?",
    ReturnStatus.PARCEL_RECEIVED: "Le colis de ce retour est-il arrivé\u00a0?",
    ReturnStatus.COMPLETED: "Terminer ce retour sans rien rembourser\u00a0?",
    ReturnStatus.DENIED: "Refuser ce retour\u00a0?",
}
_EFFECTS = {
    ReturnStatus.AWAITING_PARCEL: "Le client peut renvoyer le colis\u00a0: son bon de retour l’attend sur la page de "
    "suivi.",
    ReturnStatus.PARCEL_RECEIVED: "Vous pourrez vérifier ce qu’il contient, puis rembourser.",
    ReturnStatus.COMPLETED: "**Rien n’est remboursé**, rien ne revient en stock.",
    ReturnStatus.DENIED: "**Rien n’est remboursé.** Le client garde les articles\u00a0; il pourra demander un autre "
    "retour.",
}
_DENIED_AFTER_ARRIVAL = (
    "**Rien n’est remboursé.** Le colis est déjà là\u00a0: dites au client comment il récupère ses articles."
)
_GIVEN_BACK_ALREADY = (
    "Tout ce qu’il annonçait a déjà été rendu par ailleurs\u00a0: **rien de plus n’est remboursé**, rien ne revient en "
    "stock."
)
_NO_LETTER = "Aucun e-mail ne part\u00a0: l’adresse du client n’est pas renseignée."


def _fields(_page: OrderPage, action: Action) -> Fields:
    fields: dict[str, object] = {_MESSAGE: "", MUTED: False, EXAMPLE: False}
    if action.return_target is ReturnStatus.PARCEL_RECEIVED:
        fields[_DAY] = local_day(utc_now())
    return fields


def _show(viewer: Viewer, opened: Opened) -> bool:
    target, request = _target(opened), return_of(opened)
    if target is ReturnStatus.PARCEL_RECEIVED:
        st.date_input("Arrivé le", key=opened.key(_DAY), format="DD/MM/YYYY", max_value=local_day(utc_now()))
    is_owed = target in EXPLAINED_STATUSES
    st.text_area(
        "Pourquoi\u00a0? Le client le lit dans l’e-mail." if is_owed else "Message au client (dans l’e-mail)",
        key=opened.key(_MESSAGE),
        height=90,
        max_chars=MAX_MESSAGE,
    )
    was, becomes = RETURN_BADGES[request.status].markdown, RETURN_BADGES[target].markdown
    st.markdown(f"{was} → {becomes}  \n{_effect(opened, request, target)}")
    return _show_letters(viewer, opened, target)


def _effect(opened: Opened, request: ReturnRow, target: ReturnStatus) -> str:
    if target is ReturnStatus.DENIED and request.status is ReturnStatus.PARCEL_RECEIVED:
        return _DENIED_AFTER_ARRIVAL
    if target is ReturnStatus.COMPLETED and not has_something_left(opened.page, request):
        return _GIVEN_BACK_ALREADY
    return _EFFECTS[target]


def _show_letters(viewer: Viewer, opened: Opened, target: ReturnStatus) -> bool:
    try:
        with reading() as session:
            move = ReturnMove(target, opened.text(_MESSAGE))
            letters = plan_letters(session, Actor.person(viewer), return_of(opened).id, move, utc_now())
    except MarketplaceError as refusal:
        keep_letter_choices(opened)
        show_refusal(opened, refusal)
        return False
    show_letters(opened, letters, _NO_LETTER)
    if any(letter.recipient_kind is RecipientKind.SELLER for letter in letters):
        st.caption("Le vendeur est prévenu dans tous les cas\u00a0: c’est chez lui que le colis revient.")
    return True


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    request, target = return_of(opened), _target(opened)
    day = opened.value(_DAY) if target is ReturnStatus.PARCEL_RECEIVED else None
    move = ReturnMove(target, opened.text(_MESSAGE), day, notifies=not opened.value(MUTED))
    with transaction() as session:
        move_return(session, actor, request.id, request.version, move, now)
    return ""  # The line that lets it be taken back says it.


def _target(opened: Opened) -> ReturnStatus:
    if opened.action.return_target is None:
        raise ValueError("a move of a return has a target")
    return opened.action.return_target


FORM = Form(
    question=lambda opened: _QUESTIONS[_target(opened)],
    verb=lambda opened: RETURN_VERBS[_target(opened)],
    fields=_fields,
    show=_show,
    act=_act,
)
