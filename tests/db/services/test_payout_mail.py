"""What sellers are told of their payouts, and what goes with it."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.files import FileKind, FileState
from db.domain.ledger import LedgerKind
from db.domain.mail import EmailTemplate, OutboxState, RecipientKind
from db.domain.payout_statements import OfPayout, statement_of_json
from db.domain.payouts import FeeInvoicing, PayoutEvent
from db.emails.rendering import render_batch
from db.emails.types import OutgoingEmail
from db.models import FeeDocument, FeeSeries, OutboxMessage, Payout, StoredFile
from db.services.outbox_claims import Claim, claim_due
from db.services.payout_mail import tell_seller_paid, tell_seller_rejected
from db.services.payouts.marking import mark_paid, reject
from tests.conftest import NOW
from tests.factories import book, create_payee
from tests.payouts import TODAY, exported, finance, history, pays, prepare, prepared

MINUTE = dt.timedelta(minutes=1)
EMAIL = "the@example.org"


def letters(session: Session) -> list[OutboxMessage]:
    session.expire_all()
    return list(session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)))


def claim(session: Session, now: dt.datetime) -> list[OutgoingEmail]:
    session.expire_all()
    return claim_due(session, Claim("me", "essai", 8, now + 2 * MINUTE), render_batch, now)


def statement_file(session: Session) -> StoredFile:
    return session.scalars(sa.select(StoredFile).where(StoredFile.kind == FileKind.PAYOUT_STATEMENT)).one()


def is_made(session: Session, file: StoredFile, name: str) -> None:
    """What the worker writes once a file is stored."""
    file.state, file.ref, file.sha256, file.name = FileState.READY, f"made/{file.id}", "ab" * 32, name
    session.flush()


def with_fees(session: Session) -> Payout:
    """31,90 € sold, 0,93 € of fees: 30,97 € net."""
    payee = create_payee(session, email=EMAIL)
    book(session, payee, 31_90, TODAY)
    book(session, payee, -93, TODAY, LedgerKind.FEE)
    return prepare(session, payee)


def invoice(session: Session, payout: Payout) -> FeeDocument:
    """The invoice of a payout's fees, as the job that issues them leaves it."""
    file = StoredFile(kind=FileKind.FEE_DOCUMENT, title="FC2026-000001", arguments={}, asked_at=NOW)
    series = FeeSeries(code="FC2026", year=2026, last_hash="")
    session.add_all([file, series])
    session.flush()
    issued = FeeDocument(
        series_id=series.id, sequence=1, number="FC2026-000001", is_credit_note=False, seller_id=payout.seller_id,
        cause=f"payout:{payout.id}", first_on=TODAY, last_on=TODAY, issued_at=NOW, issued_on=TODAY, currency="EUR",
        net_cents=78, vat_cents=15, gross_cents=93, snapshot={}, previous_hash="", content_hash="", file_id=file.id,
    )  # fmt: skip
    session.add(issued)
    session.flush()
    payout.fee_document_id = issued.id
    session.flush()
    return issued


def test_a_seller_that_is_paid_is_told_what_it_adds_up_from_with_its_statement(session: Session) -> None:
    payout = with_fees(session)
    payout.paid_on, payout.iban = dt.date(2026, 11, 23), "FR1420041010050500013M02606"
    assert tell_seller_paid(session, SYSTEM, payout, NOW) == EMAIL
    (letter,) = letters(session)
    assert (letter.recipient, letter.recipient_kind, letter.order_id) == (EMAIL, RecipientKind.SELLER, None)
    assert statement_of_json(statement_file(session).arguments) == OfPayout(payout.id)
    assert "2004101005" not in str(letter.variables)  # Of the account, only what is shown.

    is_made(session, statement_file(session), "releve.pdf")
    issued = invoice(session, payout)
    is_made(session, session.get_one(StoredFile, issued.file_id), "FC2026-000001.pdf")
    (email,) = claim(session, NOW)
    assert [each.name for each in email.attachments] == ["releve.pdf", "FC2026-000001.pdf"]
    text = email.content.text
    for said in (
        "Bonjour Maison du thé,",
        "Nous vous avons versé 30,97\u00a0€ sur le compte FR14 •••• •••• 2606 le lundi 23 novembre 2026.",
        f"REV-{payout.id:06d}",
        "Ventes\u00a0: 31,90\u00a0€",
        "Commissions\u00a0: −0,93\u00a0€",
        "Total versé\u00a0: 30,97\u00a0€",
        "Le relevé joint à cet e-mail donne le détail, commande par commande.",
        "La facture de nos commissions, FC2026-000001, y est jointe aussi.",
        f"/reversement?r={payout.id}",
    ):
        assert said in text, said
    assert history(session, payout)[-1] == ("notified", f"Vendeur : reversement – {EMAIL}")


def test_the_email_waits_for_its_statement_and_for_the_invoice_that_is_to_come(session: Session) -> None:
    payout = with_fees(session)
    tell_seller_paid(session, SYSTEM, payout, NOW)
    assert claim(session, NOW) == []
    is_made(session, statement_file(session), "releve.pdf")
    assert claim(session, NOW + MINUTE) == []  # The fees are invoiced in a moment.
    issued = invoice(session, payout)
    assert claim(session, NOW + 3 * MINUTE) == []  # The invoice is being drawn.
    is_made(session, session.get_one(StoredFile, issued.file_id), "FC2026-000001.pdf")
    (email,) = claim(session, NOW + 6 * MINUTE)
    assert len(email.attachments) == 2


def test_after_a_quarter_of_an_hour_it_leaves_with_what_there_is(session: Session) -> None:
    payout = with_fees(session)
    tell_seller_paid(session, SYSTEM, payout, NOW)
    is_made(session, statement_file(session), "releve.pdf")
    assert claim(session, NOW) == []
    (email,) = claim(session, NOW + 16 * MINUTE)
    assert [each.name for each in email.attachments] == ["releve.pdf"]
    assert "facture" not in email.content.text
    assert (letters(session)[0].attachments or [])[1] == {"fee_of_payout": str(payout.id), "missing": "not_ready"}


def test_fees_that_are_invoiced_by_the_month_keep_no_email_back(session: Session) -> None:
    pays(session, fee_invoicing=FeeInvoicing.MONTHLY)
    tell_seller_paid(session, SYSTEM, with_fees(session), NOW)
    is_made(session, statement_file(session), "releve.pdf")
    (email,) = claim(session, NOW)
    assert [each.name for each in email.attachments] == ["releve.pdf"]


def test_a_statement_that_cannot_be_made_is_not_promised(session: Session) -> None:
    payout = prepared(session, create_payee(session, email=EMAIL))
    tell_seller_paid(session, SYSTEM, payout, NOW)
    statement_file(session).state = FileState.FAILED
    session.flush()
    (email,) = claim(session, NOW)
    assert email.attachments == ()
    assert "Le détail, commande par commande, est dans votre compte." in email.content.text


def test_a_seller_without_an_address_is_told_nothing_and_nothing_is_made_for_it(session: Session) -> None:
    payout = prepared(session, create_payee(session, email="  "))
    assert tell_seller_paid(session, SYSTEM, payout, NOW) == ""
    assert tell_seller_rejected(session, SYSTEM, payout, NOW) == ""
    assert letters(session) == []
    assert session.scalar(sa.select(sa.func.count()).select_from(StoredFile)) == 0


def test_whoever_marks_a_payout_paid_tells_its_seller_once_the_undo_window_is_over(session: Session) -> None:
    payout = exported(session, create_payee(session, email=EMAIL))
    mark_paid(session, finance(session), payout.id, payout.version, TODAY, NOW)
    (letter,) = letters(session)
    assert (letter.template, letter.state) == (EmailTemplate.SELLER_PAYOUT, OutboxState.HELD)
    assert letter.due_at == NOW + MINUTE


def test_what_was_paid_by_hand_is_told_by_the_reference_of_its_transfer(session: Session) -> None:
    payout = prepared(session, create_payee(session, email=EMAIL))
    payout.paid_on, payout.payment_reference = TODAY, "VIR 4711"
    tell_seller_paid(session, SYSTEM, payout, NOW)
    (letter,) = letters(session)
    text = render_batch(session, [letter], NOW)[letter.id].text
    assert "Le virement porte la référence VIR 4711." in text


def test_a_seller_whose_transfer_came_back_is_told_why_and_what_to_do(session: Session) -> None:
    payout = exported(session, create_payee(session, email=EMAIL))
    reject(session, finance(session), payout.id, payout.version, "AC04", "compte clôturé", TODAY, NOW)
    letter = letters(session)[-1]
    assert letter.template is EmailTemplate.SELLER_PAYOUT_REJECTED
    made = render_batch(session, [letter], NOW)[letter.id]
    for said in ("100,00\u00a0€", "AC04", "compte clôturé", "cette somme vous reste due", "FR14 •••• •••• 2606"):
        assert said in made.text, said
    assert PayoutEvent.NOTIFIED.value in [event for event, _ in history(session, payout)]
