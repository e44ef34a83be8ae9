"""Contrôle: orders against invoices, money and sellers' accounts. Filter → query → show → down to the orders."""

import streamlit as st

from dashboard.control.filters import show_filters
from dashboard.control.orders import show_orders
from dashboard.control.state import present_state
from dashboard.control.table import show_equalities, show_rows, show_verdict, total_of
from dashboard.viewer import current_viewer
from db.domain.time import local_day, utc_now
from db.engine import reading
from db.queries.control import control_currencies, control_rows
from db.queries.control_orders import differing_orders

viewer, today = current_viewer(), local_day(utc_now())
state = present_state()
with reading(at_one_instant=True) as session:
    currencies = control_currencies(session, viewer)
    wanted = state.wanted(today, currencies)
    rows = control_rows(session, viewer, wanted, state.by)
    total = total_of(rows)
    # Where nothing differs, no order is looked for.
    asked = total.differing_orders if state.shows_explained else total.unexplained_orders
    found = differing_orders(session, viewer, wanted, only_unexplained=not state.shows_explained, at_most=asked)

st.header("Contrôle", anchor=False)
st.caption(
    "Pour chaque commande\u00a0: ce qu’elle demande = factures − avoirs = encaissé − remboursé = part du vendeur + "
    "commissions + TVA. Les dates sont celles des commandes."
)
show_filters(viewer, state, wanted, currencies)
if not rows:
    st.info("Aucune commande sur cette période. Choisissez-en une autre.")
    st.stop()
show_verdict(total)
show_equalities(total, wanted.currency)
show_rows(rows, state, wanted.currency)
show_orders(found, state, total)
