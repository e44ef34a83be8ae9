"""One document beside the list: what it states in short, what belongs to it, its file, and what can be done."""

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.badges import DOCUMENT_BADGES
from dashboard.documents.actions import show_actions, show_trouble
from dashboard.files.words import short_hash, size_words
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.actor import SYSTEM
from db.domain.documents import DocumentKind
from db.domain.errors import MarketplaceError
from db.domain.snapshot import Numbered, Snapshot
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.document_detail import DocumentDetail, RelatedDocument, document_detail

_LINES_SHOWN = 12
_LONGEST_NAME = 44


def show_document(
    viewer: Viewer, document_id: int, *, on_close: Callable[[], None], on_open: Callable[[int], None]
) -> None:
    """Draw a document, or why there is none to draw.

    Args:
        viewer: Who looks.
        document_id: Which one.
        on_close: What « Fermer » does.
        on_open: What a click on a document that belongs to it does, with its id.
    """
    st.button("Fermer", key="document_close", icon=":material/close:", type="tertiary", on_click=on_close)
    try:
        with reading() as session:
            document = document_detail(session, viewer, document_id)
    except MarketplaceError as refusal:
        st.info(escape_markdown(str(refusal)))
        return
    st.subheader(f"{document.row.kind.label} {escape_markdown(document.row.number)}", anchor=False)
    st.markdown(" ".join(DOCUMENT_BADGES[status].markdown for status in document.row.statuses) or "\u00a0")
    show_trouble(viewer, document)
    show_actions(viewer, document)
    st.markdown("  \n".join(map(escape_markdown, facts(document))))
    st.markdown(lines_table(document.stated))
    st.markdown(vat_table(document.stated))
    st.markdown("  \n".join(map(escape_markdown, money_words(document))))
    _show_related(document, on_open)
    with st.expander("Mentions imprimées", icon=":material/gavel:"):
        st.markdown("\n".join(f"- {escape_markdown(each.text)}" for each in document.stated.mentions))
    st.caption("  \n".join(map(escape_markdown, file_words(document))))


def facts(document: DocumentDetail) -> list[str]:
    """Return who issued it to whom, when and why."""
    stated = document.stated
    day, clock = formats.instant(document.issued_at).split()
    by = " par le système" if document.person_name == SYSTEM.name else f" par {document.person_name}"
    issued = "Émis" if stated.is_credit_note else "Émise"
    said = [
        f"{issued} le {day} à {clock}{by}",
        f"Vendeur\u00a0: {stated.issuer.legal_name}, SIREN {stated.issuer.siren}",
        f"Client\u00a0: {_buyer(stated)}",
        f"Commande {stated.order_number} du {formats.date(stated.placed_on)}",
    ]
    if stated.reason:
        said.append(f"Motif\u00a0: {stated.reason}")
    return said


def _buyer(stated: Snapshot) -> str:
    buyer = stated.buyer
    parts = [buyer.company, buyer.name, f"SIREN {buyer.siren}" if buyer.siren else "", buyer.vat_number, buyer.email]
    return ", ".join(filter(None, parts))


def lines_table(stated: Numbered) -> str:
    """Return the first lines as a Markdown table, and how many more there are."""
    shown = stated.lines[:_LINES_SHOWN]
    rows = [
        [
            escape_markdown(formats.shorten(line.name, _LONGEST_NAME)),
            formats.integer(line.quantity),
            formats.rate(line.vat_rate_bp),
            formats.money(line.gross_cents, stated.currency),
        ]
        for line in shown
    ]
    more = len(stated.lines) - len(shown)
    if more:
        rows.append([f"et {formats.plural(more, 'autre ligne', 'autres lignes')}", "", "", ""])
    return _table([["Article", "Qté", "TVA", "TTC"], [":---", "---:", "---:", "---:"], *rows])


def vat_table(stated: Numbered) -> str:
    """Return the totals per rate as a Markdown table."""
    amounts = [[each.net_cents, each.vat_cents, each.gross_cents] for each in stated.vat]
    rows = [
        [formats.rate(each.rate_bp), *(formats.money(cents, stated.currency) for cents in cells)]
        for each, cells in zip(stated.vat, amounts, strict=True)
    ]
    whole = (stated.net_cents, stated.vat_cents, stated.gross_cents)
    total = ["**Total**", *(f"**{formats.money(cents, stated.currency)}**" for cents in whole)]
    return _table([["Taux", "Base HT", "TVA", "TTC"], [":---", "---:", "---:", "---:"], *rows, total])


def _table(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def money_words(document: DocumentDetail) -> list[str]:
    """Return what of an invoice was paid when it was issued, what was given back since, and what is left to pay."""
    row, stated = document.row, document.stated
    if stated.is_credit_note:
        return []
    said = [f"Payé à l’émission\u00a0: {formats.money(stated.paid_cents, row.currency)}"]
    if row.credited_cents:
        said.append(f"Porté en avoir depuis\u00a0: {formats.money(row.credited_cents, row.currency)}")
    left = max(0, row.gross_cents - row.credited_cents - row.kept_cents)
    until = f", échéance le {formats.date(stated.due_on)}" if left and stated.due_on else ""
    said.append(f"Reste à régler aujourd’hui\u00a0: {formats.money(left, row.currency)}{until}")
    return said


def _show_related(document: DocumentDetail, on_open: Callable[[int], None]) -> None:
    for each in document.related:
        st.button(
            related_words(each),
            key=f"document_related_{each.id}",
            icon=":material/description:",
            type="tertiary",
            on_click=on_open,
            args=(each.id,),
        )


def related_words(each: RelatedDocument) -> str:
    """Return « Avoir AV2026-THE-000001 du 21/11/2026, −12,50 € », as Markdown."""
    label = "Avoir" if each.kind is DocumentKind.CREDIT_NOTE else "Facture d’origine"
    money = formats.money(each.gross_cents, each.currency)
    return f"{label} {escape_markdown(each.number)} du {formats.date(each.issued_on)}, {money}"


def file_words(document: DocumentDetail) -> list[str]:
    """Return what is known of the PDF: its size, its hash, when it was made and last compared with its hash."""
    file = document.file
    if file is None or not file.sha256:
        return ["Le PDF n’est pas encore fait."]
    said = [f"PDF de {size_words(file.size_bytes)}, empreinte SHA-256 {short_hash(file.sha256)}"]
    if file.ready_at:
        said.append(f"Fait le {formats.instant(file.ready_at)}, conservé sans limite")
    return said
