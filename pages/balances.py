"""Soldes: what the night's check of stock, points, accounts and refunds found not to agree. Query → show."""

from itertools import groupby

import streamlit as st

from dashboard.links import order_url
from dashboard.markdown import escape_markdown
from dashboard.payout_page.links import payout_url
from dashboard.viewer import current_viewer
from db.domain import formats
from db.domain.balances import MAX_FINDINGS
from db.domain.time import utc_now
from db.engine import reading
from db.queries.balances import Finding, findings, last_balance_check

viewer, now = current_viewer(), utc_now()
with reading() as session:
    found, checked_at = findings(session, viewer), last_balance_check(session, viewer)

st.header("Soldes", anchor=False)
st.caption(
    "Chaque nuit, les stocks, les points et les bons d’achat sont comparés à leurs mouvements\u00a0; les comptes des "
    "vendeurs, aux commandes, à leurs règlements, à leurs factures et avoirs, et aux reversements."
)
if checked_at is None and not found:
    st.info("Aucun contrôle n’a encore eu lieu\u00a0: il se fait automatiquement chaque nuit.")
    st.stop()
if not found:
    st.success("Tout concorde.", icon=":material/verified:")
if checked_at is not None:
    st.caption(f"Dernier contrôle\u00a0: {formats.short_instant(checked_at, now)}.")


def _line(finding: Finding) -> str:
    words = f"- {escape_markdown(finding.sentence)}"
    if finding.payout_id is not None:
        words += f" [Ouvrir le reversement]({payout_url(finding.payout_id)})"
    if finding.order_number:
        words += f" [Ouvrir la commande]({order_url(finding.order_number)})"
    return words


for subject, of_subject in groupby(found, key=lambda each: each.subject):
    with st.container(border=True):
        lines = [_line(each) for each in of_subject]
        st.subheader(subject.label, anchor=False)
        st.markdown("\n".join(lines))
        if len(lines) == MAX_FINDINGS:
            st.caption(f"Au-delà de {MAX_FINDINGS} écarts, les suivants ne sont pas gardés.")
if found:
    st.caption("Un écart ne se corrige pas ici\u00a0: signalez-le à un administrateur, avec cette page.")
