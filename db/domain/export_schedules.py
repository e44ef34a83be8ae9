"""Exports that make themselves: of which days each is, what it needs, and what is refused."""

import datetime as dt
import re
from dataclasses import dataclass, replace
from enum import StrEnum

from db.domain.access import tidy
from db.domain.cadences import period_before
from db.domain.errors import InvalidInputError, NotFoundError
from db.domain.exports import Cadence, ExportRequest
from db.domain.formats import date
from db.domain.sales_periods import Days

#: On the clock of Paris: yesterday is over, and the day's work has not begun.
MADE_FROM = dt.time(5)
NAME_MAX_LENGTH = 80
_LAST_DAYS = 30
#: Where the copies of scheduled exports lie, by year and month.
COPIES_BELOW = "exports"
#: How long a copy is kept at least; the first night of the month after deletes it.
COPIES_KEPT_MONTHS = 12
_MONTH_OF_COPY = re.compile(rf"{COPIES_BELOW}/(\d{{4}})/(\d{{2}})/")


class SchedulePeriod(StrEnum):
    """Of which days a scheduled export is, seen from the day on which it is made."""

    AS_FILTERED = "as_filtered"  # those of its filters, if they name any
    YESTERDAY = "yesterday"
    LAST_WEEK = "last_week"
    LAST_30_DAYS = "last_30_days"
    LAST_MONTH = "last_month"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return SCHEDULE_PERIOD_LABELS[self]

    def days(self, day: dt.date) -> Days | None:
        """Return the days of an export that is made on a day; None where its filters say which."""
        match self:
            case SchedulePeriod.AS_FILTERED:
                return None
            case SchedulePeriod.YESTERDAY:
                return period_before(Cadence.DAILY, day)
            case SchedulePeriod.LAST_WEEK:
                return period_before(Cadence.WEEKLY, day)
            case SchedulePeriod.LAST_30_DAYS:
                return Days(day - dt.timedelta(days=_LAST_DAYS), day - dt.timedelta(days=1))
            case SchedulePeriod.LAST_MONTH:
                return period_before(Cadence.MONTHLY, day)

    def words(self, day: dt.date) -> str:
        """Return « du 01/10/2026 au 31/10/2026 »; nothing where the filters say which days."""
        days = self.days(day)
        return f"du {date(days.first)} au {date(days.last)}" if days else ""


SCHEDULE_PERIOD_LABELS = {
    SchedulePeriod.AS_FILTERED: "Celle des filtres",
    SchedulePeriod.YESTERDAY: "Hier",
    SchedulePeriod.LAST_WEEK: "La semaine passée",
    SchedulePeriod.LAST_30_DAYS: "Les 30 derniers jours",
    SchedulePeriod.LAST_MONTH: "Le mois dernier",
}
#: What goes with a cadence, so that no day is exported twice or left out.
USUAL_PERIODS = {
    Cadence.DAILY: SchedulePeriod.YESTERDAY,
    Cadence.WEEKLY: SchedulePeriod.LAST_WEEK,
    Cadence.MONTHLY: SchedulePeriod.LAST_MONTH,
}


@dataclass(frozen=True, slots=True)
class ScheduleTerms:
    """What the owner of a scheduled export decides."""

    name: str
    cadence: Cadence
    period: SchedulePeriod
    #: Whether its owner gets an e-mail with a link; whether it is laid down in ``exports/`` of the storage.
    emails: bool
    is_stored: bool

    def checked(self, request: ExportRequest) -> "ScheduleTerms":
        """Return the terms as they are kept.

        Raises:
            InvalidInputError: The name is empty or too long, nothing is to become of the file, or a list that knows
                no days is wanted of some.
        """
        name = tidy(self.name)
        if not name or len(name) > NAME_MAX_LENGTH:
            raise InvalidInputError(f"Donnez un nom à cet export, de {NAME_MAX_LENGTH} caractères au plus.")
        if not (self.emails or self.is_stored):
            raise InvalidInputError("Choisissez au moins un envoi\u00a0: un e-mail avec un lien, ou le stockage.")
        if self.period is not SchedulePeriod.AS_FILTERED and not request.has_period:
            raise InvalidInputError("Cette liste n’a pas de dates\u00a0: gardez la période « Celle des filtres ».")
        return replace(self, name=name)


def request_on(request: ExportRequest, period: SchedulePeriod, day: dt.date) -> ExportRequest:
    """Return what is exported on a day: the list of the schedule, over the days that its period means by then."""
    days = period.days(day)
    if days is None:
        return request
    dated = {"first_day": days.first.isoformat(), "last_day": days.last.isoformat()}
    return replace(request, filter={**request.filter, **dated})


class ScheduleNameTakenError(InvalidInputError):
    """Its owner has another one of the same name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Vous avez déjà un export programmé « {name} ». Choisissez un autre nom.")


class ScheduleMissingError(NotFoundError):
    """There is no such schedule, or it is somebody else's."""

    def __init__(self) -> None:
        super().__init__("Cet export programmé n’existe plus, ou n’est pas à vous.")


def is_copy_too_old(ref: str, today: dt.date) -> bool:
    """Tell whether a stored ref is a copy, or its hash, that is kept no longer; whatever else lies there stays."""
    found = _MONTH_OF_COPY.match(ref)
    if found is None:
        return False
    year, month = map(int, found.groups())
    return (today.year - year) * 12 + today.month - month > COPIES_KEPT_MONTHS
