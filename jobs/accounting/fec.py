"""Write the FEC: what the years before left, then every entry of a fiscal year, day by day, numbered without a gap."""

from typing import BinaryIO

import sqlalchemy as sa

from db.domain.accounting_reports import AccountingFilter
from db.domain.fec import COLUMNS, file_name, line, rows_of
from db.domain.months import days_between
from db.engine import reading
from db.queries.accounting.chart import chart_of_accounts, house, sellers_in_books, validated_months
from db.queries.accounting.entries import entries_of_day, opening_entry
from jobs.makers import Made, Progress


def write_fec(engine: sa.Engine, wanted: AccountingFilter, out: BinaryIO, progress: Progress) -> Made:
    """Write the file; it is UTF-8, one of the encodings that the arrêté allows."""
    with reading(engine) as session:
        chart, of, sellers = chart_of_accounts(session), house(session), sellers_in_books(session)
        validated = validated_months(session)
        opening = opening_entry(session, wanted.first_day, wanted.currency)
    out.write(line(COLUMNS).encode())
    written = 0
    if opening is not None:
        written = 1
        out.writelines(line(row).encode() for row in rows_of(opening, written, chart, sellers, validated))
    for done, day in enumerate(days_between(wanted.first_day, wanted.last_day), start=1):
        with reading(engine) as session:
            entries = entries_of_day(session, day, wanted.currency)
        for place, entry in enumerate(entries, start=written + 1):
            out.writelines(line(row).encode() for row in rows_of(entry, place, chart, sellers, validated))
        written += len(entries)
        progress(done)
    last_day = chart.fiscal_year(wanted.first_day)[1]
    return Made(file_name(of.siren, last_day), "text/plain", written)
