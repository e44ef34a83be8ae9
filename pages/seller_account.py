"""Compte vendeur: what a seller is owed, why, and when it is paid; for the house, the list of all accounts too."""

import streamlit as st

from dashboard.bank_details.card import show_bank_details
from dashboard.markdown import escape_markdown
from dashboard.navigation import SELLER_ACCOUNT
from dashboard.order_page.drawing import draw_styles
from dashboard.seller_account.chart import show_curve
from dashboard.seller_account.dialog import show_dialog
from dashboard.seller_account.header import show_figures, show_header, show_holds, show_way_back
from dashboard.seller_account.listing import show_accounts, show_search
from dashboard.seller_account.sections import show_due, show_entries, show_months, show_payouts, show_terms
from dashboard.seller_account.state import present_state
from dashboard.viewer import current_viewer
from db.domain.payout_filter import PayoutFilter, PayoutTab
from db.domain.time import local_day, utc_now
from db.engine import reading
from db.queries.payouts import payout_page
from db.queries.seller_account import SellerAccountNotFoundError, due_days, open_payouts, seller_account
from db.queries.seller_accounts import seller_accounts
from db.queries.seller_balance import balance_by_day
from db.queries.seller_entries import entry_page
from db.queries.seller_terms import seller_terms

viewer, now = current_viewer(), utc_now()
today = local_day(now)
state = present_state()
seller_id = viewer.seller_id or state.seller_id

if seller_id is None:
    st.header("Comptes vendeurs", anchor=False)
    typed = show_search()
    with reading() as session:
        rows = seller_accounts(session, viewer, typed)
    show_accounts(rows, typed)
    st.stop()

try:
    with reading() as session:
        account = seller_account(session, viewer, seller_id)
        currency = state.currency if state.currency in account.balances else account.currencies[0]
        days = balance_by_day(session, viewer, seller_id, currency, today - state.span.length, today)
        due = due_days(session, viewer, seller_id, currency)
        gathered = open_payouts(session, viewer, seller_id, currency)
        entries = entry_page(session, viewer, seller_id, currency, before=state.before, after=state.after)
        payouts = payout_page(session, viewer, PayoutFilter(PayoutTab.ALL, seller_id=seller_id))
        terms = seller_terms(session, viewer, seller_id, today)
except SellerAccountNotFoundError as refusal:
    st.header("Compte introuvable", anchor=False)
    st.markdown(escape_markdown(str(refusal)))
    st.page_link(SELLER_ACCOUNT.page(), label="Voir les comptes vendeurs", icon=":material/arrow_back:")
    st.stop()

st.set_page_config(page_title=f"{account.name} · Compte vendeur")  # Tells the tabs of several accounts apart.
draw_styles()
with st.container(gap="xsmall"):
    show_way_back(viewer)
    show_header(viewer, account, currency, state)
    show_holds(viewer, account)
    show_figures(viewer, account, currency, gathered, due, today)

left, right = st.columns([2, 1], gap="small")
with left, st.container(gap="xsmall"):
    show_curve(days, currency, state)
    show_due(due, currency, today)
    show_entries(entries, account.held_orders, currency, state, now)
with right, st.container(gap="xsmall"):
    show_payouts(payouts.rows, seller_id)
    show_months(viewer, seller_id, currency, today)
    if terms is not None:
        show_terms(terms.today)
    show_bank_details(viewer, seller_id, now)
show_dialog(viewer, seller_id)
