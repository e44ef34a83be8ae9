"""What can be done with the ticked orders: one button per kind of action that the person may take."""

from collections.abc import Callable, Collection

import streamlit as st

from dashboard.badges import STATUS_BADGES
from dashboard.bulk.opened import open_dialog
from dashboard.files.state import Asking, ask
from dashboard.printing.opened import print_chosen
from db.domain.files import FileKind
from db.domain.moves import MOVE_VERBS, MOVES, permission_for
from db.domain.order_filter import OrderSort
from db.domain.orders import OrderStatus
from db.domain.papers import Paper
from db.domain.permissions import Permission
from db.domain.tasks import TaskKind
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.order_grid import in_list_order, statuses_of

_MOVE_KEY, _PRINT_KEY = "bulk_move", "bulk_print"
_OF_PARCELS = {FileKind.LABELS: "Étiquettes d’envoi", FileKind.CARRIER_CSV: "Fichier pour un transporteur"}


def show_actions(viewer: Viewer, order_ids: frozenset[int], sort: OrderSort) -> None:
    """Draw the buttons; the first one is filled, for it is the usual next step. Labels come in the list's ``sort``."""
    with reading() as session:
        statuses = statuses_of(session, viewer, sorted(order_ids))
    targets = targets_from(statuses, viewer.may)
    buttons = buttons_for(viewer.may)
    if targets:
        st.menu_button(
            "Changer le statut",
            targets,
            key=_MOVE_KEY,
            type="primary",
            format_func=lambda target: f":material/{STATUS_BADGES[target].icon}: {MOVE_VERBS[target]}",
            on_click=lambda: open_dialog(TaskKind.MOVE, order_ids, st.session_state[_MOVE_KEY]),
        )
    printed = printed_for(viewer.may)
    if printed:
        st.menu_button(
            "Imprimer",
            printed,
            key=_PRINT_KEY,
            format_func=print_label,
            on_click=lambda: _ask_for(st.session_state[_PRINT_KEY], order_ids, sort),
        )
    for place, (kind, label) in enumerate(buttons):
        st.button(
            label,
            key=f"bulk_{kind}",
            type="secondary" if targets or place else "primary",
            on_click=open_dialog,
            args=(kind, order_ids),
        )


def printed_for(may: Callable[[Permission], bool]) -> list[Paper | FileKind]:
    """Return what a person may have printed of orders: papers, and what goes on their parcels."""
    papers = list(Paper) if may(Permission.READ_DOCUMENTS) else []
    return [*papers, *(_OF_PARCELS if may(Permission.SHIP) else ())]


def print_label(what: Paper | FileKind) -> str:
    """Return what the menu says."""
    return what.label if isinstance(what, Paper) else _OF_PARCELS[what]


def _ask_for(what: Paper | FileKind, order_ids: frozenset[int], sort: OrderSort) -> None:
    if isinstance(what, Paper):
        print_chosen(what, tuple(sorted(order_ids)))
        return
    with reading() as session:
        ask(Asking(what, tuple(in_list_order(session, sorted(order_ids), sort))))


def show_import_of_numbers(viewer: Viewer) -> None:
    """Draw the way to a carrier's file of parcels' numbers, which says by itself which orders left."""
    if viewer.may(Permission.SHIP):
        st.button(
            "Importer des numéros de suivi",
            key="bulk_import_numbers",
            icon=":material/barcode_scanner:",
            type="tertiary",
            on_click=open_dialog,
            args=(TaskKind.MOVE, frozenset(), OrderStatus.SHIPPED),
        )


def targets_from(statuses: Collection[OrderStatus], may: Callable[[Permission], bool]) -> list[OrderStatus]:
    """Return the statuses that a person may move some of the orders to, which are in these.

    « Payée » follows from the payments: « Paiement reçu » is its button.
    """
    return [
        target
        for target in MOVE_VERBS
        if target is not OrderStatus.PAID
        and any(target in MOVES[status] and may(permission_for(status, target)) for status in statuses)
    ]


def buttons_for(may: Callable[[Permission], bool]) -> list[tuple[TaskKind, str]]:
    """Return the other actions that a person may take: kind and label."""
    return [
        (kind, label)
        for kind, label, permission in (
            (TaskKind.MESSAGE, "Message", Permission.MESSAGE_CUSTOMERS),
            (TaskKind.PAYMENT, "Paiement reçu", Permission.RECORD_PAYMENTS),
            (TaskKind.REMINDER, "Relancer", Permission.MESSAGE_CUSTOMERS),
            (TaskKind.TAG, "Mot-clé", Permission.ACT_ON_ORDERS),
        )
        if may(permission)
    ]
