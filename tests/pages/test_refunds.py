"""Finances › Remboursements, as finance uses it: what is owed, by age; done, refused, done again."""

import datetime as dt

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from db.domain import formats
from db.domain.files import FileKind
from db.domain.orders import PaymentMethod, PaymentRecordState
from db.domain.permissions import Role
from db.domain.time import local_day, utc_now
from db.engine import reading, transaction
from db.models import OutboxMessage, Payment, StoredFile, Voucher
from tests.dashboard.apptest import open_page
from tests.db.services.test_refunds import owed
from tests.factories import create_order

S = PaymentRecordState
IBAN = "FR1420041010050500013M02606"


@pytest.fixture
def fay(signed_up):
    return signed_up(Role.FINANCE, name="Fay Finance")


@pytest.fixture
def shop(use_database):
    """Three refunds to do, one of them for 17 days, one refused and one done."""
    now = utc_now()
    with transaction() as session:
        refunds = {
            "card": owed(session, 10_00, create_order(session, number="R-1"), created_at=now - dt.timedelta(days=1)),
            "late": owed(
                session,
                5_50,
                create_order(session, number="R-2"),
                method=PaymentMethod.TRANSFER,
                created_at=now - dt.timedelta(days=17),
            ),
            "known": owed(
                session,
                2_00,
                create_order(session, number="R-3"),
                method=PaymentMethod.TRANSFER,
                iban=IBAN,
                created_at=now - dt.timedelta(hours=3),
            ),
            "refused": owed(
                session, 7_00, create_order(session, number="R-4"), state=S.FAILED, refusal="Carte expirée"
            ),
            "done": owed(session, 8_00, create_order(session, number="R-5"), state=S.CAPTURED, ended_at=now),
        }
        return {name: refund.id for name, refund in refunds.items()}


def open_refunds(person_id: int, **query: str) -> AppTest:
    at = open_page("/remboursements", person_id=person_id, query=query)
    assert not at.exception
    return at


def cells(at: AppTest, column: str) -> list[object]:
    return at.dataframe[0].value[column].tolist() if at.dataframe else []


def texts(at: AppTest) -> str:
    """All that is written, without the escapes of Markdown and with plain spaces."""
    said = "\n".join(each.value for each in (*at.markdown, *at.caption, *at.info, *at.success, *at.error, *at.toast))
    return said.replace("\\", "").replace("\u00a0", " ")


def button(at: AppTest, label: str):
    return next((each for each in at.button if each.label == label), None)


def state_of(refund_id: int) -> PaymentRecordState:
    with reading() as session:
        return session.scalars(sa.select(Payment.state).where(Payment.id == refund_id)).one()


def test_it_opens_on_what_is_to_do_the_oldest_first_with_its_age(fay, shop):
    at = open_refunds(fay)
    assert cells(at, "Commande") == ["R-2", "R-1", "R-3"]
    late, *others = cells(at, "À rembourser avant")
    assert late == f"{formats.date(local_day(utc_now()) - dt.timedelta(days=3))} · en retard de 3\u00a0j"
    # 14 days after yesterday.
    assert others[0] == formats.date(local_day(utc_now()) + dt.timedelta(days=13))
    # A card has no IBAN: its cell is empty.
    assert [cells(at, "IBAN")[row] for row in (0, 2)] == ["IBAN à demander", "FR14 2004 1010 0505 0001 3M02 606"]
    # 10,00 + 5,50 + 2,00
    assert "**3 remboursements** · 17,50 €" in texts(at)


def test_each_list_has_its_refunds_and_the_url_says_which(fay, shop):
    refused = open_refunds(fay, liste="refuses")
    assert (cells(refused, "Commande"), cells(refused, "Refus")) == (["R-4"], ["Carte expirée"])
    assert cells(open_refunds(fay, liste="faits"), "Commande") == ["R-5"]
    assert cells(open_refunds(fay, moyen="transfer"), "Commande") == ["R-2", "R-3"]
    assert cells(open_refunds(fay, q="r-3"), "Commande") == ["R-3"]
    assert "Effacez-les" in texts(open_refunds(fay, q="nobody"))


@pytest.mark.parametrize(("role", "sees"), [(Role.MANAGER, True), (Role.SUPPORT, False), (Role.SELLER, False)])
def test_managers_only_read_and_support_and_sellers_have_no_such_page(signed_up, shop, role, sees):
    at = open_page("/remboursements", person_id=signed_up(role))
    assert ("R-2" in str(cells(at, "Commande"))) is sees
    assert button(at, "Exporter") is None


def test_several_are_marked_done_at_once_and_their_customers_are_told(fay, shop, monkeypatch):
    monkeypatch.setattr("dashboard.refunds.table.st.dataframe", _ticking(0, 1))
    at = open_refunds(fay)
    button(at, "Marquer comme fait").click().run()
    assert "2 remboursements · 15,50 € · carte bancaire et virement" in texts(at)
    at.text_input(key="refund_field_reference").input("lot 12")
    button_in_dialog(at).click().run()
    assert not at.exception
    assert "2 remboursements faits." in texts(at)
    assert {state_of(shop["late"]), state_of(shop["card"])} == {S.CAPTURED}
    with reading() as session:
        assert session.scalars(sa.select(OutboxMessage.template)).all() == ["refund_done"] * 2


def test_what_was_paid_by_voucher_is_given_back_as_one_by_hand(fay, use_database, monkeypatch):
    with transaction() as session:
        refund_id = owed(session, 12_00, create_order(session, number="R-9"), method=PaymentMethod.VOUCHER).id
    monkeypatch.setattr("dashboard.refunds.table.st.dataframe", _ticking(0))
    at = open_refunds(fay)
    assert button(at, "Refusé ou revenu") is None
    button(at, "Donner le bon d’achat").click().run()
    assert "12,00 € · bon d’achat · commande R-9" in texts(at)
    assert "refund_field_reference" not in at.session_state  # A voucher has a code, and no day of its own.
    button_in_dialog(at).click().run()
    assert not at.exception
    assert "1 remboursement fait." in texts(at)
    assert state_of(refund_id) is S.CAPTURED
    with reading() as session:
        assert session.scalars(sa.select(Voucher.amount_cents)).all() == [12_00]
        assert session.scalars(sa.select(OutboxMessage.template)).all() == ["voucher"]


def test_or_in_money_which_is_a_transfer_until_something_else_is_chosen(fay, use_database, monkeypatch):
    with transaction() as session:
        refund_id = owed(session, 12_00, create_order(session, number="R-9"), method=PaymentMethod.VOUCHER).id
    monkeypatch.setattr("dashboard.refunds.table.st.dataframe", _ticking(0))
    at = open_refunds(fay)
    button(at, "Moyen et IBAN").click().run()
    assert "ne redevient plus un bon" in texts(at)
    button_in_dialog(at).click().run()
    assert not at.exception
    with reading() as session:
        assert session.get_one(Payment, refund_id).method is PaymentMethod.TRANSFER


def test_vouchers_are_not_given_together_with_money(fay, shop, monkeypatch):
    with transaction() as session:
        created_at = utc_now() - dt.timedelta(days=2)
        owed(session, 12_00, create_order(session), method=PaymentMethod.VOUCHER, created_at=created_at)
    monkeypatch.setattr("dashboard.refunds.table.st.dataframe", _ticking(0, 1))
    at = open_refunds(fay)
    assert (button(at, "Marquer comme fait"), button(at, "Donner le bon d’achat")) == (None, None)
    assert "cochez-en moins" in texts(at)


def test_while_the_provider_is_asked_there_is_no_button_but_until_when(fay, shop, monkeypatch):
    with transaction() as session:
        asked = sa.update(Payment).where(Payment.id == shop["card"])
        until = dt.datetime(2026, 11, 21, 13, 34, tzinfo=dt.UTC)
        session.execute(asked.values(state=S.SENT, sent_at=until - dt.timedelta(minutes=2), claimed_until=until))
    monkeypatch.setattr("dashboard.refunds.table.st.dataframe", _ticking(0))
    at = open_refunds(fay, liste="transmis")
    assert "sa réponse est attendue jusqu’au 21/11/2026 14:34" in texts(at)
    assert button(at, "Marquer comme fait") is None


def test_a_doubt_about_what_is_done_has_its_column(fay, shop):
    with transaction() as session:
        session.execute(sa.update(Payment).where(Payment.id == shop["done"]).values(refusal="Parti deux fois ?"))
    assert cells(open_refunds(fay, liste="faits"), "À vérifier") == ["Parti deux fois ?"]


def test_nothing_typed_is_lost_on_a_refusal(fay, shop, monkeypatch):
    monkeypatch.setattr("dashboard.refunds.table.st.dataframe", _ticking(0))
    at = open_refunds(fay)
    button(at, "Moyen et IBAN").click().run()
    at.text_input(key="refund_field_iban").input("FR76 1234")
    button_in_dialog(at).click().run()
    assert "n’est pas un IBAN valable" in texts(at)
    assert at.text_input(key="refund_field_iban").value == "FR76 1234"
    at.text_input(key="refund_field_iban").input(IBAN)
    button_in_dialog(at).click().run()
    assert "1 remboursement modifié." in texts(at)


def test_a_refused_one_goes_back_to_do(fay, shop, monkeypatch):
    monkeypatch.setattr("dashboard.refunds.table.st.dataframe", _ticking(0))
    at = open_refunds(fay, liste="refuses")
    button(at, "Refaire").click().run()
    assert state_of(shop["refused"]) is S.PENDING
    assert "Aucun remboursement n’est refusé." in texts(at)


def test_what_a_colleague_has_done_meanwhile_is_said_and_changes_nothing(fay, shop, monkeypatch):
    monkeypatch.setattr("dashboard.refunds.table.st.dataframe", _ticking(1))
    at = open_refunds(fay)
    button(at, "Marquer comme transmis").click()
    with transaction() as session:
        session.execute(sa.update(Payment).where(Payment.id == shop["card"]).values(state=S.CAPTURED))
    at.run()
    assert "R-1 : Le remboursement de 10,00 € est déjà « fait »" in texts(at)


def test_the_list_is_exported_by_a_job(fay, shop):
    at = open_refunds(fay, moyen="transfer")
    button(at, "Exporter").click().run()
    with reading() as session:
        row = session.scalars(sa.select(StoredFile)).one()
        assert (row.kind, row.total, row.title) == (FileKind.REFUND_LIST, 2, "2\u00a0remboursements (à faire)")


def button_in_dialog(at: AppTest):
    return at.button(key="refunds_confirm")


def _ticking(*rows: int):
    """AppTest cannot tick rows: the table says that these are."""

    class Chosen:
        class selection:  # noqa: N801  as Streamlit names it
            pass

    Chosen.selection.rows = list(rows)
    return lambda *_args, **_options: Chosen


def test_nothing_to_do_is_not_all_where_a_refused_one_is_still_owed(fay, use_database):
    with transaction() as session:
        owed(session, 7_00, create_order(session, number="R-4"), state=S.FAILED, refusal="Carte expirée")
    at = open_refunds(fay)
    assert "1 remboursement refusé reste dû" in texts(at)
    assert "Rien à rembourser" not in texts(at)
    at = button(at, "Voir les refusés").click().run()
    assert cells(at, "Commande") == ["R-4"]
