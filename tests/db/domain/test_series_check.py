"""The check of one series, from rows made by hand."""

import dataclasses
import datetime as dt
import json

import pytest

from db.domain.continuity import (
    MAX_NAMED,
    Anchor,
    AnomalyKind,
    Check,
    SeriesReport,
    reports_from_json,
    reports_to_json,
)
from db.domain.documents import FIRST_HASH, DocumentKind, document_number
from db.domain.series_check import IssuedRow, RateRow, SeriesFacts, check_series
from db.domain.snapshot_json import chained_hash
from db.domain.vat import VatTotal

NOON = dt.datetime(2026, 11, 21, 11, tzinfo=dt.UTC)
CODE = "F2026-THE"


def said(sequence: int, at: dt.datetime) -> dict[str, object]:
    """What an invoice of 12 € at 20 % states, as far as the check reads it."""
    return {
        "number": document_number(CODE, sequence),
        "series": CODE,
        "sequence": sequence,
        "kind": "invoice",
        "issued_at": at.isoformat(),
        "issued_on": at.date().isoformat(),
        "currency": "EUR",
        "buyer": {"name": "Évelyne Morin", "company": ""},
        "original": None,
        "vat": [{"rate_bp": 2000, "net_cents": 10_00, "vat_cents": 2_00, "gross_cents": 12_00}],
    }


def issued(sequence: int, previous: str, at: dt.datetime | None = None) -> IssuedRow:
    moment = at or NOON + dt.timedelta(minutes=sequence)
    stated = said(sequence, moment)
    rate = RateRow(DocumentKind.INVOICE, 1, moment.date(), "EUR", VatTotal(2000, 10_00, 2_00, 12_00))
    return IssuedRow(
        sequence=sequence,
        number=document_number(CODE, sequence),
        kind=DocumentKind.INVOICE,
        seller_id=1,
        customer_name="Évelyne Morin",
        original="",
        issued_at=moment,
        issued_on=moment.date(),
        currency="EUR",
        net_cents=10_00,
        vat_cents=2_00,
        gross_cents=12_00,
        rates=(rate,),
        snapshot=stated,
        previous_hash=previous,
        content_hash=chained_hash(previous, stated),
    )


def chain(count: int) -> list[IssuedRow]:
    rows: list[IssuedRow] = []
    for sequence in range(1, count + 1):
        rows.append(issued(sequence, rows[-1].content_hash if rows else FIRST_HASH))
    return rows


def facts(rows: list[IssuedRow], **changes: object) -> SeriesFacts:
    last = rows[-1] if rows else None
    found = SeriesFacts(
        code=CODE,
        kind=DocumentKind.INVOICE,
        seller_id=1,
        seller="Maison du thé",
        year=2026,
        last_sequence=last.sequence if last else 0,
        last_issued_at=last.issued_at if last else None,
        last_hash=last.content_hash if last else FIRST_HASH,
    )
    return dataclasses.replace(found, **changes)  # type: ignore[arg-type]


def kinds(report: SeriesReport) -> list[tuple[AnomalyKind, str]]:
    return [(each.kind, each.number.removeprefix(f"{CODE}-")) for each in report.anomalies]


def test_a_whole_series_is_sound_and_says_where_it_begins_and_ends() -> None:
    rows = chain(3)

    report = check_series(facts(rows), rows)

    assert report.is_sound
    assert (report.count, report.first_number, report.last_number) == (3, "F2026-THE-000001", "F2026-THE-000003")
    assert report.anchor == Anchor(3, rows[2].content_hash)
    assert report.verdict == "Complète et inchangée"


def test_a_series_without_documents_is_sound() -> None:
    report = check_series(facts([]), [])

    assert (report.is_sound, report.count, report.verdict) == (True, 0, "Aucun document")


def test_missing_numbers_are_named_as_ranges_and_their_link_is_not_blamed_too() -> None:
    rows = chain(9)
    left = [rows[1], *rows[5:8]]  # 2, 6, 7, 8.

    report = check_series(facts(rows), left)

    assert [(each.number[-1], each.until[-1:], each.count) for each in report.anomalies] == [
        ("1", "", 1),
        ("3", "5", 3),
        ("9", "", 1),
    ]
    assert [each.words for each in report.anomalies] == [
        "Le numéro F2026-THE-000001 manque.",
        "Les 3 numéros de F2026-THE-000003 à F2026-THE-000005 manquent.",
        "Le numéro F2026-THE-000009 manque.",
    ]


def test_a_number_borne_twice_is_doubled_and_the_forged_one_breaks_the_chain() -> None:
    rows = chain(3)
    forged = issued(2, "f" * 64)

    report = check_series(facts(rows), [rows[0], rows[1], forged, rows[2]])

    assert kinds(report) == [(AnomalyKind.LINK_BROKEN, "000002"), (AnomalyKind.DOUBLED, "000002")]
    assert report.anomalies[1].words == "Le numéro F2026-THE-000002 est porté par 2 documents."


def test_a_document_dated_before_the_one_before_it_is_out_of_order() -> None:
    first = issued(1, FIRST_HASH, NOON)
    second = issued(2, first.content_hash, NOON - dt.timedelta(hours=2))

    report = check_series(facts([first, second]), [first, second])

    assert kinds(report) == [(AnomalyKind.OUT_OF_ORDER, "000002")]
    assert report.anomalies[0].words == (
        "F2026-THE-000002 est daté du 21/11/2026 10:00, avant F2026-THE-000001 (21/11/2026 12:00)."
    )


def test_a_content_that_was_changed_is_told_and_so_is_one_whose_hash_was_made_anew() -> None:
    rows = chain(3)
    changed = said(2, rows[1].issued_at) | {"buyer": {"name": "Évelyne Morin", "company": "", "street": "ailleurs"}}
    naive = dataclasses.replace(rows[1], snapshot=changed)
    clever = dataclasses.replace(naive, content_hash=chained_hash(naive.previous_hash, changed))

    assert kinds(check_series(facts(rows), [rows[0], naive, rows[2]])) == [(AnomalyKind.CONTENT_CHANGED, "000002")]
    assert kinds(check_series(facts(rows), [rows[0], clever, rows[2]])) == [(AnomalyKind.LINK_BROKEN, "000003")]


def test_a_chain_made_anew_as_a_whole_is_not_the_one_that_an_earlier_check_read() -> None:
    rows, other = chain(3), chain(2)
    known = check_series(facts(rows), rows).anchor
    paid_more = said(3, rows[2].issued_at) | {"buyer": {"name": "Une autre", "company": ""}}
    third = dataclasses.replace(
        rows[2],
        snapshot=paid_more,
        customer_name="Une autre",
        content_hash=chained_hash(rows[1].content_hash, paid_more),
    )
    rewritten = [*other, third]

    report = check_series(facts(rewritten), rewritten, known)

    assert kinds(report) == [(AnomalyKind.REWRITTEN, "000003")]
    assert report.anchor == known  # The next check tells it again.


def test_an_end_that_was_cut_off_with_its_counter_is_missed_by_the_next_check() -> None:
    rows = chain(3)
    known = check_series(facts(rows), rows).anchor

    report = check_series(facts(rows[:2]), rows[:2], known)

    assert kinds(report) == [(AnomalyKind.MISSING, "000003")]
    assert report.anchor == known


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"gross_cents": 13_00, "net_cents": 11_00}, "montants"),
        ({"number": "F2026-THE-000009"}, "numéro"),
        ({"issued_on": dt.date(2026, 11, 22)}, "date"),
        ({"customer_name": "Une autre"}, "client"),
        ({"currency": "USD"}, "devise"),
        ({"original": "F2026-THE-000007"}, "facture d’origine"),
        ({"rates": ()}, "TVA par taux"),
        ({"seller_id": 2}, "vendeur"),
    ],
)
def test_columns_that_say_otherwise_than_the_document_are_named(changes: dict[str, object], words: str) -> None:
    rows = chain(1)
    row = dataclasses.replace(rows[0], **changes)  # type: ignore[arg-type]

    report = check_series(facts(rows), [row])

    assert [(each.kind, each.detail) for each in report.anomalies] == [(AnomalyKind.COLUMNS_DIFFER, words)]


@pytest.mark.parametrize("content", [None, {}, {"vat": 3}])
def test_a_content_that_cannot_be_read_any_more_is_reported_not_raised(content: dict[str, object] | None) -> None:
    rows = chain(1)

    report = check_series(facts(rows), [dataclasses.replace(rows[0], snapshot=content)])

    assert report.anomalies[0].kind is AnomalyKind.CONTENT_CHANGED


def test_numbers_beyond_those_the_series_gave_are_told() -> None:
    rows = chain(3)

    report = check_series(facts(rows[:2]), rows)

    assert kinds(report) == [(AnomalyKind.NOT_GIVEN, "000003")]


def test_a_counter_that_leads_to_another_document_is_told() -> None:
    rows = chain(2)

    report = check_series(facts(rows, last_hash="0" * 64), rows)

    assert kinds(report) == [(AnomalyKind.SERIES_DIFFERS, "000002")]


def test_a_series_that_is_wrong_throughout_is_counted_but_not_named_to_the_end() -> None:
    rows = [issued(sequence, "f" * 64) for sequence in range(1, MAX_NAMED + 51)]

    report = check_series(facts(rows), rows)

    assert (len(report.anomalies), report.anomaly_count) == (MAX_NAMED, MAX_NAMED + 50)


def test_a_report_is_the_same_after_it_was_kept_as_json() -> None:
    rows = chain(3)
    reports = [check_series(facts(rows), rows[:2]), check_series(facts(rows), rows)]

    assert reports_from_json(json.loads(json.dumps(reports_to_json(reports)))) == reports


def checked(*reports: SeriesReport) -> Check:
    return Check(1, NOON, "", None, reports)


def test_the_verdict_is_one_calm_sentence() -> None:
    rows = chain(3)
    sound, cut = check_series(facts(rows), rows), check_series(facts(rows), rows[:2])

    assert checked().verdict == "Aucun document n’a encore été établi."
    assert checked(sound, sound).verdict == (
        "6\u00a0documents dans 2\u00a0séries\u00a0: aucun numéro ne manque, aucun n’est en double, les dates se "
        "suivent et aucun document n’a été modifié."
    )
    assert checked(sound, cut).verdict == (
        "5\u00a0documents dans 2\u00a0séries\u00a0: 1\u00a0anomalie dans la série F2026-THE."
    )
    assert (checked(sound).is_sound, checked(sound, cut).is_sound) == (True, False)


def test_a_check_is_read_of_one_year_or_one_seller_alone() -> None:
    report = check_series(facts([]), [])
    other = dataclasses.replace(report, seller_id=2, year=2025)
    whole = checked(report, other)

    assert whole.of(None, None) == dataclasses.replace(whole, reports=[report, other])
    assert whole.of(2025, None).reports == [other]
    assert whole.of(None, 1).reports == [report]
    assert whole.of(2025, 1).reports == []
