"""« À établir »: what is owed and held up, and why; sales that have no invoice, and having them issued."""

import datetime as dt
from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.documents.asking import ask
from dashboard.documents.navigation import go
from dashboard.documents.state import DocumentsState, Tab
from dashboard.flash import flash, telling_refusals
from dashboard.links import order_url
from dashboard.markdown import escape_markdown
from dashboard.navigation import ORDER, SELLERS
from dashboard.seller_settings.navigation import PART_PARAMETER, SELLER_PARAMETER, Part
from db.domain import formats
from db.domain.actor import Actor
from db.domain.documents import is_issuer_incomplete
from db.domain.permissions import Permission
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.document_gaps import SHOWN, BlockedGroup, MissingInvoices, UninvoicedOrder
from db.services.documents.due import try_again

_ROW_HEIGHT = _HEADER_HEIGHT = 35
_MAX_HEIGHT = 420


def show_blocked(viewer: Viewer, groups: list[BlockedGroup], to_come: int) -> None:
    """Draw what is owed and cannot be issued, a cause each, and what is about to be issued by itself."""
    st.subheader("Bloquées", anchor=False)
    if to_come:
        documents = formats.plural(to_come, "document sera établi", "documents seront établis")
        st.info(f"{documents} de soi-même dans les minutes qui viennent.", icon=":material/hourglass_empty:")
    if not groups:
        st.success("Rien n’est bloqué\u00a0: tout ce qui est dû a pu être établi.", icon=":material/check_circle:")
        return
    with st.container(border=True, gap="small", key="documents_blocked"):
        for group in groups:
            _show_group(viewer, group)
        if viewer.may(Permission.ISSUE_DOCUMENTS):
            st.button(
                "Réessayer maintenant",
                key="documents_try_again",
                icon=":material/refresh:",
                type="primary",
                on_click=_try_again,
                args=(viewer,),
            )


def _show_group(viewer: Viewer, group: BlockedGroup) -> None:
    st.markdown(f":red[:material/error:] {group_words(group)}  \n{escape_markdown(group.error)}")
    with st.container(horizontal=True, gap="small"):
        if is_issuer_incomplete(group.error):
            if viewer.may(Permission.MANAGE_SETTINGS):
                st.page_link(
                    SELLERS.page(),
                    label=f"Ouvrir la fiche de {escape_markdown(group.seller_name)}",
                    icon=SELLERS.icon,
                    query_params={SELLER_PARAMETER: str(group.seller_id), PART_PARAMETER: Part.IDENTITY.value},
                )
            else:
                st.caption("Demandez à un administrateur de compléter cette fiche.")
        st.page_link(
            ORDER.page(),
            label=f"Commande {escape_markdown(formats.short_number(group.order_number))}",
            icon=ORDER.icon,
            query_params={"n": group.order_number},
        )


def group_words(group: BlockedGroup) -> str:
    """Return « **3 documents** de Maison du thé », as Markdown."""
    return f"**{formats.plural(group.documents, 'document')}** de {escape_markdown(group.seller_name)}"


@telling_refusals()
def _try_again(viewer: Viewer) -> None:
    with transaction() as session:
        count = try_again(session, Actor.person(viewer), utc_now())
    flash(f"Nouvel essai pour {formats.plural(count, 'document')}.", icon=":material/refresh:")


def show_missing_line(missing: MissingInvoices, state: DocumentsState) -> None:
    """Say above the list how many sales of its period have no invoice, with the way to them; nothing where all do."""
    if missing.orders:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="documents_missing_line"):
            st.markdown(f":orange[:material/warning:] {missing_words(missing)}", width="content")
            st.button(
                "Voir",
                key="documents_see_missing",
                type="tertiary",
                on_click=lambda: go(replace(state.from_the_top(), tab=Tab.TO_ISSUE)),
            )


def show_missing_title() -> None:
    """Draw the title of the list, above its period."""
    st.subheader("Commandes payées sans facture", anchor=False)


def missing_words(missing: MissingInvoices) -> str:
    """Return « **12 commandes payées** de cette période n’ont pas de facture », as Markdown."""
    orders = formats.plural(missing.orders, "commande payée", "commandes payées")
    verb = "n’ont" if missing.orders > 1 else "n’a"
    return f"{'Plus de ' if missing.is_capped else ''}**{orders}** de cette période {verb} pas de facture."


def show_missing(viewer: Viewer, missing: MissingInvoices, first_day: dt.date | None, last_day: dt.date | None) -> None:
    """Draw the sales of a period without an invoice, and for finance the button that has them invoiced."""
    if not missing.orders:
        st.success("Aucune commande payée de cette période n’a été oubliée.", icon=":material/check_circle:")
        return
    st.markdown(missing_words(missing))
    st.caption(
        "Ce sont des commandes importées, ou payées avant que la marketplace n’établisse les factures. Leur facture "
        "existe peut-être ailleurs\u00a0: elle n’est jamais établie d’elle-même."
    )
    if viewer.may(Permission.ISSUE_DOCUMENTS):
        st.button(
            issue_verb(missing),
            key="documents_issue_missing",
            icon=":material/post_add:",
            type="primary",
            on_click=ask,
            args=((first_day, last_day),),
        )
    _show_orders(missing.oldest)
    if missing.orders > SHOWN:
        st.caption(f"Les {SHOWN} plus anciennes sont affichées.")


def issue_verb(missing: MissingInvoices) -> str:
    """Return what the button does: it repeats how many."""
    if missing.orders == 1:
        return "Établir la facture manquante"
    first = "premières factures manquantes" if missing.is_capped else "factures manquantes"
    return f"Établir les {formats.integer(missing.orders)} {first}"


def _show_orders(orders: tuple[UninvoicedOrder, ...]) -> None:
    st.dataframe(
        pd.DataFrame(
            {
                "Commande": [order_url(row.number) for row in orders],
                "Date": [formats.date(row.placed_on) for row in orders],
                "Client": [formats.shorten(row.customer_name, 44) for row in orders],
                "Vendeur": [row.seller_name for row in orders],
                "Total": [formats.money(row.total_cents, row.currency) for row in orders],
            }
        ),
        hide_index=True,
        height=min(_MAX_HEIGHT, _HEADER_HEIGHT + _ROW_HEIGHT * len(orders) + 2),
        row_height=_ROW_HEIGHT,
        column_config={
            "Commande": st.column_config.LinkColumn(display_text=r"[?&]n=([^&]+)", width=220),
            "Total": st.column_config.TextColumn(alignment="right"),
        },
    )
