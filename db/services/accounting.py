"""Finances › Comptabilité: how the house's own books are kept, and reports that are taken out as files."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain import formats
from db.domain.accounting import Account, Chart, checked_chart
from db.domain.accounting_reports import AccountingFilter, Report, filter_from_json
from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.document_filter import ListFormat
from db.domain.errors import InvalidInputError, MarketplaceError, NotAllowedError
from db.domain.fec import file_name
from db.domain.files import FileKind
from db.domain.months import days_between, month_of
from db.domain.permissions import Permission
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.models import AccountingSettings
from db.queries.access import viewer_of
from db.queries.accounting.chart import chart_of_accounts, house
from db.queries.closings import last_closed
from db.services.audit import Act, note_act
from db.services.files import ask_for_file
from db.services.upsert import insert_for


class ChartChangedError(MarketplaceError):
    """Somebody else changed the accounts after they were shown; nothing was saved."""

    def __init__(self) -> None:
        super().__init__(
            "Quelqu’un vient de modifier le plan comptable. Relisez ce qui est enregistré, puis refaites vos "
            "changements."
        )


def save_chart(
    session: Session,
    actor: Actor,
    shown: Chart,
    first_month: int,
    numbers: Mapping[Account, str],
    now: dt.datetime,
) -> Chart:
    """Keep the accounts' numbers and the month in which a fiscal year begins; return what is kept.

    Args:
        session: The caller's transaction.
        actor: Who does it.
        shown: What the person saw before they typed.
        first_month: 1 to 12.
        numbers: As typed; an empty one is the usual one.
        now: The instant.

    Raises:
        NotAllowedError: The person may not change settings.
        InvalidInputError: A number is none, or two accounts have the same.
        ChartChangedError: It is not as it was shown any more.
    """
    actor.require(Permission.MANAGE_SETTINGS)
    kept = checked_chart(first_month, numbers)
    session.execute(insert_for(session, AccountingSettings).values(id=1).on_conflict_do_nothing())
    # Locked on PostgreSQL; on SQLite whoever writes is alone anyway.
    session.execute(sa.select(AccountingSettings.id).with_for_update())
    if _told(chart_of_accounts(session)) != _told(shown):
        raise ChartChangedError
    values = {account.value: number for account, number in (kept.numbers or {}).items()}
    session.execute(
        sa.update(AccountingSettings)
        .values(first_month=kept.first_month, accounts=values)
        .execution_options(synchronize_session=False)
    )
    before, after = _told(shown), _told(kept)
    changed = [name for name in after if before[name] != after[name]]
    if changed:
        act = Act(
            AuditArea.SETTINGS,
            "accounts_changed",
            label="Plan comptable",
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
        note_act(session, actor, act, now)
    return kept


def _told(chart: Chart) -> dict[str, str]:
    """Return a chart in words."""
    month = formats.month(2000, chart.first_month).split()[0]
    return {"Début de l’exercice": month} | {account.label: chart.number(account) for account in Account}


def ask_for_report(
    session: Session, actor: Actor, report: Report, wanted: AccountingFilter, list_format: ListFormat, now: dt.datetime
) -> int:
    """Have a report put into a file; return the file.

    Args:
        session: The caller's transaction.
        actor: Who wants it.
        report: Which one; not the FEC, which ``ask_for_fec`` asks for.
        wanted: Of which days, seller and rate.
        list_format: What the file is to be.
        now: The instant.

    Raises:
        NotAllowedError: The actor may not take figures out of the house.
        InvalidInputError: The last day comes before the first one.
    """
    actor.require(FileKind.ACCOUNTING.permission)
    if wanted.last_day < wanted.first_day:
        raise InvalidInputError("La date « Du » vient après la date « Au ». Corrigez l’une des deux.")
    period = f"du {formats.date(wanted.first_day)} au {formats.date(wanted.last_day)}"
    title = f"{report.label} {period} ({list_format.upper()})"
    return _ask(session, actor, title, report, wanted, list_format, now)


def ask_for_fec(session: Session, actor: Actor, day: dt.date, now: dt.datetime) -> int:
    """Have the FEC of the fiscal year made that a day is in, up to yesterday where it is not over; return the file.

    A year of which some month is not closed yet is called a draft (« provisoire »).

    Raises:
        NotAllowedError: The actor may not take figures out of the house.
        NoSirenError: The SIREN, by which the file is called, is not known.
        InvalidInputError: Nothing of that year is over yet.
    """
    actor.require(FileKind.ACCOUNTING.permission)
    of = house(session)
    first, last = chart_of_accounts(session).fiscal_year(day)
    name = file_name(of.siren, last)
    yesterday = local_day(now) - dt.timedelta(days=1)
    if first > yesterday:
        raise InvalidInputError("Cet exercice n’a pas encore de journée terminée\u00a0: attendez demain.")
    until = min(last, yesterday)
    wanted = AccountingFilter(first, until, of.currency)
    title = name
    if until < last:
        title = f"{name} (provisoire, jusqu’au {formats.date(until)})"
    elif (last_closed(session) or dt.date.min) < month_of(last):
        # Months are closed in their order: until the last one is, something of the year can still change.
        title = f"{name} (provisoire, exercice à clore)"
    return _ask(session, actor, title, Report.FEC, wanted, None, now)


def _ask(
    session: Session,
    actor: Actor,
    title: str,
    report: Report,
    wanted: AccountingFilter,
    list_format: ListFormat | None,
    now: dt.datetime,
) -> int:
    arguments = {
        "report": report.value,
        "filter": wanted.to_json(),
        "format": list_format,
        "person_id": actor.person_id,
    }
    days = len(days_between(wanted.first_day, wanted.last_day))
    return ask_for_file(session, actor, FileKind.ACCOUNTING, title, arguments, days, now)


@dataclass(frozen=True, slots=True)
class WantedReport:
    """What a file's row says is wanted, and who asked as they are now."""

    report: Report
    filter: AccountingFilter
    #: None: a FEC has but one form.
    format: ListFormat | None
    viewer: Viewer


def wanted_report(session: Session, arguments: Mapping[str, object]) -> WantedReport:
    """Return what a file's row says is wanted.

    Raises:
        NotAllowedError: Whoever asked has no account any more, or may not export any more.
    """
    person_id, said, form = arguments["person_id"], arguments["filter"], arguments["format"]
    viewer = viewer_of(session, person_id) if isinstance(person_id, int) else None
    if viewer is None or not isinstance(said, dict):
        raise NotAllowedError(FileKind.ACCOUNTING.permission)
    viewer.require(FileKind.ACCOUNTING.permission)
    return WantedReport(
        Report(str(arguments["report"])), filter_from_json(said), ListFormat(str(form)) if form else None, viewer
    )
