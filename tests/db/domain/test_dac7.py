import datetime as dt
from dataclasses import replace

import pytest

from db.domain.dac7 import (
    Exclusion,
    Quarter,
    SellerFacts,
    Thresholds,
    declared_by,
    exclusion_of,
    missing_of,
    quarter_bounds,
    year_of,
)
from db.domain.snapshot import Nature
from tests.factories import IBAN

COMPANY = SellerFacts(
    name="Maison du thé",
    legal_name="Maison du thé SARL",
    is_person=False,
    nature=Nature.GOODS,
    siren="404833048",
    vat_number="FR83404833048",
    tax_number="",
    street="12 rue de l’Été",
    postcode="35000",
    city="Rennes",
    country_code="FR",
    born_on=None,
    birth_place="",
    iban=IBAN,
    account_holder="",
)
PERSON = replace(
    COMPANY, is_person=True, legal_name="Anne Le Goff", siren="", born_on=dt.date(1980, 5, 17), birth_place="Rennes"
)


@pytest.mark.parametrize(
    ("sales", "cents", "exclusion"),
    [
        # Annex V, section I, B, 4, d: fewer than 30 sales *and* no more than 2,000 €.
        (29, 2_000_00, Exclusion.FEW_SALES),
        (30, 2_000_00, None),
        (29, 2_000_01, None),
        (0, -5_00, Exclusion.FEW_SALES),
    ],
)
def test_few_sales_of_little_money_are_not_declared(sales: int, cents: int, exclusion: Exclusion | None) -> None:
    assert exclusion_of(COMPANY, Quarter(sales, cents), Thresholds(), in_other_currencies=False) is exclusion


@pytest.mark.parametrize("nature", [Nature.SERVICES, Nature.MIXED])
def test_services_are_declared_from_the_first_one(nature: Nature) -> None:
    facts = replace(COMPANY, nature=nature)
    assert exclusion_of(facts, Quarter(1, 10_00), Thresholds(), in_other_currencies=False) is None


def test_what_cannot_be_compared_with_the_limit_is_rather_declared() -> None:
    assert exclusion_of(COMPANY, Quarter(1, 10_00), Thresholds(), in_other_currencies=True) is None


@pytest.mark.parametrize(
    ("country", "is_member"), [("DE", True), ("fr", True), ("", True), ("CH", False), ("MC", False)]
)
def test_sellers_of_the_union_are_declared(country: str, *, is_member: bool) -> None:
    facts = replace(COMPANY, country_code=country)
    found = exclusion_of(facts, Quarter(500, 90_000_00), Thresholds(), in_other_currencies=False)
    assert found is (None if is_member else Exclusion.OUTSIDE_UNION)


def test_the_limits_can_be_set() -> None:
    strict = Thresholds(min_sales=1, max_cents=0)
    assert exclusion_of(COMPANY, Quarter(1, 0), strict, in_other_currencies=False) is None


def test_of_a_complete_sheet_nothing_is_missing() -> None:
    assert missing_of(COMPANY) == []
    assert missing_of(PERSON) == []
    assert missing_of(replace(PERSON, tax_number="1234567890123", birth_place="")) == []


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        (replace(COMPANY, siren="", legal_name=""), ["la raison sociale", "le SIREN"]),
        (replace(COMPANY, country_code="DE", siren=""), ["le numéro fiscal"]),
        (replace(COMPANY, postcode=""), ["l’adresse"]),
        (replace(COMPANY, iban=None), ["l’IBAN"]),
        (replace(COMPANY, iban="FR7630006000011234567890188"), ["l’IBAN"]),
        (replace(PERSON, born_on=None), ["la date de naissance"]),
        (replace(PERSON, birth_place=""), ["le numéro fiscal ou, à défaut, le lieu de naissance"]),
    ],
)
def test_what_is_missing_is_named(facts: SellerFacts, missing: list[str]) -> None:
    assert missing_of(facts) == missing


def test_quarters_begin_at_midnight_in_paris() -> None:
    # Winter time is an hour before UTC, summer time two.
    assert quarter_bounds(2026) == (
        dt.datetime(2025, 12, 31, 23, tzinfo=dt.UTC),
        dt.datetime(2026, 3, 31, 22, tzinfo=dt.UTC),
        dt.datetime(2026, 6, 30, 22, tzinfo=dt.UTC),
        dt.datetime(2026, 9, 30, 22, tzinfo=dt.UTC),
        dt.datetime(2026, 12, 31, 23, tzinfo=dt.UTC),
    )


def test_quarters_add_up_to_the_year() -> None:
    assert year_of([Quarter(1, 30_97, 93), Quarter(), Quarter(2, -5_00, 7), Quarter()]) == Quarter(3, 25_97, 1_00)
    assert declared_by(2026) == dt.date(2027, 1, 31)
