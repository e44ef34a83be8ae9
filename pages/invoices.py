"""Factures: every invoice and credit note. Filter → query → show → add up, export, issue what is missing."""

from dataclasses import replace

import streamlit as st

from dashboard.documents.detail import show_document
from dashboard.documents.dialogs import show_dialog
from dashboard.documents.filters import show_filters, show_period, show_tabs
from dashboard.documents.gaps import show_blocked, show_missing, show_missing_title
from dashboard.documents.header import show_title
from dashboard.documents.navigation import go, present_state
from dashboard.documents.soundness import show_unsoundness
from dashboard.documents.state import DocumentPeriod, Tab
from dashboard.documents.style import draw_styles
from dashboard.documents.table import show_list
from dashboard.documents.totals import reserve_totals, show_totals
from dashboard.exports.dialog import show_export_dialog
from dashboard.viewer import current_viewer
from db.domain.permissions import Permission
from db.domain.time import local_day, utc_now
from db.engine import reading
from db.queries.document_gaps import (
    blocked_count,
    blocked_documents,
    documents_to_come,
    missing_count,
    missing_invoices,
)
from db.queries.document_totals import document_totals
from db.queries.documents import document_page

viewer, today = current_viewer(), local_day(utc_now())
state = present_state()
wanted, days = state.wanted(today), state.days(today)
with reading() as session:
    blocked = blocked_count(session, viewer)
    this_month = DocumentPeriod.THIS_MONTH.days(today)
    uninvoiced = missing_count(session, viewer, *this_month) if viewer.may(Permission.ISSUE_DOCUMENTS) else 0

draw_styles()
show_title(viewer, state, wanted)
show_unsoundness(viewer)
show_tabs(state, blocked, uninvoiced)

if state.tab is Tab.TO_ISSUE:
    with reading() as session:
        groups, to_come = blocked_documents(session, viewer), documents_to_come(session, viewer)
        missing = missing_invoices(session, viewer, *days)
    show_blocked(viewer, groups, to_come)
    show_missing_title()
    show_period(state, today)
    show_missing(viewer, missing, *days)
else:
    show_period(state, today)
    show_filters(viewer, state)
    with reading() as session:
        page = document_page(session, viewer, wanted, before=state.before, after=state.after)
    of_both_kinds = wanted.kind is None
    totals_place = reserve_totals(of_both_kinds=of_both_kinds)
    if state.chosen is None:
        show_list(page, state, today)
    else:
        list_side, document_side = st.columns([1, 1], gap="medium")
        with list_side:
            show_list(page, state, today)
        with document_side, st.container(key="document_detail", border=True, gap="xsmall"):
            show_document(
                viewer,
                state.chosen,
                on_close=lambda: go(replace(state, chosen=None)),
                on_open=lambda document_id: go(replace(state, chosen=document_id)),
            )
    with reading() as session:
        totals = document_totals(session, viewer, wanted)
        missing = missing_invoices(session, viewer, *days) if viewer.may(Permission.ISSUE_DOCUMENTS) else None
    with totals_place:
        show_totals(totals, missing, state, of_both_kinds=of_both_kinds)
show_dialog(viewer)
show_export_dialog(viewer, note=lambda: show_unsoundness(viewer))
