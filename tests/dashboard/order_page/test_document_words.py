"""What is said of the order's invoices and credit notes."""

import datetime as dt
from dataclasses import replace

import pytest

from dashboard.order_page.document_words import document_words, fault_words, owed_words, sent_words
from dashboard.order_page.timeline import Link, timeline_entry
from db.domain.documents import DocumentKind
from db.domain.files import FileState
from db.domain.mail import OutboxState
from db.domain.orders import ActorKind, HistoryEvent
from db.queries.order_documents import OrderDocument, OrderDocuments, OwedDocument
from db.queries.order_rows import HistoryEntry
from db.services.outbox import MAIL_WAITS_FOR_ITS_TASK
from tests.conftest import NOW
from tests.dashboard.order_page.test_timeline import MAIL

INVOICE = OrderDocument(
    id=12,
    kind=DocumentKind.INVOICE,
    number="F2026-THE-000001",
    issued_on=dt.date(2026, 11, 21),
    gross_cents=61_31,
    currency="EUR",
    original_id=None,
    file_id=7,
    state=FileState.READY,
    is_flagged=False,
)
CREDIT_NOTE = replace(INVOICE, id=13, kind=DocumentKind.CREDIT_NOTE, number="AV1", gross_cents=-61_31, original_id=12)
BEARS = [{"document_id": "12", "ref": "document/1", "name": "F.pdf"}]


def plain(text: str) -> str:
    """Markdown without its backslashes."""
    return text.replace("\\", "")


def test_a_document_is_named_dated_and_its_file_told() -> None:
    alone = OrderDocuments((INVOICE,))
    assert plain(document_words(INVOICE, alone)) == "**Facture F2026-THE-000001** · 21/11/2026 · 61,31\u00a0€"
    assert "en préparation" in document_words(replace(INVOICE, state=FileState.MAKING), alone)
    assert "à vérifier" in document_words(replace(INVOICE, is_flagged=True), alone)
    assert "à vérifier" in document_words(replace(INVOICE, state=FileState.DAMAGED), alone)


def test_an_invoice_says_that_it_was_credited_and_a_credit_note_which_invoice_it_credits() -> None:
    whole = OrderDocuments((INVOICE, CREDIT_NOTE))
    assert document_words(INVOICE, whole).endswith(" · Soldée par avoir")
    assert plain(document_words(CREDIT_NOTE, whole)).endswith(" · sur F2026-THE-000001")
    partly = OrderDocuments((INVOICE, replace(CREDIT_NOTE, gross_cents=-12_50)))
    assert document_words(INVOICE, partly).endswith(" · En partie portée en avoir")


def test_a_fault_names_its_rule() -> None:
    flagged = replace(INVOICE, is_flagged=True, faults=[{"rule": "BR-16", "text": "Il manque une ligne."}])
    assert "BR-16\u00a0: Il manque une ligne." in plain(fault_words(flagged))
    assert fault_words(INVOICE) == ""
    assert "Polices absentes" in plain(fault_words(replace(INVOICE, state=FileState.FAILED, error="Polices absentes.")))


@pytest.mark.parametrize(
    ("mail", "words"),
    [
        ({"state": OutboxState.DELIVERED, "attachments": BEARS}, "Envoyée à e.morin@example.org · 10:30"),
        ({"state": OutboxState.HELD, "attachments": [{"document_id": "12"}]}, "Retenu pour e.morin@example.org"),
        ({"state": OutboxState.CANCELLED, "attachments": BEARS}, ""),
        ({"state": OutboxState.SENT, "attachments": [{"document_id": "12", "missing": "not_ready"}]}, ""),
        ({"state": OutboxState.SENT, "attachments": [{"document_id": "13", "ref": "x"}]}, ""),
        ({"state": OutboxState.SENT, "attachments": None}, ""),
    ],
)
def test_whom_it_went_to_last_is_said(mail: dict[str, object], words: str) -> None:
    assert plain(sent_words(INVOICE, [replace(MAIL, **mail)], NOW)) == words


def test_what_is_to_come_says_when_or_why_not() -> None:
    owed = OwedDocument(DocumentKind.INVOICE, NOW, "")
    assert owed_words(owed, "dans 40\u00a0s").endswith("**Facture à venir**\u00a0: elle sera établie dans 40\u00a0s.")
    waiting = OwedDocument(DocumentKind.CREDIT_NOTE, MAIL_WAITS_FOR_ITS_TASK, "")
    assert owed_words(waiting, "").endswith("il sera établi à la fin de l’action groupée.")
    assert "La fiche est incomplète" in plain(owed_words(replace(owed, error="La fiche est incomplète"), ""))


def test_the_current_invoice_is_the_one_that_still_claims() -> None:
    assert OrderDocuments((INVOICE,)).current_invoice == INVOICE
    assert OrderDocuments((INVOICE, CREDIT_NOTE)).current_invoice is None
    second = replace(INVOICE, id=14)
    assert OrderDocuments((INVOICE, CREDIT_NOTE, second)).current_invoice == second
    assert OrderDocuments(owed=(OwedDocument(DocumentKind.INVOICE, NOW, "Bloquée"),)).is_moving is False


def entry(event: HistoryEvent, **after: object) -> HistoryEntry:
    return HistoryEntry(1, NOW, ActorKind.SYSTEM, None, "", event, {}, {"document_id": 12, "number": "F1"} | after, "")


def test_the_history_links_to_the_file_of_a_document() -> None:
    issued = entry(HistoryEvent.DOCUMENT_ISSUED, kind="invoice", amount_cents=61_31)
    told = timeline_entry(issued, "EUR", NOW, documents={12: "/fichiers/7"})
    assert (told.what, told.link, told.details) == (
        "Facture établie",
        Link("F1", "/fichiers/7"),
        ("61,31\u00a0€",),
    )
    assert timeline_entry(issued, "EUR", NOW).link == Link("F1", "")
    sent = timeline_entry(entry(HistoryEvent.DOCUMENT_SENT, template="credit_note", recipient="a@x.fr"), "EUR", NOW)
    assert (sent.what, sent.details) == ("Avoir envoyé par e-mail", ("à a@x.fr",))
