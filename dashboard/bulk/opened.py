"""Which bulk action's dialog is open, on which orders; what was typed is kept if it is closed by mistake."""

from dataclasses import dataclass, replace

import streamlit as st

from db.domain.orders import OrderStatus
from db.domain.tasks import TaskKind
from db.services.bulk_actions import BulkPlan

_OPEN, _PLAN, _DRAFTS, _OPENINGS = "bulk_open", "bulk_plan", "bulk_drafts", "bulk_openings"
_FIELD = "bulk_field_"


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
        return f"{_FIELD}{self.kind}_{self.target or ''}_{field}"


def open_dialog(kind: TaskKind, order_ids: frozenset[int], target: OrderStatus | None = None) -> None:
    """Have the next run open the dialog; what a button's callback calls."""
    opening = st.session_state[_OPENINGS] = st.session_state.get(_OPENINGS, 0) + 1
    st.session_state[_OPEN] = Opened(kind, tuple(sorted(order_ids)), target, opening=opening)
    forget_plan()
    st.session_state.update(st.session_state.get(_DRAFTS, {}))


def opened_dialog() -> Opened | None:
    """Return the dialog that is open, if one is."""
    return st.session_state.get(_OPEN)


def put_away() -> None:
    """Close the dialog as Escape does: what was typed is there when it is opened again."""
    st.session_state[_DRAFTS] = {key: st.session_state[key] for key in _fields()}
    st.session_state.pop(_OPEN, None)
    forget_plan()


def close() -> None:
    """Close the dialog after its action: the next one starts empty."""
    st.session_state.pop(_DRAFTS, None)
    for key in _fields():
        del st.session_state[key]
    st.session_state.pop(_OPEN, None)
    forget_plan()


def refuse(opened: Opened, refusal: str) -> None:
    """Keep the dialog open and say why nothing was done."""
    st.session_state[_OPEN] = replace(opened, refusal=refusal)


def insist(opened: Opened) -> None:
    """Keep the dialog open and say more clearly what is missing."""
    st.session_state[_OPEN] = replace(opened, insists=True)


def shown_plan() -> BulkPlan | None:
    """Return the dry run that the person has under their eyes: what the act does is this and nothing else."""
    return st.session_state.get(_PLAN)


def keep_plan(opened: Opened, plan: BulkPlan) -> Opened:
    """Keep the dry run that is about to be shown; return the dialog, which forgets the refusal of another one."""
    if plan is not shown_plan():
        opened = replace(opened, refusal="")
        st.session_state[_OPEN], st.session_state[_PLAN] = opened, plan
    return opened


def forget_plan() -> None:
    """Have the next run compute the dry run anew."""
    st.session_state.pop(_PLAN, None)


def _fields() -> list[str]:
    return [str(key) for key in st.session_state if str(key).startswith(_FIELD)]
