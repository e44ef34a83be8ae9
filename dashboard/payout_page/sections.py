"""The parts of a payout's page below its header: the addition, its lines, the transfer, its papers, its life."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard.files.state import await_file
from dashboard.flash import telling_refusals
from dashboard.order_page.drawing import draw
from dashboard.payout_page.rows import addition, has_other, line_row, net_label, step_entry, transfer_facts
from dashboard.url_values import identifier
from dashboard.web.files import file_url, view_url
from db.domain import formats
from db.domain.actor import Actor
from db.domain.files import FileKind
from db.domain.payout_statements import OfPayout, StatementFormat, StatementOf
from db.domain.payouts import PayoutState
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.payout_detail import PAGE_SIZE
from db.queries.payout_rows import PayoutDetail, PayoutLine
from db.services.payout_statements import ask_for_statement

#: Of the lines, where there are more than one screen of them.
PAGE_PARAMETER = "page"


@contextmanager
def card(title: str, key: str) -> Iterator[None]:
    """Draw a titled block."""
    with st.container(border=True, gap="xsmall", key=f"payout_{key}"):
        st.markdown(f"**{title}**")
        yield


def page_of_lines(count: int) -> int:
    """Return which page of so many lines the URL asks for; the first one is 1."""
    pages = max(1, -(-count // PAGE_SIZE))
    return min(identifier(st.query_params.get(PAGE_PARAMETER, "")) or 1, pages)


def show_addition(payout: PayoutDetail) -> None:
    """Draw the sums that add up to the net."""
    with card("Ce qui fait le montant", "addition"):
        total = formats.money(payout.net_cents, payout.currency)
        draw("payout_sums.html", sums=addition(payout), total_label=net_label(payout), total=total)


def show_lines(payout: PayoutDetail, lines: list[PayoutLine], count: int) -> None:
    """Draw what it holds, order by order, and the ways to the other pages."""
    with card(f"Détail en {formats.symbol(payout.currency)} · {formats.plural(count, 'ligne')}", "lines"):
        if not lines:
            st.caption("Il ne contient plus rien\u00a0: ce qu’il contenait est dans un autre reversement, ou l’attend.")
            return
        draw("payout_lines.html", lines=[line_row(line) for line in lines], has_other=has_other(lines))
        pages = -(-count // PAGE_SIZE)
        if pages > 1:
            key = f"payout_page_{payout.id}"
            st.pagination(pages, default=page_of_lines(count), key=key, on_change=_turn, args=(key,))


def _turn(key: str) -> None:
    st.query_params[PAGE_PARAMETER] = str(st.session_state[key])


def show_transfer(payout: PayoutDetail) -> None:
    """Draw where the money goes and how far it is."""
    with card("Virement", "transfer"):
        draw("facts.html", facts=transfer_facts(payout))


def show_papers(viewer: Viewer, payout: PayoutDetail) -> None:
    """Draw the statement in each format, the fee's invoice and, for who may have it, the bank's file."""
    if payout.state is PayoutState.CANCELLED:
        return
    with card("Pièces", "papers"):
        show_statements(viewer, OfPayout(payout.id), f"payout_{payout.id}")
        with st.container(horizontal=True, gap="xsmall"):
            if payout.fee_document_number and payout.fee_file_id is not None:
                _show_file(f"Facture de commission {payout.fee_document_number}", view_url(payout.fee_file_id))
            if payout.batch_file_id is not None and viewer.may(FileKind.TRANSFERS.permission):
                _show_file("Fichier de virements", file_url(payout.batch_file_id))


def show_statements(viewer: Viewer, wanted: StatementOf, key: str) -> None:
    """Draw the buttons that have a statement made, one for each format."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown("Relevé", width="content")
        for form in StatementFormat:
            st.button(
                form.label,
                key=f"statement_{key}_{form}",
                icon=":material/download:",
                help=f"Préparer le relevé en {form.label}",
                on_click=_ask,
                args=(viewer, wanted, form),
            )


@telling_refusals()
def _ask(viewer: Viewer, wanted: StatementOf, form: StatementFormat) -> None:
    with transaction() as session:
        file_id = ask_for_statement(session, Actor.person(viewer), wanted, form, utc_now())
    await_file(file_id)


def _show_file(label: str, url: str) -> None:
    st.link_button(label, url, icon=":material/description:", type="tertiary")


def show_life(payout: PayoutDetail, now: dt.datetime) -> None:
    """Draw what happened to it, the newest first."""
    with card("Historique", "life"):
        entries = [step_entry(step, payout.currency, now) for step in reversed(payout.history)]
        draw("timeline.html", entries=entries)
