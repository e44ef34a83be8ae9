"""What is declared: VAT by month and rate, and what sellers transmit of sales to consumers."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import streamlit as st

from dashboard.accounting import cached
from dashboard.accounting.tables import TOTAL, money, show_table
from db.domain import formats
from db.domain.accounting_reports import AccountingFilter
from db.domain.viewer import Viewer
from db.queries.accounting.vat import HOUSE, VatOfMonth

_FIGURES = ("Base facturée", "TVA facturée", "Base des avoirs", "TVA des avoirs", "Base nette", "TVA nette")
#: More days than that on a screen are exported instead.
_MOST_ROWS = 500


def show_vat(viewer: Viewer, wanted: AccountingFilter) -> None:
    """Draw the VAT of the sellers' sales and that of the house's own fees, apart: they are declared apart."""
    rows = cached.vat(viewer, wanted)
    sales = sorted((row for row in rows if row.seller_id is not None), key=lambda row: (row.month, row.rate_bp))
    fees = [row for row in rows if row.seller_id is None]
    st.caption(
        "D’après les factures et les avoirs, à leur date. La TVA des ventes est celle des vendeurs, qui la "
        "déclarent\u00a0; la marketplace déclare celle de ses commissions."
    )
    _show("Ventes, par mois et par taux", sales, wanted.currency, lambda row: (_month(row), formats.rate(row.rate_bp)))
    if wanted.seller_id is None:
        by_seller = sorted(sales, key=lambda row: (row.issuer_name, row.rate_bp))
        _show(
            "Ventes, par vendeur et par taux",
            by_seller,
            wanted.currency,
            lambda row: (row.issuer_name, formats.rate(row.rate_bp)),
            "Vendeur",
        )
        _show(HOUSE, fees, wanted.currency, lambda row: (_month(row), formats.rate(row.rate_bp)))


def show_e_sales(viewer: Viewer, wanted: AccountingFilter) -> None:
    """Draw what is transmitted of sales to consumers, day by day."""
    st.caption(
        "Ventes aux particuliers, à transmettre à l’administration par la plateforme agréée de chaque vendeur (CGI, "
        "art. 290\u00a0; décret n° 2022-1299). Un client sans SIREN ni numéro de TVA compte comme particulier. "
        "TLB1\u00a0: biens, TPS1\u00a0: services."
    )
    rows = cached.e_sales(viewer, wanted)
    _say_how_many(len(rows))
    show_table(
        ("Date", "Vendeur", "SIREN", "Catégorie", "Taux", "Factures", "Avoirs", "Base HT", "TVA"),
        [
            [
                formats.date(row.day),
                row.seller_name,
                row.siren,
                row.category,
                formats.rate(row.rate_bp),
                formats.integer(row.invoices),
                formats.integer(row.credit_notes),
                *money(wanted.currency, row.net_cents, row.vat_cents),
            ]
            for row in rows[:_MOST_ROWS]
        ],
        words=4,
        empty="Aucune vente à un particulier sur cette période.",
    )


def show_e_money(viewer: Viewer, wanted: AccountingFilter) -> None:
    """Draw what is transmitted of payments, day by day."""
    st.caption(
        "Paiements des particuliers pour des services dont la TVA est due à l’encaissement (CGI, art. 290 A). Les "
        "livraisons de biens et l’option pour les débits n’en ont pas à transmettre. D’un vendeur de biens et de "
        "services, ce qui a un poids compte comme un bien, avec le port."
    )
    rows = cached.e_money(viewer, wanted)
    _say_how_many(len(rows))
    show_table(
        ("Date", "Vendeur", "SIREN", "Taux", "Mouvements", "Encaissé TTC", "dont TVA"),
        [
            [
                formats.date(row.day),
                row.seller_name,
                row.siren,
                formats.rate(row.rate_bp),
                formats.integer(row.payments),
                *money(wanted.currency, row.gross_cents, row.vat_cents),
            ]
            for row in rows[:_MOST_ROWS]
        ],
        words=3,
        empty="Aucun paiement à transmettre\u00a0: aucun vendeur de services n’a été payé sur cette période.",
    )


def _show(
    title: str,
    rows: Sequence[VatOfMonth],
    currency: str,
    name: Callable[[VatOfMonth], tuple[str, str]],
    first: str = "Mois",
) -> None:
    groups: defaultdict[tuple[str, str], list[VatOfMonth]] = defaultdict(list)
    for row in rows:
        groups[name(row)].append(row)
    cells = [[*group, *_figures(those, currency)] for group, those in groups.items()]
    if len(cells) > 1:
        cells.append([TOTAL, "", *_figures(rows, currency)])
    st.subheader(title, anchor=False)
    show_table((first, "Taux", *_FIGURES), cells, words=1)


def _figures(rows: Iterable[VatOfMonth], currency: str) -> list[str]:
    those = list(rows)
    return money(
        currency,
        sum(row.invoiced_net_cents for row in those),
        sum(row.invoiced_vat_cents for row in those),
        sum(row.credited_net_cents for row in those),
        sum(row.credited_vat_cents for row in those),
        sum(row.net_cents for row in those),
        sum(row.vat_cents for row in those),
    )


def _month(row: VatOfMonth) -> str:
    return formats.month(row.month.year, row.month.month).capitalize()


def _say_how_many(count: int) -> None:
    if count > _MOST_ROWS:
        st.caption(
            f"Les {_MOST_ROWS} premières lignes sur {formats.integer(count)}\u00a0: exportez pour les avoir toutes."
        )
