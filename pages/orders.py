"""Commandes: filter → count and query → show → select."""

from dashboard.bulk.dialog import show_dialog
from dashboard.bulk.result import show_result_bar
from dashboard.exports.dialog import show_export_dialog
from dashboard.files.dialog import show_file_dialog
from dashboard.order_list.choices import choices_for
from dashboard.order_list.filter_bar import show_filter_bar
from dashboard.order_list.footer import show_pages, show_selection_bar
from dashboard.order_list.header import show_count, show_empty, show_title
from dashboard.order_list.navigation import present_state, settle
from dashboard.order_list.selection import selection_for
from dashboard.order_list.table import show_table
from dashboard.order_list.views import show_tabs
from dashboard.printing.dialog import show_print_dialog
from dashboard.viewer import current_viewer
from db.domain.time import local_day, utc_now
from db.engine import reading
from db.queries.order_grid import count_orders, order_rows

viewer, now = current_viewer(), utc_now()
today = local_day(now)
state = present_state()
selection = selection_for(state)

show_title(viewer, state)
show_result_bar(viewer, now)
show_tabs(viewer, state, today)
show_filter_bar(state, choices_for(viewer), today)

with reading() as session:
    count = count_orders(session, viewer, state.filter, today)
    state = settle(state, count)
    rows = order_rows(
        session, viewer, state.filter, state.sort, count, today, page=state.page, page_size=state.page_size
    )

show_count(count, state)
if rows:
    show_table(rows, state, selection, now)
    show_pages(count, state)
    show_selection_bar(viewer, count, state, today)
else:
    show_empty(state)
show_dialog(viewer)
show_file_dialog(viewer)
show_print_dialog(viewer)
show_export_dialog(viewer)
