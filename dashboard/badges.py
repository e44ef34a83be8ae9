"""Statuses, payment states and people's states as coloured badges: the one place that knows their looks.

The same opaque colours serve Markdown (``status_badge``) and the grid (``status_options`` with
``status_colours_for_grid`` for a ``MultiselectColumn``), in the light and in the dark theme. Colour never speaks
alone: each badge has its label and, in Markdown, its icon. The palette keeps its differences under the three kinds
of colour blindness (tests/dashboard/test_badges.py measures them).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from dashboard.markdown import escape_markdown
from dashboard.statuses import look_of
from db.domain.access import PersonState
from db.domain.colours import text_colour_on
from db.domain.document_filter import DOCUMENT_STATUS_LABELS, DocumentStatus
from db.domain.files import FILE_STATE_LABELS, FileState
from db.domain.formats import NO_BREAK_SPACE, integer
from db.domain.mail import OUTBOX_LABELS, OutboxState
from db.domain.orders import OrderStatus, PaymentState, ReturnStatus, StatusColour
from db.domain.payouts import PAYOUT_LABELS, PayoutState
from db.domain.stock import STOCK_LEVEL_LABELS, StockLevel
from db.domain.tasks import TASK_STATE_LABELS, TaskState
from db.domain.vouchers import VOUCHER_STATE_LABELS, VoucherState
from db.queries.statuses import StatusLook

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
        return text_colour_on(self.colour)

    @property
    def markdown(self) -> str:
        """Return the badge for any Streamlit element that reads Markdown; it never breaks over two lines."""
        text = f":material/{self.icon}: {escape_markdown(self.label)}".replace(" ", NO_BREAK_SPACE)
        return f':color[{text}]{{foreground="{self.text_colour}" background="{self.colour}"}}'


PALETTE = {
    StatusColour.GREY: _GREY,
    StatusColour.YELLOW: _YELLOW,
    StatusColour.VIOLET: _VIOLET,
    StatusColour.BLUE: _BLUE,
    StatusColour.TEAL: _TEAL,
    StatusColour.PALE_ORANGE: _PALE_ORANGE,
    StatusColour.ORANGE: _ORANGE,
    StatusColour.PALE_GREEN: _PALE_GREEN,
    StatusColour.GREEN: _GREEN,
    StatusColour.DARK_GREEN: _DARK_GREEN,
    StatusColour.RED: _RED,
    StatusColour.DARK_RED: _DARK_RED,
}

_STATUS_ICONS = {
    OrderStatus.AWAITING_PAYMENT: "hourglass_empty",
    OrderStatus.PAID: "payments",
    OrderStatus.CONFIRMING: "contact_support",
    OrderStatus.PREPARING: "inventory_2",
    OrderStatus.READY: "shopping_bag",
    OrderStatus.PARTLY_SHIPPED: "call_split",
    OrderStatus.SHIPPED: "local_shipping",
    OrderStatus.DELIVERED: "home",
    OrderStatus.RECEIVED: "check",
    OrderStatus.COMPLETED: "done_all",
    OrderStatus.CANCELLED: "block",
    OrderStatus.ERROR: "error",
}

_PAYMENT_STYLES = {
    PaymentState.UNPAID: ("radio_button_unchecked", _GREY),
    PaymentState.PARTLY_PAID: ("clock_loader_40", _YELLOW),
    PaymentState.PAID: ("check_circle", _GREEN),
    PaymentState.OVERPAID: ("add_circle", _VIOLET),
    PaymentState.PARTLY_REFUNDED: ("undo", _BLUE),
    PaymentState.REFUNDED: ("keyboard_return", _TEAL),
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

_TASK_STYLES = {
    TaskState.QUEUED: ("hourglass_empty", _GREY),
    TaskState.RUNNING: ("sync", _BLUE),
    TaskState.DONE: ("check_circle", _GREEN),
    TaskState.CANCELLED: ("stop_circle", _YELLOW),
    TaskState.FAILED: ("error", _RED),
}

_FILE_STYLES = {
    FileState.QUEUED: ("hourglass_empty", _GREY),
    FileState.MAKING: ("sync", _BLUE),
    FileState.READY: ("check_circle", _GREEN),
    FileState.FAILED: ("error", _RED),
    FileState.CANCELLED: ("stop_circle", _YELLOW),
    FileState.DAMAGED: ("broken_image", _DARK_RED),
}

_DOCUMENT_STYLES = {
    DocumentStatus.SETTLED: ("check_circle", _GREEN),
    DocumentStatus.TO_SETTLE: ("hourglass_empty", _YELLOW),
    DocumentStatus.PARTLY_CREDITED: ("contrast", _BLUE),
    DocumentStatus.CREDITED: ("undo", _GREY),
    DocumentStatus.IN_PREPARATION: ("sync", _VIOLET),
    DocumentStatus.TO_CHECK: ("error", _RED),
}

_STOCK_STYLES = {
    StockLevel.OUT: ("production_quantity_limits", _RED),
    StockLevel.LOW: ("trending_down", _ORANGE),
    StockLevel.ENOUGH: ("check_circle", _GREEN),
    StockLevel.NOT_COUNTED: ("all_inclusive", _BLUE),
    StockLevel.WITHDRAWN: ("block", _GREY),
}

_VOUCHER_STYLES = {
    VoucherState.UNUSED: ("redeem", _GREEN),
    VoucherState.PARTLY_USED: ("clock_loader_40", _YELLOW),
    VoucherState.USED: ("done_all", _DARK_GREEN),
    VoucherState.EXPIRED: ("event_busy", _ORANGE),
    VoucherState.CANCELLED: ("block", _GREY),
}

_PAYOUT_STYLES = {
    PayoutState.PREPARED: ("approval", _YELLOW),
    PayoutState.HELD: ("pan_tool", _ORANGE),
    PayoutState.APPROVED: ("verified", _BLUE),
    PayoutState.EXPORTED: ("account_balance", _VIOLET),
    PayoutState.PAID: ("check_circle", _DARK_GREEN),
    PayoutState.REJECTED: ("error", _RED),
    PayoutState.CARRIED: ("redo", _TEAL),
    PayoutState.CANCELLED: ("block", _GREY),
}

_OUTBOX_STYLES = {
    OutboxState.HELD: ("pause_circle", _VIOLET),
    OutboxState.QUEUED: ("schedule_send", _YELLOW),
    OutboxState.SENDING: ("send", _BLUE),
    OutboxState.SENT: ("outgoing_mail", _PALE_GREEN),
    OutboxState.DELIVERED: ("mark_email_read", _GREEN),
    OutboxState.OPENED: ("drafts", _DARK_GREEN),
    OutboxState.BOUNCED: ("unsubscribe", _RED),
    OutboxState.FAILED: ("error", _DARK_RED),
    OutboxState.UNCERTAIN: ("help", _ORANGE),
    OutboxState.CANCELLED: ("cancel_schedule_send", _GREY),
}


def _badges(labels: Mapping[StrEnum, str], styles: Mapping[StrEnum, tuple[str, str]]) -> dict[StrEnum, Badge]:
    return {key: Badge(label, *styles[key]) for key, label in labels.items()}


class _StatusBadges(Mapping[OrderStatus, Badge]):
    """The orders' statuses with the labels and colours that Réglages › Statuts has now."""

    def __getitem__(self, status: OrderStatus) -> Badge:
        return styled_status(status, look_of(status))

    def __iter__(self) -> Iterator[OrderStatus]:
        return iter(OrderStatus)

    def __len__(self) -> int:
        return len(OrderStatus)


def styled_status(status: OrderStatus, look: StatusLook) -> Badge:
    """Return a status's badge with a look of one's choice; its icon is no setting."""
    return Badge(look.label, _STATUS_ICONS[status], PALETTE[look.colour])


STATUS_BADGES = _StatusBadges()
PAYMENT_BADGES = _badges({state: state.label for state in PaymentState}, _PAYMENT_STYLES)
RETURN_BADGES = _badges({status: status.label for status in ReturnStatus}, _RETURN_STYLES)
PERSON_BADGES = _badges(PERSON_LABELS, _PERSON_STYLES)
OUTBOX_BADGES = _badges(OUTBOX_LABELS, _OUTBOX_STYLES)
TASK_BADGES = _badges(TASK_STATE_LABELS, _TASK_STYLES)
FILE_BADGES = _badges(FILE_STATE_LABELS, _FILE_STYLES)
DOCUMENT_BADGES = _badges(DOCUMENT_STATUS_LABELS, _DOCUMENT_STYLES)
STOCK_BADGES = _badges(STOCK_LEVEL_LABELS, _STOCK_STYLES)
VOUCHER_BADGES = _badges(VOUCHER_STATE_LABELS, _VOUCHER_STYLES)
PAYOUT_BADGES = _badges(PAYOUT_LABELS, _PAYOUT_STYLES)
#: Beside its state: an official check found something wrong in the document.
FLAGGED_BADGE = Badge("Non conforme", "gpp_maybe", _ORANGE)
#: Beside its state: some of the papers that were asked for are not in the file.
INCOMPLETE_BADGE = Badge("Incomplet", "incomplete_circle", _VIOLET)
_FILE_LOOKS = (*FILE_BADGES.values(), FLAGGED_BADGE, INCOMPLETE_BADGE)

#: For ``st.column_config.MultiselectColumn(options=…, color=…)``; a cell is the list of one label.
PAYMENT_OPTIONS = [badge.label for badge in PAYMENT_BADGES.values()]
PAYMENT_COLOURS_FOR_GRID = [badge.colour for badge in PAYMENT_BADGES.values()]
PERSON_OPTIONS = [badge.label for badge in PERSON_BADGES.values()]
PERSON_COLOURS_FOR_GRID = [badge.colour for badge in PERSON_BADGES.values()]
TASK_OPTIONS = [badge.label for badge in TASK_BADGES.values()]
TASK_COLOURS_FOR_GRID = [badge.colour for badge in TASK_BADGES.values()]
RETURN_OPTIONS = [badge.label for badge in RETURN_BADGES.values()]
RETURN_COLOURS_FOR_GRID = [badge.colour for badge in RETURN_BADGES.values()]
DOCUMENT_OPTIONS = [badge.label for badge in DOCUMENT_BADGES.values()]
DOCUMENT_COLOURS_FOR_GRID = [badge.colour for badge in DOCUMENT_BADGES.values()]
STOCK_OPTIONS = [badge.label for badge in STOCK_BADGES.values()]
STOCK_COLOURS_FOR_GRID = [badge.colour for badge in STOCK_BADGES.values()]
VOUCHER_OPTIONS = [badge.label for badge in VOUCHER_BADGES.values()]
VOUCHER_COLOURS_FOR_GRID = [badge.colour for badge in VOUCHER_BADGES.values()]
PAYOUT_OPTIONS = [badge.label for badge in PAYOUT_BADGES.values()]
PAYOUT_COLOURS_FOR_GRID = [badge.colour for badge in PAYOUT_BADGES.values()]
FILE_OPTIONS = [badge.label for badge in _FILE_LOOKS]
FILE_COLOURS_FOR_GRID = [badge.colour for badge in _FILE_LOOKS]


def status_options() -> list[str]:
    """Return the statuses' labels for a ``MultiselectColumn``, whose cells are the list ``[label_of(status)]``."""
    return [badge.label for badge in STATUS_BADGES.values()]


def status_colours_for_grid() -> list[str]:
    """Return the statuses' colours, in the order of their labels."""
    return [badge.colour for badge in STATUS_BADGES.values()]


def status_badge(status: OrderStatus) -> str:
    """Return an order's status as a Markdown badge."""
    return STATUS_BADGES[status].markdown


def payment_badge(state: PaymentState) -> str:
    """Return a payment state as a Markdown badge."""
    return PAYMENT_BADGES[state].markdown


def outbox_badge(state: OutboxState) -> str:
    """Return where a message is on its way, as a Markdown badge."""
    return OUTBOX_BADGES[state].markdown


def task_badge(state: TaskState) -> str:
    """Return where a task is, as a Markdown badge."""
    return TASK_BADGES[state].markdown


def file_badge(state: FileState) -> str:
    """Return where a file is on its way, as a Markdown badge."""
    return FILE_BADGES[state].markdown


def person_badge(state: PersonState) -> str:
    """Return whether a person can come in, as a Markdown badge."""
    return PERSON_BADGES[state].markdown


def tag_badge(name: str) -> Badge:
    """Return the badge of a word that staff put on orders."""
    return Badge(name, "sell", _GREY)


#: A return that was asked for after the law's fourteen days; one that is accepted although the rules refuse it.
LATE_REQUEST_BADGE = Badge("hors délai de rétractation", "event_busy", _GREY)
GESTURE_BADGE = Badge("geste", "volunteer_activism", _VIOLET)
#: What is not as announced in a parcel that came back.
FINDING_COLOUR = _ORANGE
#: With so few days left, somebody should look today.
_SOON_DAYS = 3


def deadline_badge(words: str, days_left: int) -> Badge:
    """Return the badge of a last day: red once it has passed, orange when it is near."""
    if days_left < 0:
        return Badge(words, "schedule", _RED)
    return Badge(words, "schedule", _ORANGE if days_left <= _SOON_DAYS else _GREY)


PARCEL_UNDER_WAY = Badge("En route", "local_shipping", _BLUE)
PARCEL_DELIVERED = Badge("Livré, réception à confirmer", "home", _PALE_GREEN)
PARCEL_RECEIVED = Badge("Reçu", "check", _GREEN)
PARCEL_CANCELLED = Badge("Annulé, n’est pas parti", "block", _GREY)


def late_badge(days: int) -> Badge:
    """Return the badge of an order that should have been shipped so many days ago."""
    return Badge(f"expédition en retard de {integer(days)}{NO_BREAK_SPACE}j", "schedule", _RED)


def late_delivery_badge(days: int) -> Badge:
    """Return the badge of a delivery that should have arrived so many days ago."""
    return Badge(f"livraison en retard de {integer(days)}{NO_BREAK_SPACE}j", "schedule", _RED)


def short_late_badge(days: int) -> Badge:
    """Return the same as ``late_badge`` for a table's cell: « Expéd. +10 j »."""
    return Badge(f"Expéd. +{integer(days)}{NO_BREAK_SPACE}j", "schedule", _RED)


def short_late_delivery_badge(days: int) -> Badge:
    """Return the same as ``late_delivery_badge`` for a table's cell: « Livr. +3 j »."""
    return Badge(f"Livr. +{integer(days)}{NO_BREAK_SPACE}j", "schedule", _RED)
