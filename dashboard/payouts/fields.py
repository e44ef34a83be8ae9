"""What each dialog of payouts says and asks, beside the payouts themselves."""

import datetime as dt
from collections.abc import Callable

import streamlit as st

from dashboard.markdown import escape_markdown
from dashboard.payouts.going import Going
from dashboard.payouts.opened import DIALOG, PayoutAct
from db.domain import formats
from db.domain.bank_reasons import BANK_REASONS
from db.domain.business_days import bank_day_from
from db.domain.payout_acts import MAX_NOTE, MAX_REFERENCE
from db.domain.time import local_day, utc_now
from db.queries.payouts import PayoutRow
from db.services.payouts.holding import SELLER_HOLD_REASONS

DAY, REFERENCE, NOTE, REASON, CODE = (DIALOG.field_key(name) for name in ("day", "reference", "note", "reason", "code"))


def show_fields(act: PayoutAct, going: Going) -> tuple[PayoutRow, ...]:
    """Draw what an act does and what it asks; return the payouts that it is done to."""
    if act is PayoutAct.APPROVE:
        return _show_approving(going)
    _FIELDS[act](going)
    return going.rows


def accepts_key(payout_id: int) -> str:
    """Return the key of the tick that says that somebody looked at an unusual amount."""
    return DIALOG.field_key(f"accepts_{payout_id}")


def _show_approving(going: Going) -> tuple[PayoutRow, ...]:
    """Have each unusual amount be ticked for itself; those that are not are left for later."""
    if going.unusual:
        st.markdown(
            "**À regarder deux fois.** Cochez ce que vous avez vérifié\u00a0; ce qui n’est pas coché reste à approuver."
        )
    for row in going.rows:
        if row.id in going.unusual:
            st.checkbox(unusual_words(row, going.unusual[row.id]), key=accepts_key(row.id))
    st.caption(
        "Le montant et l’IBAN sont figés. Une autre personne transmet ensuite le virement à la banque, par "
        "« Exporter »."
    )
    return tuple(row for row in going.rows if row.id not in going.unusual or st.session_state[accepts_key(row.id)])


def unusual_words(row: PayoutRow, usual_cents: int | None) -> str:
    """Return « REV-000012 · Maison du thé · 4 300,00 € au lieu de 310,00 € d’habitude », as Markdown."""
    amount = formats.money(row.net_cents, row.currency)
    compared = (
        "premier reversement de ce vendeur"
        if usual_cents is None
        else f"au lieu de {formats.money(usual_cents, row.currency)} d’habitude"
    )
    return f"{row.reference} · {escape_markdown(row.seller_name)} · **{amount}**, {compared}"


def _show_letting_through(_going: Going) -> None:
    _show_note("Pourquoi ce montant est juste", is_required=True)
    st.caption(
        "Le plafond ne retient plus ce reversement, jusqu’à ce montant. Il est ensuite à approuver, comme les autres."
    )


def _show_exporting(going: Going) -> None:
    tomorrow = local_day(utc_now()) + dt.timedelta(days=1)
    st.session_state.setdefault(DAY, bank_day_from(tomorrow))
    st.date_input(
        "Jour d’exécution demandé",
        key=DAY,
        format="DD/MM/YYYY",
        min_value=local_day(utc_now()),
        help="Un jour où les banques règlent les virements (TARGET)\u00a0: du lundi au vendredi, sauf jours fériés.",
        width=200,
    )
    st.caption(
        f"Un fichier de {formats.plural(len(going.rows), 'virement SEPA', 'virements SEPA')} est préparé, à déposer "
        "sur le site de la banque. Les comptes des vendeurs sont soldés d’autant."
    )


def _show_paid(_going: Going) -> None:
    _show_day("Payé par la banque le")
    st.caption("Chaque vendeur reçoit un e-mail, avec son relevé.")


def _show_paid_by_hand(_going: Going) -> None:
    left, right = st.columns([3, 2])
    with left:
        st.text_input(
            "Référence du virement",
            key=REFERENCE,
            placeholder="Comme sur le relevé de la banque",
            max_chars=MAX_REFERENCE,
            autocomplete="off",
        )
    with right:
        _show_day("Payé le")
    st.caption("Pour un virement saisi directement à la banque, sans fichier. Le vendeur reçoit un e-mail.")


def _show_rejected(_going: Going) -> None:
    left, right = st.columns([3, 2])
    left.selectbox(
        "Motif de la banque",
        list(BANK_REASONS),
        index=None,
        key=CODE,
        format_func=lambda code: f"{code} – {BANK_REASONS[code]}",
        placeholder="Code, s’il est connu",
    )
    with right:
        _show_day("Rejeté le")
    st.text_input("Précisions", key=NOTE, placeholder="Comme la banque le dit", max_chars=MAX_NOTE, autocomplete="off")
    st.caption(
        "Le montant est de nouveau dû\u00a0: la prochaine préparation le reprend. Si la banque refuse le compte, il "
        "reste retenu jusqu’au prochain IBAN. Le vendeur reçoit un e-mail."
    )


def _show_holding(going: Going) -> None:
    st.session_state.setdefault(REASON, SELLER_HOLD_REASONS[0])
    st.selectbox("Raison", list(SELLER_HOLD_REASONS), key=REASON, format_func=lambda reason: reason.label)
    _show_note("Pourquoi", is_required=True)
    sellers = formats.plural(len({row.seller_id for row in going.rows}), "vendeur")
    st.caption(f"Plus rien n’est payé à {sellers}, tant que la retenue n’est pas levée par « Libérer ».")


def _show_releasing(going: Going) -> None:
    for row in going.rows:
        if row.hold_note:
            st.markdown(f"{row.reference}\u00a0: {escape_markdown(row.hold_note)}")
    _show_note("Pourquoi", is_required=False)
    st.caption("Ce qui est dû est de nouveau à approuver, si rien d’autre ne le retient.")


def _show_cancelling(_going: Going) -> None:
    _show_note("Pourquoi", is_required=True)
    st.caption("Ce qu’il contient est de nouveau dû\u00a0: la prochaine préparation le reprend.")


def _show_note(label: str, *, is_required: bool) -> None:
    label = label if is_required else f"{label} (facultatif)"
    st.text_input(label, key=NOTE, max_chars=MAX_NOTE, autocomplete="off")


def _show_day(label: str) -> None:
    today = local_day(utc_now())
    st.session_state.setdefault(DAY, today)
    st.date_input(label, key=DAY, format="DD/MM/YYYY", max_value=today)


_FIELDS: dict[PayoutAct, Callable[[Going], None]] = {
    PayoutAct.LET_THROUGH: _show_letting_through,
    PayoutAct.EXPORT: _show_exporting,
    PayoutAct.MARK_PAID: _show_paid,
    PayoutAct.RELEASE: _show_releasing,
    PayoutAct.HOLD: _show_holding,
    PayoutAct.PAY_BY_HAND: _show_paid_by_hand,
    PayoutAct.REJECT: _show_rejected,
    PayoutAct.CANCEL: _show_cancelling,
}
