"""Which printing is being asked for."""

from dataclasses import dataclass

from dashboard.one_dialog import OneDialog
from db.domain.order_filter import OrderFilter
from db.domain.papers import Paper


@dataclass(frozen=True, slots=True)
class Opened:
    """A dialog that is open: of ticked orders, frozen when it was opened, or of a list or days that it asks for."""

    #: What is printed of the ticked orders; where it is None the dialog asks for everything.
    paper: Paper | None = None
    order_ids: tuple[int, ...] = ()
    #: The list it was opened from.
    listed: OrderFilter | None = None
    #: Why the last attempt was refused.
    refusal: str = ""

    @property
    def draft(self) -> tuple[Paper | None, tuple[int, ...]]:
        """Return what a draft is kept under."""
        return self.paper, self.order_ids


DIALOG: OneDialog[Opened] = OneDialog("print")


def print_chosen(paper: Paper, order_ids: tuple[int, ...]) -> None:
    """Have the next run ask how a paper of these orders is printed; what a button's callback calls."""
    DIALOG.open(Opened(paper, order_ids))


def print_any(listed: OrderFilter | None = None) -> None:
    """Have the next run ask what is printed, of which days or, where there is one, of the whole list."""
    DIALOG.open(Opened(listed=listed))
