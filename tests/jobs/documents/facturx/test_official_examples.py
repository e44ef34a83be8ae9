"""The official examples of EN 16931, sold at VAT-inclusive prices, come to their official totals.

Seven examples of the standard's authors, whose arithmetic is exact (../shared/data/README.md). What they bill without
VAT we sell with it: net price × quantity × (1 + rate). Their bases, VAT and totals must come out, through our rule of
VAT-inclusive prices and in our own XML.
"""

import json
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from db.domain.vat import totals_per_rate
from jobs.documents.facturx.cii import cii
from jobs.documents.facturx.validation import faults
from tests.jobs.documents import samples
from tests.jobs.documents.facturx.reading import rates, totals

Example = dict[str, Any]


@pytest.fixture
def examples(shared_data: Path) -> list[Example]:
    stored = shared_data / "einvoice" / "expected_totals.json"
    if not stored.exists():
        pytest.skip(f"not there: {stored}")
    return json.loads(stored.read_text(encoding="utf-8"))


def sold(example: Example) -> Iterator[tuple[int, int]]:
    """Return rate and VAT-inclusive cents of each line, and of each allowance or charge on the whole."""
    for line in example["lines"]:
        extra = sum((signed(each) for each in line["allowances"]), Decimal())
        yield with_vat(Decimal(line["net_price"]) * Decimal(line["qty"]) + extra, line["vat_rate"])
    for each in example["doc_allowances_charges"]:
        yield with_vat(signed(each), each["vat_rate"])


def signed(each: Example) -> Decimal:
    return Decimal(each["amount"]) * (1 if each["charge"] == "true" else -1)


def with_vat(net: Decimal, rate: str | None) -> tuple[int, int]:
    percent = Decimal(rate or 0)
    gross = (net * (100 + percent)).quantize(Decimal(1), ROUND_HALF_UP)
    return int(percent * 100), int(gross)


def cents(text: str | None) -> int:
    return int(Decimal(text or 0) * 100)


def official(example: Example) -> list[tuple[int, int, int]]:
    found = example["vat_breakdown"]
    return sorted((cents(each["rate"]), cents(each["base"]), cents(each["amount"])) for each in found)


@pytest.mark.real_data
def test_the_rule_of_inclusive_prices_gives_the_official_bases_and_vat(examples: list[Example]) -> None:
    assert len(examples) == 7
    for example in examples:
        ours = totals_per_rate(sold(example))
        assert [(each.rate_bp, each.net_cents, each.vat_cents) for each in ours] == official(example), example["file"]
        assert sum(each.gross_cents for each in ours) == cents(example["totals"]["grand_total"])


@pytest.mark.real_data
def test_our_xml_of_the_same_sales_states_the_official_totals(examples: list[Example]) -> None:
    compared = 0
    for example in examples:
        lines = list(sold(example))
        if any(gross < 0 for _, gross in lines):
            continue  # Our documents have no line below zero: a discount is its line's own.
        snapshot = samples.sample(
            [samples.line("Article", gross, rate_bp=rate) for rate, gross in lines],
            currency=example["currency"],
            paid_cents=cents(example["totals"]["prepaid"]),
        )
        xml, expected = cii(snapshot), example["totals"]
        stated = totals(xml)
        assert faults(xml) == []
        assert [(rate, base, vat) for rate, _, base, vat in rates(xml)] == official(example)
        names = {"net": "tax_basis", "vat": "tax_total", "gross": "grand_total", "due": "due"}
        for ours, theirs in names.items():
            assert stated[ours] == cents(expected[theirs]), (example["file"], theirs)
        compared += 1
    assert compared == 5
