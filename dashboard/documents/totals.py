"""How many documents the filters find and what they come to per VAT rate, in a place kept for it above the list."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.documents.gaps import show_missing_line
from dashboard.documents.state import DocumentsState
from db.domain import formats
from db.queries.document_gaps import MissingInvoices
from db.queries.document_totals import COUNT_CAP, CurrencyTotals, DocumentTotals


def reserve_totals(*, of_both_kinds: bool) -> DeltaGenerator:
    """Return the place above the list: the rows are drawn first, and nothing jumps when the totals follow."""
    place = st.container(key="documents_totals", gap="xsmall")
    return place.container(key="documents_totals_of_both", gap="xsmall") if of_both_kinds else place


def count_words(totals: DocumentTotals) -> str:
    """Return « 1 284 documents », or « plus de 10 000 documents » where nobody waits for the rest."""
    documents = formats.plural(totals.documents, "document")
    return f"plus de {documents}" if totals.is_capped else documents


def show_totals(
    totals: DocumentTotals, missing: MissingInvoices | None, state: DocumentsState, *, of_both_kinds: bool
) -> None:
    """Draw the count and, for each currency, a table with one column for each rate and one for all."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{count_words(totals)}**", width="content")
        if missing:
            show_missing_line(missing, state)
    if totals.is_capped:
        st.caption(
            f"Au-delà de {formats.integer(COUNT_CAP)} documents, les totaux de ces filtres ne sont pas calculés "
            "ici\u00a0: choisissez une période plus courte, ou exportez la liste."
        )
    for currency in totals.currencies:
        st.markdown(totals_table(currency, of_both_kinds=of_both_kinds))


def totals_table(totals: CurrencyTotals, *, of_both_kinds: bool) -> str:
    """Return a Markdown table of the bases, the VAT and the sums, one column for each rate.

    Where both kinds are listed, what each comes to stands first: the rest is what is left of the one less the other.
    """
    heads = [formats.rate(each.rate_bp) for each in totals.rates]
    kinds = {"Factures TTC": totals.invoices, "Avoirs TTC": totals.credit_notes} if of_both_kinds else {}
    of_kind = {
        name: ([each.gross_cents for each in rates], sum(each.gross_cents for each in rates))
        for name, rates in kinds.items()
    }
    lines = of_kind | {
        "Base HT": ([each.net_cents for each in totals.rates], totals.net_cents),
        "TVA": ([each.vat_cents for each in totals.rates], totals.vat_cents),
        "Net TTC" if of_both_kinds else "TTC": ([each.gross_cents for each in totals.rates], totals.gross_cents),
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
