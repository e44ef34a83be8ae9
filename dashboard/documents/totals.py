"""How many documents the filters find and what they come to per VAT rate, in a place kept for it above the list."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from db.domain import formats
from db.queries.document_totals import COUNT_CAP, CurrencyTotals, DocumentTotals


def reserve_totals() -> DeltaGenerator:
    """Return the place above the list: the rows are drawn first, and nothing jumps when the totals follow."""
    return st.container(key="documents_totals", gap="xsmall")


def count_words(totals: DocumentTotals) -> str:
    """Return « 1 284 documents », or « plus de 10 000 documents » where nobody waits for the rest."""
    documents = formats.plural(totals.documents, "document")
    return f"plus de {documents}" if totals.is_capped else documents


def show_totals(totals: DocumentTotals) -> None:
    """Draw the count and, for each currency, a table with one column for each rate and one for all."""
    st.markdown(f"**{count_words(totals)}**")
    if totals.is_capped:
        st.caption(
            f"Au-delà de {formats.integer(COUNT_CAP)} documents, les totaux de ces filtres ne sont pas calculés "
            "ici\u00a0: choisissez une période plus courte, ou exportez la liste."
        )
    for currency in totals.currencies:
        st.markdown(totals_table(currency))


def totals_table(totals: CurrencyTotals) -> str:
    """Return a Markdown table of the bases, the VAT and the sums, one column for each rate."""
    heads = [formats.rate(each.rate_bp) for each in totals.rates]
    lines = {
        "Base HT": ([each.net_cents for each in totals.rates], totals.net_cents),
        "TVA": ([each.vat_cents for each in totals.rates], totals.vat_cents),
        "TTC": ([each.gross_cents for each in totals.rates], totals.gross_cents),
    }
    rows = [
        [
            name,
            *(formats.money(cents, totals.currency) for cents in cells),
            f"**{formats.money(all_of_it, totals.currency)}**",
        ]
        for name, (cells, all_of_it) in lines.items()
    ]
    table = [["Taux", *heads, "**Total**"], [":---", *["---:"] * (len(heads) + 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in table)
