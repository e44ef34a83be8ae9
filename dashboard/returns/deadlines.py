"""The law's last days in words and colours: how many days are left, and how many it is late."""

from dashboard.badges import Badge, deadline_badge
from db.domain import formats
from db.domain.formats import NO_BREAK_SPACE
from db.domain.withdrawal import Deadline


def left_words(deadline: Deadline) -> str:
    """Return « reste 5 j », « dernier jour » or « en retard de 2 j »."""
    if deadline.has_passed:
        return f"en retard de {formats.integer(-deadline.days_left)}{NO_BREAK_SPACE}j"
    return f"reste {formats.integer(deadline.days_left)}{NO_BREAK_SPACE}j" if deadline.days_left else "dernier jour"


def refund_badge(deadline: Deadline) -> Badge:
    """Return how long there is to refund, in the colour of its urgency."""
    return deadline_badge(left_words(deadline), deadline.days_left)


def withdrawal_words(deadline: Deadline) -> str:
    """Return until when the customer may change their mind: « jusqu’au 24/11/2026, reste 3 j »."""
    day = formats.date(deadline.last_day)
    return f"passée depuis le {day}" if deadline.has_passed else f"jusqu’au {day}, {left_words(deadline)}"
