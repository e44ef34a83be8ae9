"""Write a numbered document as Factur-X: Cross Industry Invoice, profile EN 16931.

The terms are named by their numbers in EN 16931-1 (« BT-112 », « BG-25 »), as everybody does who works with it.
"""

from collections.abc import Sequence
from threading import Lock
from typing import Any, cast

from facturx.generate_xml import generate_cii_xml

from db.domain.snapshot import FeeSnapshot, Mention, Numbered, Original, Snapshot, VatCategory
from jobs.documents.facturx.lines import line, vat
from jobs.documents.facturx.parties import buyer, delivered_to, payee, seller
from jobs.documents.facturx.payment import means, process, terms, totals
from jobs.documents.facturx.values import stated, text

PROFILE = "en16931"
#: UNTDID 1001.
_INVOICE, _CREDIT_NOTE = "380", "381"
#: General information, UNTDID 4451.
_GENERAL = "AAI"

#: The package changes tables of its own while it works.
_one_at_a_time = Lock()


class NotStatableError(Exception):
    """No XML can state the document, as where its currency is none."""


def cii(snapshot: Numbered) -> bytes:
    """Return a document's XML; the same document gives the same bytes.

    Raises:
        NotStatableError: The document cannot be stated at all.
    """
    terms_stated = _terms(snapshot)
    try:
        with _one_at_a_time:
            # Validated by ``validation.faults``, which names what is wrong instead of raising.
            xml = generate_cii_xml(terms_stated, level=PROFILE, check_xsd=False, check_schematron=False)
    except ValueError as error:
        raise NotStatableError(str(error)) from error
    return cast("bytes", xml)


def _terms(snapshot: Numbered) -> dict[str, Any]:
    """Return what is stated; the amounts of a credit note are positive, as its type says that it gives back."""
    sign = -1 if snapshot.is_credit_note else 1
    categories = {each.rate_bp: each.category for each in snapshot.vat}
    return stated(
        **{
            "BT-1": text(snapshot.number),
            "BT-2": snapshot.issued_on,
            "BT-3": _CREDIT_NOTE if snapshot.is_credit_note else _INVOICE,
            "BT-5": snapshot.currency,
            "BT-23": process(snapshot),
            "BG-1": _notes(snapshot),
            "BG-4": seller(snapshot.issuer),
            "BG-7": buyer(snapshot.buyer, snapshot.billing),
            "BG-23": [vat(each, sign) for each in snapshot.vat],
            "BG-25": [line(number, each, sign, categories) for number, each in enumerate(snapshot.lines, start=1)],
            **_of_its_kind(snapshot, categories),
            **means(snapshot),
            **terms(snapshot),
            **totals(snapshot, sign),
        }
    )


def _of_its_kind(snapshot: Numbered, categories: dict[int, VatCategory]) -> dict[str, Any]:
    match snapshot:
        case Snapshot():
            return _of_sale(snapshot, categories)
        case FeeSnapshot():
            return _of_fees(snapshot)
    raise NotStatableError(type(snapshot).__name__)


def _of_sale(snapshot: Snapshot, categories: dict[int, VatCategory]) -> dict[str, Any]:
    return {
        "BT-14": text(snapshot.order_number),
        "BG-3": _preceding([snapshot.original] if snapshot.original else []),
        "BG-10": payee(snapshot),
        "BG-13": delivered_to(snapshot),
        **_supplied(snapshot, categories),
    }


def _of_fees(snapshot: FeeSnapshot) -> dict[str, Any]:
    """Return when a service was rendered: its period and its last day; nobody else is paid for it."""
    return {
        "BG-3": _preceding(snapshot.originals),
        "BT-72": snapshot.last_on,
        "BT-73": snapshot.first_on,
        "BT-74": snapshot.last_on,
    }


def _supplied(snapshot: Snapshot, categories: dict[int, VatCategory]) -> dict[str, Any]:
    """Return the day of the supply; a sale to a company of the Union that has none yet states the invoiced period."""
    if snapshot.delivery.delivered_on:
        return {"BT-72": snapshot.delivery.delivered_on}
    if VatCategory.INTRA_COMMUNITY in categories.values():
        return {"BT-73": min(snapshot.placed_on, snapshot.issued_on), "BT-74": snapshot.issued_on}
    return {}


def _notes(snapshot: Numbered) -> list[dict[str, str]]:
    said = [*snapshot.mentions, *([Mention(_GENERAL, snapshot.reason)] if snapshot.reason else [])]
    return [{"BT-21": each.code, "BT-22": words} for each in said if (words := text(each.text))]


def _preceding(originals: Sequence[Original]) -> list[dict[str, Any]]:
    return [{"BT-25": text(each.number), "BT-26": each.issued_on} for each in originals]
