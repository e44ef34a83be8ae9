"""One fee invoice beside the list: what it states in short, the payouts that lead to its orders, and its PDF."""

import streamlit as st

from dashboard.documents.actions import link_pdf, offer_retry
from dashboard.documents.detail import lines_table, vat_table
from dashboard.fee_invoices.table import period_words
from dashboard.files.words import short_hash, size_words, trouble_words
from dashboard.markdown import escape_markdown
from dashboard.navigation import PAYOUT
from dashboard.payout_page.links import payout_params
from db.domain import formats
from db.domain.errors import MarketplaceError
from db.domain.files import FileState
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.fee_invoices import FeeDetail, fee_detail
from db.queries.files import FileRow, file_row

#: More payouts than that are looked for in Finances › Reversements.
_PAYOUTS_SHOWN = 31


def show_document(viewer: Viewer, document_id: int) -> None:
    """Draw a document, or why there is none to draw."""
    try:
        with reading() as session:
            document = fee_detail(session, viewer, document_id)
            file = file_row(session, viewer, document.row.file_id)
    except MarketplaceError as refusal:
        st.info(escape_markdown(str(refusal)))
        return
    st.subheader(f"{document.stated.kind.label} {escape_markdown(document.row.number)}", anchor=False)
    _show_trouble(viewer, file)
    _show_pdf(file)
    st.markdown("  \n".join(map(escape_markdown, facts(document))))
    st.markdown(lines_table(document.stated))
    st.markdown(vat_table(document.stated))
    _show_payouts(document)
    with st.expander("Mentions imprimées", icon=":material/gavel:"):
        st.markdown("\n".join(f"- {escape_markdown(each.text)}" for each in document.stated.mentions))
    st.caption(file_words(file))


def facts(document: FeeDetail) -> list[str]:
    """Return to whom it was issued, when, for which days, and what became of its amount."""
    row, stated = document.row, document.stated
    issued = "Émis" if row.is_credit_note else "Émise"
    said = [
        f"{issued} le {formats.date(row.issued_on)}, commissions du {period_words(row)}",
        f"Vendeur\u00a0: {stated.buyer.company}{f', SIREN {stated.buyer.siren}' if stated.buyer.siren else ''}",
    ]
    if not row.is_credit_note:
        return [*said, f"{stated.withheld_words}, rien à payer"]
    originals = formats.enumeration([each.number for each in stated.originals])
    return [*said, f"Motif\u00a0: {stated.reason}", *([f"Corrige {originals}"] if originals else [])]


def file_words(file: FileRow) -> str:
    """Return what is known of the PDF: its size, its hash, when it was made."""
    if not file.sha256:
        return "Le PDF n’est pas encore fait."
    made = f", fait le {formats.instant(file.ready_at)}, conservé sans limite" if file.ready_at else ""
    return f"PDF de {size_words(file.size_bytes)}, empreinte SHA-256 {short_hash(file.sha256)}{made}"


def _show_pdf(file: FileRow) -> None:
    if file.state is not FileState.READY:
        return
    with st.container(horizontal=True, gap="small"):
        link_pdf(file.id, "fee")


def _show_trouble(viewer: Viewer, file: FileRow) -> None:
    if file.is_troubled:
        st.error("  \n".join(map(escape_markdown, trouble_words(file))), icon=":material/error:")
    offer_retry(viewer, file, "fee")


def _show_payouts(document: FeeDetail) -> None:
    for payout in document.payouts[:_PAYOUTS_SHOWN]:
        fees = formats.money(payout.fee_cents, document.row.currency)
        st.page_link(
            PAYOUT.page(),
            label=f"{payout.reference}, commissions {fees}",
            icon=":material/payments:",
            query_params=payout_params(payout.id),
        )
    if len(document.payouts) > _PAYOUTS_SHOWN:
        more = len(document.payouts) - _PAYOUTS_SHOWN
        st.caption(f"Et {formats.plural(more, 'autre reversement', 'autres reversements')}.")
