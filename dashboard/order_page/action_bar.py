"""The buttons of the order page: one filled next step, and everything else that is possible behind a menu."""

from collections.abc import Sequence

import streamlit as st

from dashboard.mail.opened import open_message
from dashboard.order_page.actions import ADD_NOTE, Action, Kind, choices, edits, parcel_actions
from dashboard.order_page.dialogs.frame import open_dialog
from dashboard.order_page.document_actions import issuing_actions
from dashboard.order_page.return_actions import requesting_actions
from dashboard.settlement.opening import settling_actions
from db.domain.viewer import Viewer
from db.queries.order_rows import OrderPage, ShipmentRow

#: « Étape suivante ».
_SHORTCUT = "E"


def show_actions(viewer: Viewer, page: OrderPage) -> None:
    """Draw what the person may do with the order now; nothing for who may do nothing."""
    possible = choices(page.header, viewer)
    about_money = [*settling_actions(page, viewer), *issuing_actions(page, viewer)]
    others = [*possible.others, *requesting_actions(page, viewer), *about_money]
    show_next_step("order", page, possible.primary, others)


def show_next_step(name: str, page: OrderPage, primary: Action | None, others: Sequence[Action]) -> None:
    """Draw the one filled next step, where there is one, and everything else that is possible behind a menu.

    Args:
        name: Of what is acted on, for the keys: an order or one of its returns.
        page: The order as it is on the screen.
        primary: The next step.
        others: What the menu holds.
    """
    if primary is not None:
        st.button(
            primary.label,
            key=f"{name}_next",
            type="primary",
            icon=f":material/{primary.icon}:",
            shortcut=_SHORTCUT,
            on_click=_start,
            args=(primary, page),
        )
    if others:
        key = f"{name}_others"
        st.menu_button(
            "Autres actions",
            others,
            key=key,
            format_func=lambda action: f":material/{action.icon}: {action.label}",
            on_click=_start_chosen,
            args=(key, page),
        )


def show_edits(viewer: Viewer, page: OrderPage, *parts: str) -> None:
    """Draw the buttons that correct parts of the order, where they may still be corrected."""
    possible = edits(page.header, viewer)
    for part in parts:
        if part in possible:
            action = possible[part]
            st.button(
                action.label,
                key=f"order_edit_{part}",
                icon=f":material/{action.icon}:",
                type="tertiary",
                on_click=_start,
                args=(action, page),
            )


def show_parcel_actions(viewer: Viewer, page: OrderPage, shipment: ShipmentRow) -> None:
    """Draw the buttons of what may be done with a parcel."""
    for action in parcel_actions(page.header, shipment, viewer):
        st.button(
            action.label,
            key=f"order_{action.key}",
            icon=f":material/{action.icon}:",
            type="tertiary",
            on_click=_start,
            args=(action, page),
        )


def show_action_button(page: OrderPage, action: Action) -> None:
    """Draw the button of one action beside what it is about."""
    st.button(
        action.label,
        key=f"order_do_{action.key}",
        icon=f":material/{action.icon}:",
        type="tertiary",
        on_click=_start,
        args=(action, page),
    )


def show_note_button(page: OrderPage) -> None:
    """Draw the button that writes something down about the order."""
    st.button(
        ADD_NOTE.label,
        key="order_add_note",
        icon=f":material/{ADD_NOTE.icon}:",
        type="tertiary",
        on_click=_start,
        args=(ADD_NOTE, page),
    )


def _start_chosen(key: str, page: OrderPage) -> None:
    action = st.session_state[key]
    if action is not None:
        _start(action, page)


def _start(action: Action, page: OrderPage) -> None:
    if action.kind is Kind.MESSAGE:
        open_message([page.header.id])
    else:
        open_dialog(action, page)
