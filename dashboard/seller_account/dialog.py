"""The dialogs of a seller's account: correct it, hold it, let it be paid again; each says what will happen."""

import streamlit as st

from dashboard.flash import flash, has_flashes
from dashboard.focus import focus_first_field
from dashboard.inputs import parse_amount
from dashboard.markdown import escape_markdown
from dashboard.seller_account.opened import DIALOG, AccountAct, Opened
from db.domain import formats
from db.domain.actor import Actor
from db.domain.errors import InvalidInputError, MarketplaceError
from db.domain.payout_acts import MAX_NOTE
from db.domain.payouts import HoldReason
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.domain.vouchers import MAX_NOTE as MAX_REASON
from db.engine import transaction
from db.services.ledger_corrections import correct_account
from db.services.payouts.holding import SELLER_HOLD_REASONS, hold_seller, lift_hold

_SIGN, _AMOUNT, _REASON, _WHY, _NOTE = (DIALOG.field_key(name) for name in ("sign", "amount", "reason", "why", "note"))
_ADD, _TAKE = "Ajouter au compte", "Retirer du compte"
_VERBS = {
    AccountAct.CORRECT: "Corriger le compte",
    AccountAct.HOLD: "Retenir ses reversements",
    AccountAct.RELEASE: "Lever la retenue",
}


def show_dialog(viewer: Viewer, seller_id: int) -> None:
    """Draw the dialog that is open on this account, if one is."""
    opened = DIALOG.opened()
    if opened is not None and opened.seller_id == seller_id:
        question = _question(opened)
        st.dialog(question, width="medium", on_dismiss=DIALOG.put_away)(_body)(viewer)


def _question(opened: Opened) -> str:
    name = escape_markdown(opened.order_number or opened.seller_name)
    return {
        AccountAct.CORRECT: f"Corriger le compte de {name}\u00a0?",
        AccountAct.HOLD: f"Retenir les reversements de {name}\u00a0?",
        AccountAct.RELEASE: f"Lever la retenue de {name}\u00a0?",
    }[opened.act]


def _body(viewer: Viewer) -> None:
    opened = DIALOG.opened()
    if opened is None or has_flashes():
        st.rerun()  # It is done: the page is drawn anew, without the dialog.
    _SHOWN[opened.act](opened)
    if opened.refusal:
        st.error(escape_markdown(opened.refusal), icon=":material/error:")
    focus_first_field("seller_account_focus")
    with st.container(horizontal=True, gap="small"):
        st.button(_VERBS[opened.act], key="seller_account_confirm", type="primary", on_click=_confirm, args=(viewer,))
        st.button("Ne rien faire", key="seller_account_leave", on_click=DIALOG.put_away)


def _show_correction(opened: Opened) -> None:
    st.session_state.setdefault(_SIGN, _ADD)
    st.segmented_control("Sens", [_ADD, _TAKE], key=_SIGN, required=True, label_visibility="collapsed")
    st.text_input("Montant", key=_AMOUNT, placeholder="15,00", autocomplete="off")
    st.text_area(
        "Motif",
        key=_REASON,
        max_chars=MAX_REASON,
        height=88,
        placeholder="Frais de port d’octobre, remboursés par erreur.",
        help="Le vendeur le lit sur son compte et sur ses relevés.",
    )
    st.caption(correction_words(opened, st.session_state.get(_AMOUNT) or "", st.session_state.get(_SIGN)))


def correction_words(opened: Opened, typed: str, sign: str | None) -> str:
    """Return what the correction does, the new balance where an amount is typed; as Markdown."""
    said = "La correction part avec le prochain reversement et reste écrite\u00a0: une erreur se corrige par une autre."
    try:
        cents = _signed(typed, sign) if typed.strip() else 0
    except InvalidInputError as no_amount:
        return escape_markdown(str(no_amount))
    if not cents:
        return said
    before, after = (
        formats.money(each, opened.currency) for each in (opened.balance_cents, opened.balance_cents + cents)
    )
    return f"Solde\u00a0: {before} → **{after}**. {said}"


def _signed(typed: str, sign: str | None) -> int:
    cents = parse_amount(typed)
    return -cents if sign == _TAKE else cents


def _show_hold(_opened: Opened) -> None:
    st.selectbox(
        "Pourquoi\u00a0?",
        SELLER_HOLD_REASONS,
        index=None,
        key=_WHY,
        format_func=lambda reason: reason.label,
        placeholder="Choisissez une raison",
    )
    st.text_input("Précisions", key=_NOTE, max_chars=MAX_NOTE, autocomplete="off", help="Pour l’équipe seulement.")
    st.caption(
        "Rien ne lui est versé jusqu’à ce que vous leviez la retenue\u00a0: le reversement à approuver est retenu "
        "aussitôt, celui qui est approuvé n’est plus transmis. Ses ventes continuent d’entrer dans son compte."
    )


def _show_release(opened: Opened) -> None:
    st.text_input("Précisions", key=_NOTE, max_chars=MAX_NOTE, autocomplete="off", placeholder="Facultatif")
    st.caption(
        "La commande part avec la prochaine préparation, si sa date est venue."
        if opened.order_number
        else "Ce qui est préparé attend de nouveau d’être approuvé, sauf si autre chose le retient."
    )


_SHOWN = {
    AccountAct.CORRECT: _show_correction,
    AccountAct.HOLD: _show_hold,
    AccountAct.RELEASE: _show_release,
}


def _confirm(viewer: Viewer) -> None:
    opened = DIALOG.opened()
    if opened is None:
        return  # A second click on a button that has done its work.
    try:
        said = _do(Actor.person(viewer), opened)
    except MarketplaceError as refusal:
        DIALOG.refuse(opened, str(refusal))
        return
    DIALOG.close()
    flash(said)


def _do(actor: Actor, opened: Opened) -> str:
    """Do it in one transaction; return what to say, in Markdown."""
    held, now, name = st.session_state, utc_now(), escape_markdown(opened.order_number or opened.seller_name)
    note = held.get(_NOTE) or ""
    if opened.act is AccountAct.CORRECT:
        cents, reason = _signed(held.get(_AMOUNT) or "0", held.get(_SIGN)), held.get(_REASON) or ""
        with transaction() as session:
            correct_account(session, actor, opened.seller_id, opened.currency, cents, reason, opened.key, now)
        return f"Compte de {name} corrigé de {formats.money(cents, opened.currency)}."
    if opened.act is AccountAct.HOLD:
        with transaction() as session:
            hold_seller(session, actor, opened.seller_id, _chosen(held.get(_WHY)), note, now)
        return f"Les reversements de {name} sont retenus."
    with transaction() as session:
        lift_hold(session, actor, opened.hold_id, note, now)
    return f"La retenue de {name} est levée."


def _chosen(reason: HoldReason | None) -> HoldReason:
    if reason is None:
        raise InvalidInputError("Choisissez pourquoi ce vendeur n’est plus payé.")
    return reason
