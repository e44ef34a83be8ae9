"""Finances › Commissions: what was invoiced, to whom, what it comes to, and what waits for which reason."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from db.domain.errors import NotAllowedError
from db.domain.fee_filter import FeeFilter, FeeTab
from db.domain.files import FileUnavailableError
from db.domain.payouts import FeeInvoicing
from db.domain.permissions import Role
from db.domain.viewer import Viewer
from db.models import Seller
from db.queries.fee_invoices import (
    FeeDocumentNotFoundError,
    FeeTotals,
    fee_detail,
    fee_page,
    fee_totals,
)
from db.queries.files import file_row
from db.services.fee_invoices.waiting import waiting_fees
from tests.conftest import NOW
from tests.factories import ADMIN, create_payee, create_person, viewer_for
from tests.fees import create_house, document, give_back, invoice_all, paid, sell
from tests.payouts import TODAY, pays


@pytest.fixture
def sellers(session: Session) -> list[Seller]:
    """One with an invoice and a credit note, one with an invoice."""
    create_house(session)
    pays(session)
    first, second = create_payee(session, "Thé"), create_payee(session, "Livres")
    order = sell(session, first)
    paid(session, first)
    invoice_all(session)
    give_back(session, order)
    sell(session, first, 100_00, 50)
    paid(session, first)
    invoice_all(session)
    sell(session, second, 200_00, 6_00)
    paid(session, second)
    invoice_all(session)
    return [first, second]


def viewer_of(session: Session, seller: Seller) -> Viewer:
    return viewer_for(create_person(session, Role.SELLER, seller_id=seller.id))


def numbers(session: Session, viewer: Viewer = ADMIN, **wanted: object) -> list[str]:
    return [row.number for row in fee_page(session, viewer, FeeFilter(**wanted)).rows]


def test_all_are_listed_newest_first(session: Session, sellers: list[Seller]) -> None:
    assert numbers(session) == ["FC2026-000002", "AC2026-000001", "FC2026-000001"]


def test_a_seller_sees_its_own_alone(session: Session, sellers: list[Seller]) -> None:
    viewer = viewer_of(session, sellers[1])
    assert numbers(session, viewer) == ["FC2026-000002"]
    assert [each.gross_cents for each in fee_totals(session, viewer, FeeFilter())] == [6_00]
    own, other = document(session, "FC2026-000002"), document(session, "FC2026-000001")
    assert fee_detail(session, viewer, own.id).row.number == "FC2026-000002"
    assert file_row(session, viewer, own.file_id).title == "Facture FC2026-000002 de 6,00\u00a0€"
    with pytest.raises(FeeDocumentNotFoundError):
        fee_detail(session, viewer, other.id)
    with pytest.raises(FileUnavailableError):
        file_row(session, viewer, other.file_id)


def test_who_may_not_read_payouts_sees_none(session: Session) -> None:
    support = viewer_for(create_person(session, Role.SUPPORT))
    with pytest.raises(NotAllowedError):
        fee_page(session, support, FeeFilter())
    with pytest.raises(NotAllowedError):
        waiting_fees(session, support, NOW)


def test_totals_subtract_credit_notes(session: Session, sellers: list[Seller]) -> None:
    # 0.93 − 0.43 + 6.00 = 6.50 €; nets 0.78 − 0.36 + 5.00 = 5.42 €.
    assert fee_totals(session, ADMIN, FeeFilter()) == [FeeTotals("EUR", 3, 5_42, 1_08, 6_50)]


def test_filters_narrow_the_list(session: Session, sellers: list[Seller]) -> None:
    assert numbers(session, tab=FeeTab.CREDIT_NOTES) == ["AC2026-000001"]
    assert numbers(session, tab=FeeTab.INVOICES, seller_id=sellers[0].id) == ["FC2026-000001"]
    assert numbers(session, text="ac2026") == ["AC2026-000001"]
    assert numbers(session, first_day=TODAY + dt.timedelta(days=1)) == []
    assert numbers(session, text="\x00") == []


def test_a_payout_s_reference_finds_its_document(session: Session, sellers: list[Seller]) -> None:
    detail = fee_detail(session, ADMIN, document(session, "FC2026-000002").id)
    (payout,) = detail.payouts
    assert (payout.fee_cents, detail.stated.payouts) == (-6_00, (payout.reference,))
    assert numbers(session, text=payout.reference) == ["FC2026-000002"]


def test_pages_follow_one_another(session: Session, sellers: list[Seller], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.queries.fee_invoices.PAGE_SIZE", 2)
    first = fee_page(session, ADMIN, FeeFilter())
    assert (first.has_newer, first.has_older, len(first.rows)) == (False, True, 2)
    second = fee_page(session, ADMIN, FeeFilter(), before=first.rows[-1].id)
    assert [row.number for row in second.rows] == ["FC2026-000001"]
    assert (second.has_newer, second.has_older) == (True, False)
    assert fee_page(session, ADMIN, FeeFilter(), after=second.rows[0].id).rows == first.rows


def test_what_waits_says_for_what(session: Session) -> None:
    create_house(session)
    pays(session)
    incomplete = create_payee(session, "Livres", city="")
    for seller in (create_payee(session, "Thé"), incomplete):
        sell(session, seller)
        paid(session, seller)
    blocked, other = waiting_fees(session, ADMIN, NOW)
    assert (blocked.seller_name, blocked.is_blocked, blocked.fee_cents, blocked.payout_count) == ("Livres", True, 93, 1)
    assert "il manque l’adresse" in blocked.why
    assert (other.seller_name, other.is_blocked, other.why) == ("Thé", False, "Dans un instant, d’elles-mêmes.")
    assert waiting_fees(session, viewer_of(session, incomplete), NOW) == []
    create_house(session, vat_number="")
    assert all("le numéro de TVA" in each.why for each in waiting_fees(session, ADMIN, NOW))
    create_house(session)
    pays(session, fee_invoicing=FeeInvoicing.MONTHLY)
    assert waiting_fees(session, ADMIN, NOW)[1].why.startswith("Le 01/12/2026")
