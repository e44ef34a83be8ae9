"""A seller's account, as finance and the seller themselves see it."""

import datetime as dt

import pytest
import sqlalchemy as sa

from db.domain.ledger import LedgerKind
from db.domain.payouts import HoldReason
from db.domain.permissions import Role
from db.domain.time import local_day, utc_now
from db.engine import reading, transaction
from db.models import LedgerEntry, PayoutHold
from tests.dashboard.apptest import open_page
from tests.factories import book, create_order, create_payee
from tests.pages.test_payout import shown

DAY = dt.timedelta(days=1)


@pytest.fixture
def fay(signed_up):
    return signed_up(Role.FINANCE, name="Fay Finance")


def add_account(name="Maison du thé") -> int:
    """Add a seller with a sale of 31.90 € that falls due tomorrow, less its fee; return the seller."""
    now = utc_now()
    with transaction() as session:
        seller = create_payee(session, name)
        order = create_order(session, seller, number=f"{name[:2]}-1", placed_at=now)
        book(session, seller, 31_90, local_day(now) + DAY, order_id=order.id)
        book(session, seller, -93, local_day(now) + DAY, LedgerKind.FEE, order_id=order.id)
        return seller.id


def open_account(person_id, seller_id=None):
    query = {} if seller_id is None else {"v": str(seller_id)}
    return open_page("/comptes-vendeurs", person_id=person_id, query=query)


def test_an_account_tells_its_balance_and_what_is_paid_next(fay):
    page = open_account(fay, add_account())
    assert not page.exception
    assert page.header[0].value == "Maison du thé"
    words = shown(page)
    for expected in ("Solde", "30,97\u00a0€", "Prochain reversement", "Vente", "Commission", "Ma-1"):
        assert expected in words


def test_the_house_lists_all_accounts(fay):
    add_account()
    add_account("Brûlerie du port")
    page = open_account(fay)
    assert not page.exception
    assert list(page.dataframe[0].value["name"]) == ["Brûlerie du port", "Maison du thé"]
    assert list(page.dataframe[0].value["balance"]) == ["30,97\u00a0€", "30,97\u00a0€"]


def test_a_correction_is_written_once_with_its_reason(fay):
    seller_id = add_account()
    page = open_account(fay, seller_id)
    page.button(key="account_correct").click().run()
    page.segmented_control(key="seller_account_field_sign").set_value("Retirer du compte").run()
    page.text_input(key="seller_account_field_amount").set_value("5,00").run()
    page.text_area(key="seller_account_field_reason").set_value("Port d’octobre").run()
    page.button(key="seller_account_confirm").click().run()
    assert not page.exception
    with reading() as session:
        entry = session.scalars(sa.select(LedgerEntry).where(LedgerEntry.kind == LedgerKind.CORRECTION)).one()
        assert (entry.amount_cents, entry.note, entry.actor_name) == (-5_00, "Port d’octobre", "Fay Finance")


def test_a_correction_without_reason_is_refused_and_nothing_typed_is_lost(fay):
    page = open_account(fay, add_account())
    page.button(key="account_correct").click().run()
    page.text_input(key="seller_account_field_amount").set_value("5,00").run()
    page.button(key="seller_account_confirm").click().run()
    assert "Dites pourquoi" in page.error[0].value
    assert page.text_input(key="seller_account_field_amount").value == "5,00"


def test_a_seller_is_held_with_a_reason_and_let_go_again(fay):
    seller_id = add_account()
    page = open_account(fay, seller_id)
    page.button(key="account_hold").click().run()
    page.selectbox(key="seller_account_field_why").set_value(HoldReason.DISPUTE).run()
    page.text_input(key="seller_account_field_note").set_value("Client mécontent").run()
    page.button(key="seller_account_confirm").click().run()
    with reading() as session:
        hold = session.scalars(sa.select(PayoutHold)).one()
        assert (hold.reason, hold.released_at) == (HoldReason.DISPUTE, None)
    assert "Client mécontent" in shown(page)
    page.button(key=f"account_release_{hold.id}").click().run()
    page.button(key="seller_account_confirm").click().run()
    with reading() as session:
        assert session.scalars(sa.select(PayoutHold)).one().released_at is not None


def test_an_order_that_is_held_is_told_on_the_account_with_the_way_to_it(fay):
    seller_id = add_account()
    with transaction() as session:
        order_id = session.scalars(sa.select(LedgerEntry.order_id).distinct()).one()
        session.add(PayoutHold(seller_id=seller_id, order_id=order_id, reason=HoldReason.DISPUTE, note="Colis vide"))
    words = shown(open_account(fay, seller_id))
    assert "1\u00a0commande retenue" in words
    assert "(/commande?n=Ma-1)" in words
    assert "Rien n’est à venir" in words  # It is no part of what is paid next.
    assert "dû le" not in words


def test_a_seller_sees_their_own_account_whatever_the_url_asks_for(signed_up):
    own, other = add_account(), add_account("Brûlerie du port")
    login = signed_up(Role.SELLER, seller_id=own)
    for seller_id in (None, own):
        page = open_account(login, seller_id)
        assert page.header[0].value == "Maison du thé"
        assert not [button for button in page.button if button.key in {"account_correct", "account_hold"}]
    assert open_account(login, other).header[0].value == "Maison du thé"


def test_a_manager_reads_accounts_and_changes_nothing(signed_up):
    page = open_account(signed_up(Role.MANAGER), add_account())
    assert not [button for button in page.button if button.key in {"account_correct", "account_hold"}]
