"""The page of one payout, as finance and its seller see it."""

import datetime as dt

import pytest
import sqlalchemy as sa

from db.domain.actor import SYSTEM
from db.domain.files import FileKind
from db.domain.ledger import LedgerKind
from db.domain.payouts import PayoutState, reference_of
from db.domain.permissions import Role
from db.domain.time import local_day, utc_now
from db.engine import reading, transaction
from db.models import Payout, StoredFile
from db.services.payouts.preparing import prepare_seller
from tests.dashboard.apptest import open_page
from tests.factories import book, create_order, create_payee, create_run


@pytest.fixture
def fay(signed_up):
    return signed_up(Role.FINANCE, name="Fay Finance")


def prepared(name="Maison du thé", *, sales=1) -> tuple[int, int]:
    """Prepare a payout of some sales of 31.90 €; return the seller and the payout."""
    now = utc_now()
    today = local_day(now)
    with transaction() as session:
        seller = create_payee(session, name)
        for number in range(sales):
            order = create_order(session, seller, number=f"{name[:2]}-{number:03d}", placed_at=now)
            book(session, seller, 31_90, today, order_id=order.id)
            book(session, seller, -93, today, LedgerKind.FEE, order_id=order.id)
        prepare_seller(
            session, SYSTEM, seller.id, create_run(session, today + dt.timedelta(days=seller.id)), today, now
        )
        payout_id = session.scalars(sa.select(Payout.id).where(Payout.seller_id == seller.id)).one()
        return seller.id, payout_id


def open_payout(person_id, payout_id):
    return open_page("/reversement", person_id=person_id, query={"r": str(payout_id)})


def shown(page):
    """Everything that is drawn as a piece of HTML, and what is written around it."""
    words = [block.proto.body for block in page.get("html")]
    return " ".join([*words, *(element.value for element in [*page.markdown, *page.caption])])


def test_a_payout_shows_the_addition_that_comes_to_its_net(fay):
    # 2.9 % of 31.90 € is 0.93 €: 30.97 € for each of two sales.
    _, payout_id = prepared(sales=2)
    page = open_payout(fay, payout_id)
    assert not page.exception
    assert page.header[0].value == f"Reversement {reference_of(payout_id)}"
    assert page.subheader[0].value == "61,94\u00a0€"
    words = shown(page)
    for expected in ("2\u00a0ventes", "63,80\u00a0€", "−1,86\u00a0€", "61,94\u00a0€", "Ma-000", "Ma-001", "Préparé"):
        assert expected in words


def test_a_statement_is_asked_for_in_the_format_one_wants(fay):
    _, payout_id = prepared()
    open_payout(fay, payout_id).button(key=f"statement_payout_{payout_id}_xlsx").click().run()
    with reading() as session:
        kept = session.scalars(sa.select(StoredFile)).one()
        assert (kept.kind, kept.arguments["payout_id"], kept.arguments["format"]) == (
            FileKind.PAYOUT_STATEMENT,
            payout_id,
            "xlsx",
        )


def test_a_seller_sees_their_own_payout_and_nobody_elses(signed_up):
    seller_id, own = prepared()
    _, other = prepared("Brûlerie du port")
    login = signed_up(Role.SELLER, seller_id=seller_id)
    assert open_payout(login, own).header[0].value == f"Reversement {reference_of(own)}"
    refused = open_payout(login, other)
    assert refused.header[0].value == "Reversement introuvable"
    assert "30,97" not in shown(refused)


def test_a_payout_that_does_not_exist_says_so(fay):
    for number in ("0", "x", "987654321"):
        page = open_page("/reversement", person_id=fay, query={"r": number})
        assert not page.exception
        assert page.header[0].value == "Reversement introuvable"


def test_a_second_person_approves_a_payout_on_its_page(fay):
    _, payout_id = prepared()
    page = open_payout(fay, payout_id)
    page.button(key="payout_next").click().run()
    page.checkbox[0].check().run()  # The seller's first payout: its amount is looked at.
    page.button(key="payouts_confirm").click().run()
    assert not page.exception
    with reading() as session:
        payout = session.get_one(Payout, payout_id)
        assert (payout.state, payout.approved_by_name) == (PayoutState.APPROVED, "Fay Finance")
    assert "•••• •••• 2606" in shown(open_payout(fay, payout_id))


def test_many_lines_are_read_page_by_page(fay):
    _, payout_id = prepared(sales=51)
    assert "Ma-049" in shown(open_payout(fay, payout_id))
    second = open_page("/reversement", person_id=fay, query={"r": str(payout_id), "page": "2"})
    assert "Ma-050" in shown(second)
    assert "Ma-049" not in shown(second)
    assert "51\u00a0lignes" in shown(second)


def test_a_seller_does_nothing_to_their_payout(signed_up):
    seller_id, payout_id = prepared()
    page = open_payout(signed_up(Role.SELLER, seller_id=seller_id), payout_id)
    assert not [button for button in page.button if button.key == "payout_next"]
    assert not page.get("menu_button")
