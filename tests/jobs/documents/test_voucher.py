"""The PDF of a voucher: what is left of it, until when, and its code; of one that is worth nothing there is none."""

import io

import sqlalchemy as sa
from pypdf import PdfReader

from db.domain.actor import SYSTEM, Actor
from db.domain.files import FileState
from db.domain.permissions import Role
from db.domain.time import utc_now
from db.domain.vouchers import NewVoucher
from db.engine import transaction
from db.models import Marketplace, Person
from db.services.voucher_cancelling import cancel_voucher
from db.services.voucher_files import ask_for_voucher_file
from db.services.voucher_mail import GivenVoucher
from db.services.voucher_uses import use_voucher
from db.services.vouchers import give_voucher
from jobs.files import make_small_files
from jobs.run import Run
from tests.factories import create_customer, create_person, viewer_for
from tests.jobs.documents.making import content, stored
from tests.jobs.documents.papers.drawing import plain


def asked(run: Run, *, used_cents: int = 0) -> tuple[int, GivenVoucher]:
    """The file of a voucher of 20,00 that finance asked for, and the voucher."""
    now = utc_now()
    with transaction(run.engine) as session:
        session.add(Marketplace(id=1, name="Marché d’ici", email="bonjour@example.org", brand_colour="#ffee00"))
        customer = create_customer(session, "Jeanne Ferrand")
        wanted = NewVoucher(20_00, "k", customer_id=customer.id, note="Avec nos excuses pour le retard.")
        voucher = give_voucher(session, SYSTEM, wanted, now)
        if used_cents:
            use_voucher(session, voucher.code, used_cents, "order-1", "", now)
        fay = Actor.person(viewer_for(create_person(session, Role.FINANCE)))
        return ask_for_voucher_file(session, fay, voucher.id, now), voucher


def text_of(run: Run, file_id: int) -> str:
    row = stored(run.engine, file_id)
    assert (row.state, row.media_type, row.warnings) == (FileState.READY, "application/pdf", [])
    (page,) = PdfReader(io.BytesIO(content(row))).pages
    return plain(page.extract_text())


def test_it_says_for_whom_how_much_and_the_code(run: Run) -> None:
    file_id, voucher = asked(run)
    make_small_files(run)
    text = text_of(run, file_id)
    for said in (voucher.code, "20,00 €", "Jeanne Ferrand", "Marché d’ici", "Avec nos excuses", "bonjour@example.org"):
        assert said in text
    assert "ce qui reste" not in text
    assert stored(run.engine, file_id).name == f"Bon d’achat {voucher.code}.pdf"


def test_after_part_use_it_says_what_is_left(run: Run) -> None:
    file_id, _ = asked(run, used_cents=7_50)
    make_small_files(run)
    text = text_of(run, file_id)
    assert "12,50 €" in text
    assert "ce qui reste de 20,00 €" in text.replace("\n", " ")


def test_one_that_was_cancelled_since_it_was_asked_for_is_not_printed(run: Run) -> None:
    file_id, voucher = asked(run)
    with transaction(run.engine) as session:
        cancel_voucher(session, SYSTEM, voucher.id, 1, "Erreur", utc_now())
    make_small_files(run)
    row = stored(run.engine, file_id)
    assert (row.state, row.error) == (
        FileState.FAILED,
        f"Le bon d’achat {voucher.code} ne peut plus servir\u00a0: il est annulé.",
    )


def test_nothing_is_printed_for_whoever_has_left(run: Run) -> None:
    file_id, _ = asked(run)
    with transaction(run.engine) as session:
        session.execute(sa.update(Person).values(is_active=False))
    make_small_files(run)
    assert stored(run.engine, file_id).state is FileState.FAILED
