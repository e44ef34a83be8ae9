"""What an order's page says of its seller's money, and how finance keeps it back."""

import datetime as dt

import pytest
import sqlalchemy as sa

from db.domain.actor import SYSTEM
from db.domain.ledger import LedgerKind
from db.domain.payouts import reference_of
from db.domain.permissions import Role
from db.domain.time import local_day, utc_now
from db.engine import reading, transaction
from db.models import Payout, PayoutHold
from db.services.payouts.preparing import prepare_seller
from tests.dashboard.apptest import open_page
from tests.factories import book, create_order, create_payee, create_run

NUMBER = "T-PAY-1"


@pytest.fixture
def seller_id(use_database) -> int:
    """A seller with an order of 31.90 € in the books, due tomorrow."""
    now = utc_now()
    tomorrow = local_day(now) + dt.timedelta(days=1)
    with transaction() as session:
        seller = create_payee(session)
        order = create_order(session, seller, number=NUMBER, placed_at=now)
        book(session, seller, 31_90, tomorrow, order_id=order.id)
        book(session, seller, -93, tomorrow, LedgerKind.FEE, order_id=order.id)
        return seller.id


def opened(person_id: int):
    return open_page("/commande", person_id=person_id, query={"n": NUMBER})


def drawn(page) -> str:
    return "\n".join(part.proto.body for part in page.get("html"))


def labelled(page, label: str):
    return [button for button in page.button if button.label == label]


def test_an_order_says_when_its_seller_is_paid_and_how_much(signed_up, seller_id):
    due_on = local_day(utc_now()) + dt.timedelta(days=1)
    for role in (Role.FINANCE, Role.SELLER):
        columns = {"seller_id": seller_id} if role is Role.SELLER else {}
        page = opened(signed_up(role, **columns))
        assert not page.exception
        assert f"30,97\u00a0€, le {due_on:%d/%m/%Y}" in drawn(page)


def test_an_order_leads_to_the_payout_that_holds_it(signed_up, seller_id):
    now = utc_now()
    with transaction() as session:
        day = local_day(now) + dt.timedelta(days=1)
        prepare_seller(session, SYSTEM, seller_id, create_run(session, day), day, now)
        payout_id = session.scalars(sa.select(Payout.id)).one()
    page = opened(signed_up(Role.FINANCE))
    assert f"/reversement?r={payout_id}" in drawn(page)
    assert f"{reference_of(payout_id)} · 30,97\u00a0€" in drawn(page)


def test_finance_holds_an_order_with_a_reason_and_lets_it_go_again(signed_up, seller_id):
    page = opened(signed_up(Role.FINANCE))
    labelled(page, "Retenir cette commande")[0].click().run()
    page.text_input(key=f"order_{order_id()}_hold_payout_note").set_value("Colis vide").run()
    page.button(key=f"order_{order_id()}_hold_payout_act").click().run()
    assert not page.exception
    assert "Litige ouvert" in drawn(page)
    assert "Colis vide" in drawn(page)
    labelled(page, "Lever la retenue")[0].click().run()
    hold_id = hold().id
    page.button(key=f"order_{order_id()}_release_payout_{hold_id}_act").click().run()
    assert hold().released_at is not None
    assert "Litige ouvert" not in drawn(page).split("order-timeline")[0]


def test_a_seller_sees_that_an_order_is_held_and_not_the_details(signed_up, seller_id):
    page = opened(signed_up(Role.FINANCE))
    labelled(page, "Retenir cette commande")[0].click().run()
    page.text_input(key=f"order_{order_id()}_hold_payout_note").set_value("Colis vide").run()
    page.button(key=f"order_{order_id()}_hold_payout_act").click().run()
    theirs = opened(signed_up(Role.SELLER, seller_id=seller_id))
    assert "Litige ouvert" in drawn(theirs)
    assert "Colis vide" not in drawn(theirs)
    assert not labelled(theirs, "Lever la retenue")


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.MANAGER])
def test_who_does_not_prepare_payouts_cannot_hold_one(signed_up, seller_id, role):
    page = opened(signed_up(role))
    assert not page.exception
    assert not labelled(page, "Retenir cette commande")
    assert ("Reversement au vendeur" in [each.value.strip("*") for each in page.markdown]) is (role is Role.MANAGER)


def order_id() -> int:
    with reading() as session:
        return session.execute(sa.text("SELECT id FROM orders")).scalar_one()


def hold() -> PayoutHold:
    with reading() as session:
        return session.scalars(sa.select(PayoutHold)).one()
