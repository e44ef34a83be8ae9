"""The dialog of the page « Exports programmés » that is open: what it does, and to which schedule."""

from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum

from dashboard.one_dialog import OneDialog
from db.queries.export_schedules import ScheduleRow


class ScheduleAct(StrEnum):
    """What is done in a dialog."""

    CHANGE = "change"
    FORGET = "forget"


@dataclass(frozen=True, slots=True)
class Opened:
    """A dialog that is open."""

    act: ScheduleAct
    schedule: ScheduleRow
    #: Why the last attempt was refused.
    refusal: str = ""

    @property
    def draft(self) -> Hashable:
        """Return what a draft is kept under."""
        return (self.act, self.schedule.id)


DIALOG: OneDialog[Opened] = OneDialog("schedule")
