"""The continuity report on paper: what was checked, when, who asked, what was found, series by series."""

from collections.abc import Mapping
from typing import Any, BinaryIO

import sqlalchemy as sa

from db.domain import formats
from db.domain.colours import readable_on
from db.domain.continuity import HOUSE_ID, Anomaly, Check, SeriesReport
from db.domain.documents import DocumentKind
from db.domain.time import local_day
from db.engine import reading
from db.queries.continuity import check_to_print
from db.queries.marketplace import MarketplaceRow, marketplace
from jobs.documents.continuity_check import check_continuity
from jobs.documents.letterhead import Fact, draw_facts, draw_name, draw_title
from jobs.documents.sheet import BODY, HEADING, LEFT, RIGHT, SMALL, STRONG, Align, Ink, Running, Sheet
from jobs.documents.tables import Cell, Column, Table
from jobs.makers import Made, Progress

_AFTER_HEAD = 42.0
_FACT_WIDTHS = (44.0, 44.0, 44.0, 44.0)
_SOUND, _UNSOUND = "#1a7f37", "#b42318"
#: Of a hash: enough to compare on paper.
_DIGITS_SHOWN = 16
_KINDS = {DocumentKind.INVOICE: "Factures", DocumentKind.CREDIT_NOTE: "Avoirs"}
_METHOD = (
    "Chaque document porte l’empreinte (SHA-256) de tout ce qu’il énonce et de l’empreinte du précédent de sa série. "
    "Le contrôle relit tous les documents\u00a0: les numéros se suivent sans manque ni double jusqu’au dernier que la "
    "série a donné, les dates ne reculent pas, chaque empreinte est refaite et comparée, la chaîne mène là où le "
    "contrôle précédent l’avait lue, et les colonnes qui servent aux listes et à la TVA disent la même chose que les "
    "documents. L’empreinte finale d’une série suffit à prouver qu’aucun de ses documents n’a changé."
)


def make_continuity(engine: sa.Engine, arguments: Mapping[str, Any], out: BinaryIO, progress: Progress) -> Made:
    """Write the report of a check: one that was kept, of a year or a seller alone where asked, else a new one."""
    if "check_id" in arguments:
        with reading(engine) as session:
            check = check_to_print(session, arguments["check_id"])
        check = check.of(arguments["year"], arguments["seller_id"])
        done = 1
    else:
        check = check_continuity(engine, progress, year=arguments["year"], person_name=arguments["by"])
        done = max(1, check.documents)
    with reading(engine) as session:
        ours = marketplace(session)
    write_report(check, ours, out)
    return Made(f"continuite-{local_day(check.checked_at):%Y-%m-%d}.pdf", "application/pdf", done)


def write_report(check: Check, ours: MarketplaceRow, out: BinaryIO) -> None:
    """Draw a check on paper."""
    sheet = Sheet("Contrôle de continuité", check.checked_at, author=ours.name, subject="Factures et avoirs")
    when = formats.instant(check.checked_at)
    accent = readable_on(Ink.PAPER, ours.brand_colour)
    sheet.begin(Running(f"Contrôle de continuité du {when}", ours.name, [ours.legal_name or ours.name], accent))
    draw_name(sheet, ours.name, None)
    draw_title(sheet, "CONTINUITÉ", "Factures et avoirs", f"Contrôle du {when}")
    sheet.y = _AFTER_HEAD
    draw_facts(sheet, _facts(check), _FACT_WIDTHS)
    _draw_verdict(sheet, check)
    _draw_anomalies(sheet, check)
    _draw_series(sheet, check)
    _draw_method(sheet)
    sheet.write_to(out)


def _facts(check: Check) -> list[Fact]:
    years = sorted({report.year for report in check.reports})
    sellers = {report.seller_id: report.seller for report in check.reports if report.seller_id != HOUSE_ID}
    span = "–".join(str(year) for year in dict.fromkeys((years[0], years[-1]))) if years else formats.DASH
    whose = next(iter(sellers.values())) if len(sellers) == 1 else formats.integer(len(sellers))
    return [
        Fact("Contrôlé le", formats.instant(check.checked_at)),
        Fact("Demandé par", check.person_name or "Contrôle automatique"),
        Fact("Années" if len(years) > 1 else "Année", span),
        Fact("Vendeurs" if len(sellers) > 1 else "Vendeur", whose),
    ]


def _draw_verdict(sheet: Sheet, check: Check) -> None:
    width = RIGHT - LEFT - 10
    texts = (
        sheet.text("Séries complètes et inchangées" if check.is_sound else "À examiner", STRONG, width),
        sheet.text(check.verdict, BODY, width),
    )
    height = sum(text.height for text in texts) + 6
    sheet.ground(LEFT, sheet.y, RIGHT - LEFT, height)
    sheet.ground(LEFT, sheet.y, 1.2, height, _SOUND if check.is_sound else _UNSOUND)
    sheet.stack(LEFT + 5, sheet.y + 3, texts)
    sheet.y += height + 6


def _draw_anomalies(sheet: Sheet, check: Check) -> None:
    unsound = [report for report in check.reports if not report.is_sound]
    if not unsound:
        return
    _heading(sheet, "Anomalies")
    table = Table(sheet, [Column("Série", 40), Column("Constat", 66), Column("Ce qu’il faut faire", 70)])
    for report in unsound:
        for anomaly in report.anomalies:
            table.row(_anomaly_cells(report, anomaly))
        if report.anomaly_count > len(report.anomalies):
            more = report.anomaly_count - len(report.anomalies)
            table.row([report.code, f"et {formats.plural(more, 'autre anomalie', 'autres anomalies')}.", ""])
    sheet.y += 6


def _anomaly_cells(report: SeriesReport, anomaly: Anomaly) -> list[Cell | str]:
    return [
        Cell(report.code, [report.seller]),
        Cell(anomaly.words, [anomaly.kind.meaning]),
        Cell("", [anomaly.kind.remedy]),
    ]


def _draw_series(sheet: Sheet, check: Check) -> None:
    if not check.reports:
        return
    _heading(sheet, "Séries")
    columns = [
        Column("Vendeur", 44),
        Column("Série", 43),
        Column("Documents", 19, Align.RIGHT),
        Column("Premier n°", 16, Align.RIGHT),
        Column("Dernier n°", 16, Align.RIGHT),
        Column("Constat", 38),
    ]
    table = Table(sheet, columns)
    for report in check.reports:
        table.row(_series_cells(report))
    sheet.y += 5


def _series_cells(report: SeriesReport) -> list[Cell | str]:
    ends = [number.removeprefix(f"{report.code}-") for number in (report.first_number, report.last_number)]
    return [
        Cell(report.seller, [f"{_KINDS[report.kind]} {report.year}"]),
        Cell(report.code, [f"Empreinte {report.last_hash[:_DIGITS_SHOWN]}"] if report.count else []),
        formats.integer(report.count),
        *ends,
        Cell(report.verdict, bold=not report.is_sound),
    ]


def _draw_method(sheet: Sheet) -> None:
    text = sheet.text(_METHOD, SMALL, RIGHT - LEFT)
    sheet.make_room(text.height)
    sheet.y = sheet.write(LEFT, sheet.y, text)


def _heading(sheet: Sheet, words: str) -> None:
    sheet.make_room(30)
    sheet.y = sheet.write(LEFT, sheet.y, sheet.text(words, HEADING, RIGHT - LEFT)) + 1.5
