"""The dialogs of Finances › Factures: each says what will happen before it does."""

import streamlit as st

from dashboard.documents.asking import Days, asked, stop_asking
from dashboard.documents.gaps import issue_verb
from dashboard.documents.soundness import show_unsoundness
from dashboard.documents.totals import count_words
from dashboard.files.state import await_file
from dashboard.flash import flash, telling_refusals
from db.domain import formats
from db.domain.actor import Actor
from db.domain.document_filter import DocumentFilter, ListFormat
from db.domain.time import local_day, utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.document_gaps import MissingInvoices, missing_invoices
from db.queries.document_totals import document_totals
from db.services.document_lists import ask_for_document_list
from db.services.documents.missing import owe_missing_invoices

_FORMAT = "documents_list_format"


def show_dialog(viewer: Viewer) -> None:
    """Draw the dialog that is open, if one is."""
    asking = asked()
    if asking is None:
        return
    title = "Exporter ces documents" if asking.export else "Établir les factures manquantes"
    st.dialog(title, width="medium", on_dismiss=stop_asking)(_body)(viewer)


def _body(viewer: Viewer) -> None:
    asking = asked()
    if asking is None:
        st.rerun()  # It is done: the page is drawn anew, without the dialog.
    if asking.export:
        _show_export(viewer, asking.export)
    elif asking.missing:
        _show_missing(viewer, asking.missing)


def _show_missing(viewer: Viewer, days: Days) -> None:
    with reading() as session:
        missing = missing_invoices(session, viewer, *days)
    if not missing.orders:
        st.success("Aucune commande payée de cette période n’a été oubliée.")
        return
    st.markdown("\n".join(f"- {effect}" for effect in effects(missing)))
    st.warning(
        "Si ces ventes ont déjà une facture établie ailleurs, ne les facturez pas une seconde fois.",
        icon=":material/warning:",
    )
    with st.container(horizontal=True, gap="small"):
        st.button(issue_verb(missing), key="documents_confirm", type="primary", on_click=_owe, args=(viewer, days))
        st.button("Ne rien faire", key="documents_leave", on_click=stop_asking)


def effects(missing: MissingInvoices) -> list[str]:
    """Return what having them issued does, a sentence each, as Markdown."""
    invoices = formats.plural(missing.orders, "facture est établie", "factures sont établies")
    series = "la série de chaque vendeur" if missing.sellers > 1 else "la série du vendeur"
    oldest = formats.date(missing.oldest[0].placed_on)
    said = [
        f"**{invoices}**, une par commande, de la plus ancienne (du {oldest}) à la plus récente.",
        (
            f"Elles sont **datées d’aujourd’hui**, le {formats.date(local_day(utc_now()))}, et prennent les prochains "
            f"numéros de {series} ({formats.plural(missing.sellers, 'vendeur')})."
        ),
        "Une facture établie ne se modifie ni ne se supprime\u00a0: seul un avoir la corrige.",
        "Aucun e\u2011mail ne part. Les PDF se préparent à la suite.",
    ]
    if missing.is_capped:
        said.insert(1, "Les suivantes se demandent ensuite, de la même façon.")
    return said


@telling_refusals()
def _owe(viewer: Viewer, days: Days) -> None:
    stop_asking()
    with transaction() as session:
        count = owe_missing_invoices(session, Actor.person(viewer), *days, utc_now())
    verb = formats.plural(count, "facture va être établie", "factures vont être établies")
    flash(f"{verb}. Vous pouvez quitter cette page.", icon=":material/post_add:")


def _show_export(viewer: Viewer, wanted: DocumentFilter) -> None:
    with reading() as session:
        totals = document_totals(session, viewer, wanted)
    if not totals.documents:
        st.info("Aucun document ne correspond à ces filtres\u00a0: il n’y a rien à exporter.")
        return
    show_unsoundness(viewer)
    st.markdown(
        f"**{count_words(totals).capitalize()}**, tels que filtrés. Une ligne par document et par taux de TVA, avec "
        "la base, la TVA et le TTC de ce taux\u00a0: la somme des lignes est le total. Les avoirs sont négatifs."
    )
    st.session_state.setdefault(_FORMAT, ListFormat.XLSX)
    chosen = st.segmented_control(
        "Format", list(ListFormat), key=_FORMAT, format_func=lambda each: each.label, required=True
    )
    if chosen is ListFormat.CSV:
        st.caption("UTF-8, séparateur point-virgule, virgule décimale\u00a0: Excel l’ouvre tel quel.")
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Préparer le fichier",
            key="documents_confirm_export",
            type="primary",
            on_click=_export,
            args=(viewer, wanted, totals.documents),
        )
        st.button("Ne rien faire", key="documents_leave_export", on_click=stop_asking)


@telling_refusals()
def _export(viewer: Viewer, wanted: DocumentFilter, documents: int) -> None:
    stop_asking()
    list_format = ListFormat(st.session_state[_FORMAT])
    with transaction() as session:
        file_id = ask_for_document_list(session, Actor.person(viewer), wanted, list_format, documents, utc_now())
    await_file(file_id)
