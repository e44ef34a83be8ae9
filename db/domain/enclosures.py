"""What goes with an e-mail, as the outbox keeps it: asked for when it is queued, found when it leaves.

The outbox keeps JSON objects of texts, in one of six forms: ``{"ref", "name"}``, a stored file;
``{"invoice": "current"}``, the invoice that the order has when the e-mail leaves; ``{"document_id": "12"}``, one
document; ``{"statement_file": "7"}``, a statement that is being made; ``{"fee_of_payout": "3"}``, the invoice of the
fees in a payout, where there is one; ``{"chart_file": "9", "currency": "EUR"}``, a picture that is being drawn and is
shown within the text. What was found, or why nothing was, is written beside what was asked for.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum

#: How long an e-mail waits for its document, from the first time it could have left.
PATIENCE = dt.timedelta(minutes=15)
_FIRST_WAIT, _LONGEST_WAIT = dt.timedelta(seconds=5), dt.timedelta(minutes=1)

#: What asks for the invoice that the order has when the e-mail leaves.
CURRENT_INVOICE: Mapping[str, str] = {"invoice": "current"}


class Missing(StrEnum):
    """Why an e-mail left without what was to go with it."""

    NO_INVOICE = "no_invoice"
    NOT_READY = "not_ready"
    NOT_FIT = "not_fit"  # An official check found a fault in it, or its file is damaged.


@dataclass(frozen=True, slots=True)
class Enclosure:
    """One thing that goes with an e-mail; all texts, empty where they say nothing."""

    #: « current » where the order's invoice is asked for.
    invoice: str = ""
    document_id: str = ""
    #: The row in ``files`` of a seller's statement.
    statement_file: str = ""
    #: The payout whose fees are invoiced.
    fee_of_payout: str = ""
    #: The row in ``files`` of a chart, and the currency of its figures.
    chart_file: str = ""
    currency: str = ""
    #: The stored file: its path, what it is called, what it must be, its row in ``files``.
    ref: str = ""
    name: str = ""
    sha256: str = ""
    file_id: str = ""
    #: Of a numbered document.
    number: str = ""
    #: Since when the e-mail waits for it, as ISO 8601.
    waits_since: str = ""
    missing: str = ""

    @property
    def is_looked_up(self) -> bool:
        """Tell whether what it is is found out when the e-mail leaves."""
        return bool(self.invoice or self.document_id or self.is_of_payouts or self.chart_file)

    @property
    def awaited_file(self) -> str:
        """Return the row in ``files`` that is being made for this e-mail, where there is one."""
        return self.statement_file or self.chart_file

    @property
    def content_id(self) -> str:
        """Return by which id the text shows it; empty for what is attached below the text."""
        return f"graphique-{self.chart_file}@resume" if self.chart_file else ""

    @property
    def is_of_payouts(self) -> bool:
        """Tell whether it is about what a seller is paid, which is not for all who read documents."""
        return bool(self.statement_file or self.fee_of_payout)

    @property
    def is_enclosed(self) -> bool:
        """Tell whether there is a file to go with the e-mail."""
        return bool(self.ref)

    def as_asked(self) -> "Enclosure":
        """Return what is asked for, without what was found; an invoice that was found is asked for by itself."""
        if self.document_id:
            return Enclosure(document_id=self.document_id)
        if self.invoice:
            return Enclosure(invoice=self.invoice)
        if self.is_of_payouts:
            return Enclosure(statement_file=self.statement_file, fee_of_payout=self.fee_of_payout)
        if self.chart_file:
            return Enclosure(chart_file=self.chart_file, currency=self.currency)
        return self


def document_enclosure(document_id: int) -> dict[str, str]:
    """Return what asks for one document."""
    return {"document_id": str(document_id)}


def statement_enclosure(file_id: int) -> dict[str, str]:
    """Return what asks for a seller's statement."""
    return {"statement_file": str(file_id)}


def fee_enclosure(payout_id: int) -> dict[str, str]:
    """Return what asks for the invoice of the fees in a payout."""
    return {"fee_of_payout": str(payout_id)}


def chart_enclosure(file_id: int, currency: str) -> dict[str, str]:
    """Return what asks for a chart that the text shows."""
    return {"chart_file": str(file_id), "currency": currency}


def enclosures(kept: Iterable[Mapping[str, str]] | None) -> tuple[Enclosure, ...]:
    """Return what the outbox keeps."""
    return tuple(Enclosure(**{name: each[name] for name in _NAMES if name in each}) for each in kept or ())


def to_kept(found: Iterable[Enclosure]) -> list[dict[str, str]]:
    """Return what the outbox is to keep."""
    return [{name: text for name, text in asdict(each).items() if text} for each in found]


def as_asked(kept: Sequence[Mapping[str, str]] | None) -> list[dict[str, str]] | None:
    """Return what goes with the same e-mail sent once more: what was asked for, found anew."""
    return to_kept(each.as_asked() for each in enclosures(kept)) if kept else None


def enclosed_number(kept: Iterable[Mapping[str, str]] | None) -> str:
    """Return the number of the document that goes with an e-mail; empty where none does."""
    return next((each.number for each in enclosures(kept) if each.is_enclosed and each.number), "")


def has_statement(kept: Iterable[Mapping[str, str]] | None) -> bool:
    """Tell whether a seller's statement goes with an e-mail."""
    return any(each.is_enclosed and each.statement_file for each in enclosures(kept))


def shown_pictures(kept: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """Return where the text of an e-mail finds its charts, by their currency: « cid:… »."""
    return {
        each.currency: f"cid:{each.content_id}" for each in enclosures(kept) if each.is_enclosed and each.content_id
    }


def next_look(waits_since: dt.datetime, now: dt.datetime) -> dt.datetime:
    """Return when an e-mail looks for its document again: soon at first, then after half as long as it waits."""
    return now + min(max(_FIRST_WAIT, (now - waits_since) / 2), _LONGEST_WAIT)


_NAMES = tuple(field.name for field in fields(Enclosure))
