"""The two journals: their sums by rate, means and seller, then their rows page by page."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

import streamlit as st

from dashboard.accounting import cached
from dashboard.accounting.state import AccountingState, go, key
from dashboard.accounting.tables import TOTAL, money, pages, show_table
from db.domain import formats
from db.domain.accounting_reports import AccountingFilter
from db.domain.documents import DocumentKind
from db.domain.orders import PaymentKind
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.accounting.money_journal import MoneyTotal, money_rows
from db.queries.accounting.sales_journal import SalesTotal, sales_rows

_PAGE = 50
T = TypeVar("T")
_SALES_FIGURES = ("Base HT", "TVA", "Avoirs HT", "TVA des avoirs", "HT net", "TVA nette", "TTC net")
_MONEY_FIGURES = ("Encaissements", "Montant", "Remboursements", "Montant rendu", "Net")


def show_sales(viewer: Viewer, state: AccountingState, wanted: AccountingFilter) -> None:
    """Draw the journal of sales."""
    totals, count = cached.sales(viewer, wanted)
    currency = wanted.currency
    by_rate = sorted(totals, key=lambda each: each.rate_bp)
    _show_sums(
        "Par taux", "Taux", by_rate, lambda each: formats.rate(each.rate_bp), _SALES_FIGURES, currency, _sales_figures
    )
    if wanted.seller_id is None:
        _show_sums(
            "Par vendeur", "Vendeur", totals, lambda each: each.seller_name, _SALES_FIGURES, currency, _sales_figures
        )
    if not totals:
        return
    page = _show_head("document", count, state)
    with reading() as session:
        rows = sales_rows(session, viewer, wanted, None, _PAGE, (page - 1) * _PAGE)
    show_table(
        ("Date", "Numéro", "Commande", "Vendeur", "Client", "Taux", "Base HT", "TVA", "TTC"),
        [
            [
                formats.date(row.issued_on),
                row.number,
                row.order_number,
                row.seller_name,
                row.customer_name,
                formats.rate(row.rate_bp),
                *money(row.currency, row.net_cents, row.vat_cents, row.gross_cents),
            ]
            for row in rows
        ],
        words=5,
    )


def show_money(viewer: Viewer, state: AccountingState, wanted: AccountingFilter) -> None:
    """Draw the journal of money."""
    totals, count = cached.money(viewer, replace(wanted, rate_bp=None))
    currency = wanted.currency
    st.caption(
        "L’argent entré et sorti, au jour où il a été comptabilisé. Un remboursement en bon d’achat n’en fait pas "
        "sortir\u00a0: il est dans les écritures diverses du FEC."
    )
    if wanted.rate_bp is not None:
        st.caption(
            "Les totaux sont ceux de tous les taux\u00a0: un paiement règle une commande entière. Les lignes disent "
            "la part du taux choisi."
        )
    _show_sums("Par moyen", "Moyen", totals, lambda each: each.method.label, _MONEY_FIGURES, currency, _money_figures)
    if wanted.seller_id is None:
        _show_sums(
            "Par vendeur", "Vendeur", totals, lambda each: each.seller_name, _MONEY_FIGURES, currency, _money_figures
        )
    if not totals:
        return
    page = _show_head("mouvement", count, state)
    with reading() as session:
        rows = money_rows(session, viewer, wanted, None, _PAGE, offset=(page - 1) * _PAGE)
    show_table(
        ("Date", "Date de valeur", "Nature", "Moyen", "Commande", "Vendeur", "Référence", "Taux", "Montant"),
        [
            [
                formats.date(row.booked_on),
                formats.date(row.value_on) if row.value_on else formats.DASH,
                "Encaissement" if row.kind is PaymentKind.PAYMENT else "Remboursement",
                row.method.label,
                row.order_number,
                row.seller_name,
                row.reference,
                " + ".join(formats.rate(rate_bp) for rate_bp, _ in row.rates),
                *money(row.currency, row.cents),
            ]
            for row in rows
        ],
        words=7,
    )


def _show_sums(
    title: str,
    first: str,
    totals: Sequence[T],
    name: Callable[[T], str],
    figures: Sequence[str],
    currency: str,
    cells: Callable[[Iterable[T], str], list[str]],
) -> None:
    groups: defaultdict[str, list[T]] = defaultdict(list)
    for each in totals:
        groups[name(each)].append(each)
    rows = [[group, *cells(those, currency)] for group, those in groups.items()]
    if len(rows) > 1:
        rows.append([TOTAL, *cells(totals, currency)])
    st.subheader(title, anchor=False)
    show_table((first, *figures), rows, words=1)


def _sales_figures(totals: Iterable[SalesTotal], currency: str) -> list[str]:
    those = list(totals)
    invoices = [each for each in those if each.kind is DocumentKind.INVOICE]
    notes = [each for each in those if each.kind is DocumentKind.CREDIT_NOTE]
    return money(
        currency,
        sum(each.net_cents for each in invoices),
        sum(each.vat_cents for each in invoices),
        sum(each.net_cents for each in notes),
        sum(each.vat_cents for each in notes),
        sum(each.net_cents for each in those),
        sum(each.vat_cents for each in those),
        sum(each.gross_cents for each in those),
    )


def _money_figures(totals: Iterable[MoneyTotal], currency: str) -> list[str]:
    those = list(totals)
    paid = [each for each in those if each.kind is PaymentKind.PAYMENT]
    back = [each for each in those if each.kind is PaymentKind.REFUND]
    received, returned = sum(each.cents for each in paid), sum(each.cents for each in back)
    return [
        formats.integer(sum(each.payments for each in paid)),
        *money(currency, received),
        formats.integer(sum(each.payments for each in back)),
        *money(currency, returned, received - returned),
    ]


def _show_head(what: str, count: int, state: AccountingState) -> int:
    """Draw how many rows there are and the ways to their pages; return the page that is shown."""
    last = pages(count, _PAGE)
    page = min(state.page, last)
    is_capped = count >= cached.BROWSE_CAP
    words = formats.plural(count, what)
    st.subheader(f"Plus de {words}" if is_capped else words, anchor=False)
    if is_capped:
        st.caption("Les premiers se parcourent page à page. Exportez le journal pour les avoir tous.")
    if last > 1:
        name = key("page", state)
        st.pagination(last, default=page, key=name, on_change=lambda: go(replace(state, page=st.session_state[name])))
    return page
