"""One entry beside the log: who, when, what changed from what to what, the way to what it is about, its seal."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from dashboard.audit.state import AuditState, go
from dashboard.audit.table import actor_words
from dashboard.audit.words import changes_of
from dashboard.customers.links import customer_params
from dashboard.markdown import escape_markdown
from dashboard.navigation import CUSTOMER, ORDER, PAYOUT, PEOPLE, SELLER_ACCOUNT, Screen
from dashboard.payout_page.links import payout_params
from dashboard.seller_account.links import seller_account_params
from db.domain import formats
from db.domain.viewer import Viewer
from db.queries.audit import AuditRow

#: Where what an entry is about is found; whatever else it is about has no page of its own.
_PAGES: dict[str, tuple[Screen, str, Callable[[AuditRow, int], dict[str, str]]]] = {
    "order": (ORDER, "Ouvrir la commande", lambda row, _: {"n": row.label}),
    "payout": (PAYOUT, "Ouvrir le reversement", lambda _, key: payout_params(key)),
    "customer": (CUSTOMER, "Ouvrir le client", lambda _, key: customer_params(key)),
    "seller": (SELLER_ACCOUNT, "Ouvrir le compte vendeur", lambda _, key: seller_account_params(key)),
    "person": (PEOPLE, "Ouvrir l’équipe", lambda _row, _key: {}),
}


def show_entry(viewer: Viewer, row: AuditRow | None, state: AuditState) -> None:
    """Draw an entry, or say that there is none."""
    if row is None:
        st.info("Cette inscription n’existe pas.")
        return
    st.subheader(escape_markdown(row.words), anchor=False)
    who = escape_markdown(actor_words(row))
    label = f"  \n{escape_markdown(row.label)}" if row.label else ""
    st.markdown(f"{row.area.label} · **{who}** · {formats.instant(row.at)}{label}")
    _show_changes(row)
    if row.note:
        st.markdown(f"> {escape_markdown(row.note)}")
    _show_ways(viewer, row, state)
    st.caption(seal_words(row))


def _show_changes(row: AuditRow) -> None:
    if row.is_erased:
        st.info("Le détail a été effacé à la demande du client (RGPD)\u00a0; l’inscription et son sceau demeurent.")
        return
    changes = changes_of(row)
    if not changes:
        return
    cell = _cell
    if row.before:
        lines = ["| Donnée | Avant | Après |", "|---|---|---|"]
        lines += [f"| {cell(name)} | {cell(before)} | {cell(after)} |" for name, before, after in changes]
    else:
        lines = [
            "| Donnée | Valeur |",
            "|---|---|",
            *(f"| {cell(name)} | {cell(after)} |" for name, _, after in changes),
        ]
    st.markdown("\n".join(lines))


def _cell(text: str) -> str:
    return escape_markdown(text).replace("|", "\\|").replace("\n", " ") or formats.DASH


def _show_ways(viewer: Viewer, row: AuditRow, state: AuditState) -> None:
    if row.subject is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if row.subject.kind in _PAGES:
            screen, label, params = _PAGES[row.subject.kind]
            if screen.permission is None or viewer.may(screen.permission):
                st.page_link(screen.page(), label=label, query_params=params(row, row.subject.id))
        if state.subject != row.subject:
            st.button(
                "Tout ce qui le concerne",
                key="audit_subject",
                icon=":material/filter_alt:",
                type="tertiary",
                on_click=lambda: go(replace(AuditState(), subject=row.subject)),
            )


def seal_words(row: AuditRow) -> str:
    """Return where an entry stands in the chain."""
    if row.sequence is None:
        return f"Inscription n°\u00a0{row.id}, à sceller dans quelques secondes."
    return f"Inscription n°\u00a0{row.id}, scellée à la place {formats.integer(row.sequence)} de la chaîne."
