"""The parts of a seller's account: what is due when, every entry, the last payouts, statements, terms."""

import datetime as dt
from collections.abc import Sequence

import streamlit as st

from dashboard.navigation import PAYOUTS
from dashboard.order_page.drawing import draw
from dashboard.order_page.facts import Fact
from dashboard.pager import show_pages
from dashboard.payout_page.sections import card, show_statements
from dashboard.payouts.state import PayoutsState
from dashboard.payouts.state import to_query as payouts_query
from dashboard.seller_account.rows import due_row, entry_row, paid_row
from dashboard.seller_account.state import AccountState, go
from db.domain import formats
from db.domain.months import add_months, month_of
from db.domain.payout_filter import PayoutTab
from db.domain.payout_statements import OfMonth
from db.domain.seller_terms import Terms
from db.domain.viewer import Viewer
from db.queries.payouts import PayoutRow
from db.queries.seller_account import DueDay, Hold
from db.queries.seller_entries import EntryPage

#: The others are in Finances › Reversements.
PAYOUTS_SHOWN = 6
_MONTHS_OFFERED = 24


def show_due(days: Sequence[DueDay], currency: str, today: dt.date) -> None:
    """Draw what is in no payout yet, day by day."""
    with card(f"Ce qui est dû, et quand · en {formats.symbol(currency)}", "due"):
        if not days:
            st.caption("Rien n’est en attente\u00a0: les prochaines ventes payées apparaîtront ici, à leur échéance.")
            return
        has_other = any(day.other_cents for day in days)
        draw("due_days.html", days=[due_row(day, today) for day in days], has_other=has_other)


def show_entries(
    page: EntryPage, held_orders: Sequence[Hold], currency: str, state: AccountState, now: dt.datetime
) -> None:
    """Draw the entries, newest first, each with what it left."""
    with card(f"Écritures · en {formats.symbol(currency)}", "entries"):
        if not page.rows:
            st.caption("Aucune écriture\u00a0: une vente entre au compte quand elle est payée.")
            return
        held = {hold.order_number for hold in held_orders if hold.order_number is not None}
        draw("account_entries.html", entries=[entry_row(entry, held, now) for entry in page.rows])
        show_pages(page, [entry.id for entry in page.rows], state, go)


def show_payouts(payouts: Sequence[PayoutRow], seller_id: int) -> None:
    """Draw the last payouts, and the way to all of them."""
    with card("Derniers reversements", "last"):
        if not payouts:
            st.caption("Aucun reversement.")
            return
        draw("paid.html", rows=[paid_row(payout) for payout in payouts[:PAYOUTS_SHOWN]])
        if len(payouts) > PAYOUTS_SHOWN:
            params = payouts_query(PayoutsState(tab=PayoutTab.ALL, seller_id=seller_id))
            st.page_link(PAYOUTS.page(), label="Voir tous les reversements", icon=PAYOUTS.icon, query_params=params)


def show_months(viewer: Viewer, seller_id: int, currency: str, today: dt.date) -> None:
    """Draw the statement of a month, in each format."""
    with card("Relevé mensuel", "months"):
        month = st.selectbox(
            "Mois",
            months_before(today),
            key=f"account_month_{seller_id}_{currency}",
            format_func=lambda first: formats.month(first.year, first.month),
            label_visibility="collapsed",
        )
        show_statements(viewer, OfMonth(seller_id, month, currency), f"month_{seller_id}_{month}_{currency}")


def months_before(today: dt.date) -> list[dt.date]:
    """Return the months one may want a statement of, the present one first."""
    return [add_months(month_of(today), -count) for count in range(_MONTHS_OFFERED)]


def show_terms(terms: Terms) -> None:
    """Draw what the seller pays, and when it is paid."""
    with card("Conditions", "terms"):
        delay = formats.plural(terms.payout_delay_days, "jour ouvré", "jours ouvrés")
        facts = [
            Fact("Commission", f"{formats.rate(terms.fee_rate_bp)} du total TTC"),
            Fact("Reversement", f"{delay} après la commande"),
        ]
        draw("facts.html", facts=facts)
