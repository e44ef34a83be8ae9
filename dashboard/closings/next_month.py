"""The next month to close: what would be frozen, what is in the way, and the act."""

import datetime as dt

import streamlit as st

from dashboard.flash import flash, telling_refusals
from dashboard.navigation import CONTROL
from db.domain import formats
from db.domain.actor import Actor
from db.domain.closing import ClosingPlan, Figures, Part, month_words
from db.domain.months import last_day
from db.domain.orders import PaymentKind
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.services.closing import close_month

_NOTE = "closing_note"


def show_next(viewer: Viewer, plan: ClosingPlan) -> None:
    """Draw the month that comes next: what stands in its way, or what closing it does."""
    with st.container(border=True):
        st.subheader(f"Clôturer {month_words(plan.month)}", anchor=False)
        st.markdown(_effects(plan))
        if plan.blockers:
            st.warning("À faire avant\u00a0:\n\n" + "\n".join(f"- {each}" for each in plan.blockers))
        if plan.unexplained_orders:
            _show_unexplained(plan)
        is_read = st.checkbox(
            "J’ai relu ces chiffres\u00a0: la clôture est définitive.",
            key=f"read_{plan.month}",
            disabled=bool(plan.blockers),
        )
        st.button(
            f"Clôturer {month_words(plan.month)}",
            key=f"close_{plan.month}",
            type="primary",
            icon=":material/lock:",
            disabled=bool(plan.blockers) or not is_read,
            on_click=_close,
            args=(viewer, plan),
        )


def _effects(plan: ClosingPlan) -> str:
    said = [f"- {part.label}\u00a0: {words}" for part in Part if (words := part_words(plan.figures, part))]
    frozen = "\n".join(said) or "- aucun chiffre\u00a0: rien ne s’est passé ce mois-là"
    return (
        f"Seront figés et scellés\u00a0:\n\n{frozen}\n\n"
        "Les commandes comptent annulées comprises\u00a0: leur annulation est une opération à part. "
        "Les montants de ces ventes et de ces règlements ne pourront plus changer\u00a0: une correction sera un "
        "nouveau document, daté du jour. Adresses, statuts, expéditions et remboursements continuent. Une clôture ne "
        "s’annule pas."
    )


#: Of each part: what its rows are called, which column counts them, which one is their amount.
_UNITS = {
    # As they were ordered, for that is what is frozen: what was cancelled since is a document of its own.
    Part.SALES: ("commande passée", "orders", "cents"),
    # A row is a rate of a document: an invoice of two rates has two of them.
    Part.DOCUMENTS: ("ligne de TVA", "documents", "gross_cents"),
    Part.MONEY: ("règlement", "payments", "cents"),
    Part.LEDGER: ("écriture", "entries", "cents"),
    Part.FEES: ("document", "documents", "gross_cents"),
    Part.VOUCHERS: ("bon d’achat", "vouchers", "cents"),
}


_PLURALS = {
    "commande passée": "commandes passées",
    "ligne de TVA": "lignes de TVA",
    "bon d’achat": "bons d’achat",
}


def part_words(figures: Figures, part: Part) -> str:
    """Return what a part comes to: « 83 règlements, 7 259,68 € », one currency after the other; nothing of nothing."""
    unit, counter, amount = _UNITS[part]
    sums: dict[str, list[int]] = {}
    for row in figures.get(part.value, []):
        known = sums.setdefault(row["currency"], [0, 0])
        known[0] += row[counter]
        # Refunds go out: what is left is what came in.
        known[1] += -row[amount] if part is Part.MONEY and row["kind"] == PaymentKind.REFUND else row[amount]
    return " · ".join(
        f"{formats.plural(number, unit, _PLURALS.get(unit))}, {formats.money(cents, currency)}"
        for currency, (number, cents) in sorted(sums.items())
    )


def _show_unexplained(plan: ClosingPlan) -> None:
    words = formats.plural(plan.unexplained_orders, "commande a un écart", "commandes ont un écart")
    st.error(f"{words} que rien n’explique\u00a0: corrigez, ou dites pourquoi vous clôturez malgré tout.")
    days = {"du": plan.month.isoformat(), "au": last_day(plan.month).isoformat()}
    st.page_link(CONTROL.page(), label="Voir ces commandes", icon=":material/search:", query_params=days)
    st.text_area("Justification", key=_NOTE, max_chars=500, height=80, placeholder="Vu avec la banque\u00a0: …")


def _close(viewer: Viewer, plan: ClosingPlan) -> None:
    with telling_refusals():
        with transaction() as session:
            note = str(st.session_state.get(_NOTE) or "")
            close_month(session, Actor.person(viewer), plan.month, plan.figures_hash, utc_now(), note=note)
        st.session_state.pop(_NOTE, None)
        flash(
            f"{month_words(plan.month).capitalize()} est clos\u00a0: ses chiffres sont figés.", icon=":material/lock:"
        )


def first_candidates(today: dt.date) -> list[dt.date]:
    """Return the months that may be closed first, the last one before today foremost."""
    month = today.replace(day=1)
    months = []
    for _ in range(12):
        month = (month - dt.timedelta(days=1)).replace(day=1)
        months.append(month)
    return months
