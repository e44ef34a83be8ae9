"""What the whole list of payouts comes to, column by column, on a line above it."""

import streamlit as st

from db.domain import formats
from db.queries.payouts import COUNT_CAP, CurrencySums, ListTotals


def show_totals(totals: ListTotals) -> None:
    """Draw how many payouts the filters find and what they come to, a line for each currency."""
    st.markdown("  \n".join(total_lines(totals)) or "\u00a0")


def total_lines(totals: ListTotals) -> list[str]:
    """Return « **3 reversements** · ventes 95,70 € · commissions −2,79 € · net **92,91 €** », as Markdown."""
    if not totals.count:
        return []
    if totals.is_capped:
        more = f"**Plus de {formats.plural(COUNT_CAP, 'reversement')}**"
        return [f"{more} · choisissez une période pour en voir les totaux, ou exportez la liste."]
    return [_line(sums) for sums in totals.currencies]


def _line(sums: CurrencySums) -> str:
    parts = (
        ("ventes", sums.sale_cents),
        ("remboursements", sums.refund_cents),
        ("commissions", sums.fee_cents),
        ("autres", sums.other_cents),
    )
    said = [f"{name} {formats.money(cents, sums.currency)}" for name, cents in parts if cents]
    counted = f"**{formats.plural(sums.count, 'reversement')}**"
    return " · ".join([counted, *said, f"net **{formats.money(sums.net_cents, sums.currency)}**"])
