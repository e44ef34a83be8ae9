"""The dialogs of « Bons d’achat »: to give one, to send its code, to cancel it; each says what will happen before."""

import streamlit as st

from dashboard.flash import flash, has_flashes
from dashboard.focus import focus_first_field
from dashboard.markdown import escape_markdown
from dashboard.vouchers.giving import give, show_giving
from dashboard.vouchers.opened import DIALOG, Opened, VoucherAct
from db.domain import formats
from db.domain.actor import Actor
from db.domain.errors import MarketplaceError
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.domain.vouchers import MAX_NOTE
from db.engine import reading, transaction
from db.queries.vouchers import VoucherDetail, voucher_detail
from db.services.outbox import undo_window
from db.services.voucher_cancelling import PlannedCancelling, cancel_voucher, plan_cancelling
from db.services.voucher_mail import send_voucher_again

_TO, _REASON = DIALOG.field_key("address"), DIALOG.field_key("reason")
_QUESTIONS = {
    VoucherAct.GIVE: "Donner un bon d’achat",
    VoucherAct.SEND: "Envoyer le code par e-mail\u00a0?",
    VoucherAct.CANCEL: "Annuler ce bon d’achat\u00a0?",
}
_VERBS = {
    VoucherAct.GIVE: "Donner le bon d’achat",
    VoucherAct.SEND: "Envoyer l’e-mail",
    VoucherAct.CANCEL: "Annuler le bon d’achat",
}


def show_dialog(viewer: Viewer) -> None:
    """Draw the dialog that is open, if one is."""
    opened = DIALOG.opened()
    if opened is not None:
        st.dialog(_QUESTIONS[opened.act], width="medium", on_dismiss=DIALOG.put_away)(_body)(viewer)


def _body(viewer: Viewer) -> None:
    opened = DIALOG.opened()
    if opened is None or has_flashes():
        st.rerun()  # It is done: the page is drawn anew, without the dialog.
    try:
        _SHOWN[opened.act](viewer, opened)
    except MarketplaceError as refusal:  # It was used up, or cancelled, since the dialog opened.
        st.error(escape_markdown(str(refusal)), icon=":material/error:")
    if opened.refusal:
        st.error(escape_markdown(opened.refusal), icon=":material/error:")
    focus_first_field("vouchers_focus")
    with st.container(horizontal=True, gap="small"):
        st.button(_VERBS[opened.act], key="vouchers_confirm", type="primary", on_click=_confirm, args=(viewer,))
        st.button("Ne rien faire", key="vouchers_leave", on_click=DIALOG.put_away)


def _show_sending(viewer: Viewer, opened: Opened) -> None:
    with reading() as session:
        voucher = voucher_detail(session, viewer, opened.voucher_id)
        window_s = int(undo_window(session).total_seconds())
    st.session_state.setdefault(_TO, voucher.email)
    st.text_input(
        "À quelle adresse\u00a0?",
        key=_TO,
        autocomplete="off",
        help="L’adresse du client ne change pas\u00a0: c’est pour cet envoi seulement.",
    )
    left = formats.money(voucher.row.rest_cents, voucher.row.currency)
    st.caption(f"L’e-mail dit le code, ce qui reste ({left}) et jusqu’à quand. Il part dans {window_s}\u00a0s.")


def _show_cancelling(viewer: Viewer, opened: Opened) -> None:
    with reading() as session:
        plan = plan_cancelling(session, Actor.person(viewer), opened.voucher_id, utc_now())
        voucher = voucher_detail(session, viewer, opened.voucher_id)
    st.markdown("\n".join(f"- {effect}" for effect in cancelling_effects(plan, voucher)))
    st.text_input(
        "Pourquoi\u00a0?",
        key=_REASON,
        max_chars=MAX_NOTE,
        autocomplete="off",
        placeholder="Donné par erreur, le client préfère l’argent…",
    )


def cancelling_effects(plan: PlannedCancelling, voucher: VoucherDetail) -> list[str]:
    """Return what cancelling a voucher does, a sentence each, as Markdown."""
    left = formats.money(plan.voucher.rest_cents, plan.voucher.currency)
    said = [f"**{left}** ne pourront plus être dépensés avec le code {plan.voucher.code}."]
    if plan.refunds:
        number = escape_markdown(voucher.row.order_number or "")
        shares = [f"{formats.money(cents, plan.voucher.currency)} par {method.word}" for method, cents in plan.refunds]
        said.append(
            f"Ce bon remboursait la commande {number}\u00a0: **{formats.enumeration(shares)}** redeviennent à "
            "rembourser (Finances › Remboursements)."
        )
    if plan.unpaid_cents:
        unpaid = formats.money(plan.unpaid_cents, plan.voucher.currency)
        said.append(
            f"Aucun paiement en argent ne couvre {unpaid}\u00a0: à rendre par virement, sur un IBAN à demander "
            "au client. Un autre moyen se choisit dans Finances › Remboursements."
        )
    if any(mail.state.is_waiting for mail in voucher.mails):
        said.append("L’e-mail qui porte le code et attend encore ne part pas.")
    said.append("Le client n’est pas prévenu\u00a0: écrivez-lui s’il connaît déjà ce code.")
    return said


_SHOWN = {
    VoucherAct.GIVE: show_giving,
    VoucherAct.SEND: _show_sending,
    VoucherAct.CANCEL: _show_cancelling,
}


def _confirm(viewer: Viewer) -> None:
    opened = DIALOG.opened()
    if opened is None:
        return  # A second click on a button that has done its work.
    try:
        said = _do(viewer, opened)
    except MarketplaceError as refusal:
        DIALOG.refuse(opened, str(refusal))
        return
    DIALOG.close()
    flash(said)


def _do(viewer: Viewer, opened: Opened) -> str:
    """Do it in one transaction; return what to say, in Markdown."""
    actor, now = Actor.person(viewer), utc_now()
    if opened.act is VoucherAct.GIVE:
        return give(actor, viewer, opened, now)
    with transaction() as session:
        if opened.act is VoucherAct.SEND:
            to = send_voucher_again(session, actor, opened.voucher_id, now, st.session_state.get(_TO) or "")
            return f"Le code part par e-mail à {escape_markdown(to)}."
        reason = st.session_state.get(_REASON) or ""
        done = cancel_voucher(session, actor, opened.voucher_id, opened.version, reason, now)
        return f"Bon d’achat {done.voucher.code} annulé."
