"""The dialog of Finances › Factures: it says what will happen before it does."""

import streamlit as st

from dashboard.documents.asking import Days, asked, stop_asking
from dashboard.documents.gaps import issue_verb
from dashboard.flash import flash, telling_refusals
from db.domain import formats
from db.domain.actor import Actor
from db.domain.time import local_day, utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.document_gaps import MissingInvoices, missing_invoices
from db.services.documents.missing import owe_missing_invoices

_FORMAT = "documents_list_format"


def show_dialog(viewer: Viewer) -> None:
    """Draw the dialog that is open, if one is."""
    if asked() is None:
        return
    st.dialog("Établir les factures manquantes", width="medium", on_dismiss=stop_asking)(_show_missing)(viewer)


def _show_missing(viewer: Viewer) -> None:
    days = asked()
    if days is None:
        st.rerun()  # It is done: the page is drawn anew, without the dialog.
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
