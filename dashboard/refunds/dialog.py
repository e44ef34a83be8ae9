"""The dialogs of Finances › Remboursements: what is done with the ticked refunds, said before it is."""

import datetime as dt

import streamlit as st

from dashboard.flash import has_flashes
from dashboard.focus import focus_first_field
from dashboard.markdown import escape_markdown
from dashboard.refunds.bar import GIVE_VOUCHER, tell_done, worth_of
from dashboard.refunds.opened import DIALOG, Opened
from db.domain import formats
from db.domain.actor import Actor
from db.domain.errors import MarketplaceError
from db.domain.iban import iban_in_groups
from db.domain.orders import PaymentMethod
from db.domain.refunds import MAX_REFERENCE, MAX_REFUSAL, REFUND_METHODS, RefundAct
from db.domain.time import local_day, utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.refunds import RefundRow, refund_rows
from db.services.outbox import undo_window
from db.services.refund_moves import RefundsMoved
from db.services.refunds import give_vouchers, mark_done, mark_refused, set_means

_REFERENCE, _DAY, _TELLS, _REASON, _METHOD, _IBAN = (
    DIALOG.field_key(name) for name in ("reference", "day", "tells", "reason", "method", "iban")
)
_QUESTIONS = {
    RefundAct.FINISH: ("Ce remboursement est-il fait\u00a0?", "Ces remboursements sont-ils faits\u00a0?"),
    RefundAct.REFUSE: ("Ce remboursement est-il refusé\u00a0?", "Ces remboursements sont-ils refusés\u00a0?"),
    RefundAct.CHANGE_MEANS: ("Comment rendre cet argent\u00a0?", "Comment rendre cet argent\u00a0?"),
}
_GIVE_VOUCHERS = ("Donner ce bon d’achat\u00a0?", "Donner ces bons d’achat\u00a0?")
_VERBS = {
    RefundAct.FINISH: "Marquer comme fait",
    RefundAct.REFUSE: "Marquer comme refusé",
    RefundAct.CHANGE_MEANS: "Enregistrer",
}


def show_dialog(viewer: Viewer) -> None:
    """Draw the dialog that is open, if one is."""
    opened = DIALOG.opened()
    if opened is None:
        return
    questions = _GIVE_VOUCHERS if opened.gives_vouchers else _QUESTIONS[opened.act]
    question = questions[len(opened.refund_ids) > 1]
    st.dialog(question, width="medium", on_dismiss=DIALOG.put_away)(_body)(viewer)


def _body(viewer: Viewer) -> None:
    opened = DIALOG.opened()
    if opened is None or has_flashes():
        st.rerun()  # It is done: the page is drawn anew, without the dialog.
    with reading() as session:
        rows = refund_rows(session, viewer, opened.refund_ids)
        window_s = int(undo_window(session).total_seconds())
    st.markdown(escape_markdown(_what(rows)))
    {
        RefundAct.FINISH: lambda: (_show_giving if opened.gives_vouchers else _show_finish)(window_s, len(rows)),
        RefundAct.REFUSE: _show_refuse,
        RefundAct.CHANGE_MEANS: lambda: _show_means(rows),
    }[opened.act]()
    if opened.refusal:
        st.error(escape_markdown(opened.refusal), icon=":material/error:")
    focus_first_field("refunds_focus")
    with st.container(horizontal=True, gap="small"):
        verb = GIVE_VOUCHER if opened.gives_vouchers else _VERBS[opened.act]
        st.button(verb, key="refunds_confirm", type="primary", on_click=_confirm, args=(viewer,))
        st.button("Ne rien faire", key="refunds_leave", on_click=DIALOG.put_away)


def _what(rows: tuple[RefundRow, ...]) -> str:
    """Return which refunds these are: the one with its order, or how many and what they come to."""
    if len(rows) != 1:
        return f"{formats.plural(len(rows), 'remboursement')} · {worth_of(rows)}"
    (row,) = rows
    return f"{worth_of(rows)} · commande {row.order_number} · {row.customer_name}"


def _show_finish(window_s: int, count: int) -> None:
    st.session_state.setdefault(_DAY, local_day(utc_now()))
    st.session_state.setdefault(_TELLS, True)
    left, right = st.columns([3, 2])
    left.text_input(
        "Référence",
        key=_REFERENCE,
        placeholder="N° de chèque, libellé du virement…",
        max_chars=MAX_REFERENCE,
        autocomplete="off",
    )
    right.date_input("Fait le", key=_DAY, format="DD/MM/YYYY", max_value=local_day(utc_now()))
    tells = st.toggle("Prévenir le client" if count == 1 else "Prévenir chaque client", key=_TELLS)
    if tells:
        st.caption(f"E-mail « Remboursement effectué », qui part dans {formats.integer(window_s)}\u00a0s.")


def _show_giving(window_s: int, count: int) -> None:
    st.session_state.setdefault(_TELLS, True)
    st.caption(
        "Ce qui a été payé par bon d’achat est rendu par un nouveau bon. Sans vous, il est donné tout seul une fois "
        "passé le délai d’annulation."
    )
    tells = st.toggle("Envoyer le code au client" if count == 1 else "Envoyer son code à chaque client", key=_TELLS)
    if tells:
        st.caption(f"L’e-mail part dans {formats.integer(window_s)}\u00a0s.")


def _show_refuse() -> None:
    st.text_input(
        "Pourquoi",
        key=_REASON,
        placeholder="Carte expirée, compte clos, IBAN inconnu…",
        max_chars=MAX_REFUSAL,
        autocomplete="off",
    )
    st.caption("Le client attend toujours son argent\u00a0: vous le retrouverez dans « Refusés », à refaire.")


def _show_means(rows: tuple[RefundRow, ...]) -> None:
    for row in rows:
        st.session_state.setdefault(_METHOD, PaymentMethod.TRANSFER if row.facts.is_voucher else row.facts.method)
        if row.facts.is_voucher:
            st.caption("Le client a payé par bon d’achat. En argent, ce remboursement ne redevient plus un bon.")
        st.session_state.setdefault(_IBAN, iban_in_groups(row.facts.iban))
    method = st.selectbox("Moyen", list(REFUND_METHODS), key=_METHOD, format_func=lambda each: each.label)
    if method is PaymentMethod.TRANSFER:
        st.text_input("IBAN du client", key=_IBAN, placeholder="FR76 3000 6000 …", autocomplete="off")
        st.caption("Laissez vide s’il n’est pas encore connu\u00a0: la liste le rappelle.")


def _confirm(viewer: Viewer) -> None:
    opened = DIALOG.opened()
    if opened is None:
        return  # A second click on a button that has done its work.
    try:
        moved = _do(Actor.person(viewer), opened, utc_now())
    except MarketplaceError as refusal:
        DIALOG.refuse(opened, str(refusal))
        return
    DIALOG.close()
    tell_done(opened.act, moved)


def _do(actor: Actor, opened: Opened, now: dt.datetime) -> RefundsMoved:
    held = st.session_state
    with transaction() as session:
        match opened.act:
            case RefundAct.FINISH if opened.gives_vouchers:
                return give_vouchers(session, actor, opened.refund_ids, now, notifies=held[_TELLS])
            case RefundAct.FINISH:
                day, reference = held.get(_DAY) or local_day(now), held.get(_REFERENCE) or ""
                return mark_done(session, actor, opened.refund_ids, reference, day, now, notifies=held[_TELLS])
            case RefundAct.REFUSE:
                return mark_refused(session, actor, opened.refund_ids, held.get(_REASON) or "", now)
            case _:
                (refund_id,) = opened.refund_ids
                return set_means(session, actor, refund_id, held[_METHOD], held.get(_IBAN) or "", now)
