"""Statuses, payment states and people's states as coloured badges: the one place that knows their looks.

The same opaque colours serve Markdown (``status_badge``) and the grid (``STATUS_OPTIONS`` with
``STATUS_COLOURS_FOR_GRID`` for a ``MultiselectColumn``), in the light and in the dark theme. Colour never speaks
alone: each badge has its label and, in Markdown, its icon. The palette keeps its differences under the three kinds
of colour blindness (tests/dashboard/test_badges.py measures them).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dashboard.formats import NO_BREAK_SPACE
from dashboard.markdown import escape_markdown
from db.domain.access import PersonState
from db.domain.orders import OrderStatus, PaymentState, ReturnStatus

_DARK_TEXT = "#16181d"
_LIGHT_TEXT = "#ffffff"
# The grid chooses white text by this luminance on its own; Markdown follows it so that both look alike.
_DARK_TEXT_FROM_LUMINANCE = 0.5

_GREY = "#eef0f2"
_YELLOW = "#fddf49"
_VIOLET = "#cab4fb"
_BLUE = "#b0ddfd"
_TEAL = "#8ccdc4"
_PALE_ORANGE = "#e9bf95"
_ORANGE = "#ffae45"
_PALE_GREEN = "#d3f5b8"
_GREEN = "#c3dfae"
_DARK_GREEN = "#157350"
_RED = "#9c2b22"
_DARK_RED = "#430a10"


@dataclass(frozen=True, slots=True)
class Badge:
    """A short label on its colour, with an icon of the Material Symbols font."""

    label: str
    icon: str
    colour: str

    @property
    def text_colour(self) -> str:
        """Return the text colour that reads on the badge's colour."""
        return _DARK_TEXT if luminance(self.colour) > _DARK_TEXT_FROM_LUMINANCE else _LIGHT_TEXT

    @property
    def markdown(self) -> str:
        """Return the badge for any Streamlit element that reads Markdown; it never breaks over two lines."""
        text = f":material/{self.icon}: {escape_markdown(self.label)}".replace(" ", NO_BREAK_SPACE)
        return f':color[{text}]{{foreground="{self.text_colour}" background="{self.colour}"}}'


_STATUS_STYLES = {
    OrderStatus.AWAITING_PAYMENT: ("hourglass_empty", _GREY),
    OrderStatus.PAID: ("payments", _YELLOW),
    OrderStatus.CONFIRMING: ("contact_support", _VIOLET),
    OrderStatus.PREPARING: ("inventory_2", _BLUE),
    OrderStatus.READY: ("shopping_bag", _TEAL),
    OrderStatus.PARTLY_SHIPPED: ("call_split", _PALE_ORANGE),
    OrderStatus.SHIPPED: ("local_shipping", _ORANGE),
    OrderStatus.DELIVERED: ("home", _PALE_GREEN),
    OrderStatus.RECEIVED: ("check", _GREEN),
    OrderStatus.COMPLETED: ("done_all", _DARK_GREEN),
    OrderStatus.CANCELLED: ("block", _RED),
    OrderStatus.ERROR: ("error", _DARK_RED),
}

_PAYMENT_STYLES = {
    PaymentState.UNPAID: ("radio_button_unchecked", _GREY),
    PaymentState.PARTLY_PAID: ("clock_loader_40", _YELLOW),
    PaymentState.PAID: ("check_circle", _GREEN),
    PaymentState.OVERPAID: ("add_circle", _VIOLET),
    PaymentState.PARTLY_REFUNDED: ("undo", _BLUE),
    PaymentState.REFUNDED: ("keyboard_return", _TEAL),
}

RETURN_LABELS = {
    ReturnStatus.REQUESTED: "En attente de confirmation",
    ReturnStatus.AWAITING_PARCEL: "En attente du colis",
    ReturnStatus.PARCEL_RECEIVED: "Colis reçu",
    ReturnStatus.COMPLETED: "Retour terminé",
    ReturnStatus.DENIED: "Retour refusé",
}

_RETURN_STYLES = {
    ReturnStatus.REQUESTED: ("contact_support", _YELLOW),
    ReturnStatus.AWAITING_PARCEL: ("hourglass_empty", _BLUE),
    ReturnStatus.PARCEL_RECEIVED: ("inventory_2", _TEAL),
    ReturnStatus.COMPLETED: ("done_all", _DARK_GREEN),
    ReturnStatus.DENIED: ("block", _RED),
}

PERSON_LABELS = {
    PersonState.ACTIVE: "Actif",
    PersonState.INVITED: "Invitation en attente",
    PersonState.INVITATION_EXPIRED: "Invitation expirée",
    PersonState.INACTIVE: "Désactivé",
}

_PERSON_STYLES = {
    PersonState.ACTIVE: ("check_circle", _GREEN),
    PersonState.INVITED: ("mail", _YELLOW),
    PersonState.INVITATION_EXPIRED: ("timer_off", _ORANGE),
    PersonState.INACTIVE: ("block", _GREY),
}


def _badges(labels: Mapping[StrEnum, str], styles: Mapping[StrEnum, tuple[str, str]]) -> dict[StrEnum, Badge]:
    return {key: Badge(label, *styles[key]) for key, label in labels.items()}


STATUS_BADGES = _badges({status: status.label for status in OrderStatus}, _STATUS_STYLES)
PAYMENT_BADGES = _badges({state: state.label for state in PaymentState}, _PAYMENT_STYLES)
RETURN_BADGES = _badges(RETURN_LABELS, _RETURN_STYLES)
PERSON_BADGES = _badges(PERSON_LABELS, _PERSON_STYLES)

#: For ``st.column_config.MultiselectColumn(options=…, color=…)``; a cell is the list ``[status.label]``.
STATUS_OPTIONS = [badge.label for badge in STATUS_BADGES.values()]
STATUS_COLOURS_FOR_GRID = [badge.colour for badge in STATUS_BADGES.values()]
PAYMENT_OPTIONS = [badge.label for badge in PAYMENT_BADGES.values()]
PAYMENT_COLOURS_FOR_GRID = [badge.colour for badge in PAYMENT_BADGES.values()]
PERSON_OPTIONS = [badge.label for badge in PERSON_BADGES.values()]
PERSON_COLOURS_FOR_GRID = [badge.colour for badge in PERSON_BADGES.values()]


def status_badge(status: OrderStatus) -> str:
    """Return an order's status as a Markdown badge."""
    return STATUS_BADGES[status].markdown


def payment_badge(state: PaymentState) -> str:
    """Return a payment state as a Markdown badge."""
    return PAYMENT_BADGES[state].markdown


def return_badge(status: ReturnStatus) -> str:
    """Return a return request's status as a Markdown badge."""
    return RETURN_BADGES[status].markdown


def person_badge(state: PersonState) -> str:
    """Return whether a person can come in, as a Markdown badge."""
    return PERSON_BADGES[state].markdown


#: Where the number of days has no room.
LATE_BADGE = Badge("En retard", "schedule", _RED)


def late_badge(days: int) -> Badge:
    """Return the badge of an order that should have been shipped so many days ago."""
    return Badge(f"en retard de {days}{NO_BREAK_SPACE}j", "schedule", _RED)


def luminance(colour: str) -> float:
    """Return the relative luminance (WCAG 2) of a « #rrggbb » colour, from 0 (black) to 1 (white)."""
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
