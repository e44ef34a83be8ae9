"""The dialog that changes the account on which a seller is paid: what will happen, and the password again."""

import datetime as dt

import streamlit as st

from dashboard.flash import flash, has_flashes
from dashboard.focus import focus_first_field
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.actor import Actor
from db.domain.bank_details import MAX_HOLDER, BankDetails
from db.domain.errors import MarketplaceError
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.bank_details import BankAccount
from db.services.access import note_attempt
from db.services.bank_details import ChangedDetails, change_iban
from db.services.confirmation import confirm_password

_OPEN = "bank_details_open"
_IBAN, _BIC, _HOLDER, _PASSWORD = (f"bank_details_{name}" for name in ("iban", "bic", "holder", "password"))
_REFUSAL = "bank_details_refusal"


def show_change_button(account: BankAccount) -> None:
    """Draw the button that opens the dialog."""
    label = "Changer" if account.details.iban else "Saisir l’IBAN"
    st.button(label, key="bank_details_change", icon=":material/account_balance:", on_click=_open, args=(account,))


def show_dialog(viewer: Viewer, account: BankAccount, now: dt.datetime) -> None:
    """Draw the dialog while it is open on this seller's account."""
    shown: BankAccount | None = st.session_state.get(_OPEN)
    if shown is not None and shown.seller_id == account.seller_id:
        question = f"Changer le compte de {shown.seller_name}\u00a0?"
        st.dialog(question, width="medium", on_dismiss=_put_away)(_body)(viewer, now)


def _open(account: BankAccount) -> None:
    _put_away()
    # As it was shown: a change that somebody else makes meanwhile is told, not overwritten.
    st.session_state[_OPEN] = account
    st.session_state[_HOLDER] = account.details.holder


def _put_away() -> None:
    for key in (_OPEN, _REFUSAL, _IBAN, _BIC, _HOLDER, _PASSWORD):
        st.session_state.pop(key, None)


def _body(viewer: Viewer, now: dt.datetime) -> None:
    shown: BankAccount | None = st.session_state.get(_OPEN)
    if shown is None or has_flashes():
        st.rerun()  # It is done: the page is drawn anew, without the dialog.
    st.text_input("Nouvel IBAN", key=_IBAN, placeholder="FR76 3000 6000 …", autocomplete="off")
    left, right = st.columns([1, 2])
    left.text_input("BIC", key=_BIC, placeholder="Trouvé d’après l’IBAN", max_chars=11, autocomplete="off")
    right.text_input(
        "Titulaire", key=_HOLDER, placeholder=shown.holder, max_chars=MAX_HOLDER, autocomplete="off",
        help="Seulement si le compte n’est pas au nom de la société.",
    )  # fmt: skip
    st.text_input("Votre mot de passe", key=_PASSWORD, type="password", autocomplete="current-password")
    st.caption(_effects(shown, now))
    if refusal := st.session_state.get(_REFUSAL):
        st.error(escape_markdown(refusal), icon=":material/error:")
    focus_first_field("bank_details_focus")
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Changer le compte", key="bank_details_confirm", type="primary", on_click=_confirm, args=(viewer, shown)
        )
        st.button("Ne rien changer", key="bank_details_leave", on_click=_put_away)


def _effects(shown: BankAccount, now: dt.datetime) -> str:
    """Return what a new IBAN brings with it, as Markdown."""
    told = formats.enumeration([escape_markdown(address) for address in shown.told])
    mail = (
        f"Un e-mail prévient aussitôt {told}."
        if told
        else "Ce vendeur n’a pas d’adresse e-mail\u00a0: personne n’est prévenu."
    )
    rest = (
        f"Rien n’est versé sur un nouvel IBAN avant {formats.integer(int(shown.rest.total_seconds()) // 3600)}\u00a0h, "
        f"soit le {formats.instant(now + shown.rest)}\u00a0: d’ici là, ses reversements sont retenus."
        if shown.rest
        else "Le nouvel IBAN sert dès maintenant."
    )
    return f"{rest} {mail}"


def _confirm(viewer: Viewer, shown: BankAccount) -> None:
    if st.session_state.get(_OPEN) is None:
        return  # A second click on a button that has done its work.
    try:
        changed = _change(viewer, shown, utc_now())
    except MarketplaceError as refusal:
        st.session_state[_REFUSAL] = str(refusal)
        return
    _put_away()
    flash(_done_words(changed))


def _change(viewer: Viewer, shown: BankAccount, now: dt.datetime) -> ChangedDetails:
    password, iban, bic, holder = (st.session_state.get(key) or "" for key in (_PASSWORD, _IBAN, _BIC, _HOLDER))
    typed = BankDetails(iban, bic, holder)
    # Three steps, so that a wrong guess stays counted and no write waits for the hash.
    with transaction() as session:
        note_attempt(session, viewer.email, "", now)
    with reading() as session:
        confirmed = confirm_password(session, viewer, password)
    with transaction() as session:
        return change_iban(session, Actor.person(viewer), shown.seller_id, shown.details, typed, confirmed, now)


def _done_words(changed: ChangedDetails) -> str:
    if changed.rests_until is None:
        return "Le compte bancaire est enregistré\u00a0; l’IBAN reste le même."
    told = formats.enumeration([escape_markdown(address) for address in changed.told])
    mail = f" Un e-mail part à {told}." if told else ""
    until = formats.instant(changed.rests_until)
    return f"Le compte bancaire est changé\u00a0: rien n’y est versé avant le {until}.{mail}"
