"""Which bulk action's dialog is open, on which orders."""

from dataclasses import dataclass, replace

import streamlit as st

from dashboard.one_dialog import OneDialog
from db.domain.orders import OrderStatus
from db.domain.tasks import TaskKind
from db.services.bulk_actions import BulkPlan

_PLAN, _OPENINGS = "bulk_plan", "bulk_openings"


@dataclass(frozen=True, slots=True)
class Opened:
    """A dialog that is open: what is to be done, and the orders, frozen when it was opened."""

    kind: TaskKind
    #: None of them for parcels' numbers out of a file, which says which orders.
    order_ids: tuple[int, ...]
    #: Of a move.
    target: OrderStatus | None = None
    #: Why the last attempt was refused; a dialog that asks for something else forgets it.
    refusal: str = ""
    #: Whether the person has tried without what is still to be filled in.
    insists: bool = False
    #: Grows with each dialog: of widgets whose content cannot be given back, each has its own.
    opening: int = 0

    def key(self, field: str) -> str:
        """Return the key of a field's widget."""
        return DIALOG.field_key(f"{self.kind}_{self.target or ''}_{field}")

    @property
    def draft(self) -> tuple[TaskKind, OrderStatus | None]:
        """Return what a draft is kept under: what was typed may be meant for one more order."""
        return self.kind, self.target


DIALOG: OneDialog[Opened] = OneDialog("bulk")


def open_dialog(kind: TaskKind, order_ids: frozenset[int], target: OrderStatus | None = None) -> None:
    """Have the next run open the dialog; what a button's callback calls."""
    opening = st.session_state[_OPENINGS] = st.session_state.get(_OPENINGS, 0) + 1
    DIALOG.open(Opened(kind, tuple(sorted(order_ids)), target, opening=opening))
    forget_plan()


def put_away() -> None:
    """Close the dialog as Escape does, and forget its dry run."""
    DIALOG.put_away()
    forget_plan()


def close() -> None:
    """Close the dialog after its action, and forget its dry run."""
    DIALOG.close()
    forget_plan()


def insist(opened: Opened) -> None:
    """Keep the dialog open and say more clearly what is missing."""
    DIALOG.keep(replace(opened, insists=True))


def shown_plan() -> BulkPlan | None:
    """Return the dry run that the person has under their eyes: what the act does is this and nothing else."""
    return st.session_state.get(_PLAN)


def keep_plan(opened: Opened, plan: BulkPlan) -> Opened:
    """Keep the dry run that is about to be shown; return the dialog, which forgets the refusal of another one."""
    if plan is not shown_plan():
        opened = replace(opened, refusal="")
        DIALOG.keep(opened)
        st.session_state[_PLAN] = plan
    return opened


def forget_plan() -> None:
    """Have the next run compute the dry run anew."""
    st.session_state.pop(_PLAN, None)
