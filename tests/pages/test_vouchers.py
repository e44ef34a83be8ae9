"""« Bons d’achat », as those who know customers use it: what can be spent; given, sent again, cancelled."""

import datetime as dt

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from db.domain.actor import SYSTEM
from db.domain.files import FileKind
from db.domain.orders import PaymentMethod
from db.domain.permissions import Role
from db.domain.time import local_day, utc_now
from db.domain.vouchers import NewVoucher
from db.engine import reading, transaction
from db.models import Order, OutboxMessage, Payment, StoredFile, Voucher
from db.services.refunds import mark_done
from db.services.voucher_cancelling import cancel_voucher
from db.services.voucher_uses import use_voucher
from db.services.vouchers import give_voucher
from tests.dashboard.apptest import open_page
from tests.factories import create_customer, create_order


@pytest.fixture
def fay(signed_up):
    return signed_up(Role.FINANCE, name="Fay Finance")


@pytest.fixture
def shop(use_database):
    """Four vouchers: one after an order, one used in part, one cancelled and one that is over since yesterday."""
    now = utc_now()
    with transaction() as session:
        customer = create_customer(session, "Jeanne Ferrand", "jeanne@example.org")
        order = create_order(session, customer=create_customer(session, "Paul Roux"), number="V-1")

        def give(name: str, amount_cents: int, **wanted: object):
            return give_voucher(session, SYSTEM, NewVoucher(amount_cents, name, **wanted), now)

        after_order = give("after_order", 15_00, order_id=order.id, note="Colis abîmé")
        part = give("part", 20_00, customer_id=customer.id)
        use_voucher(session, part.code, 12_50, "order-1", "62038bc9", now)
        cancelled = give("cancelled", 5_00, customer_id=customer.id)
        cancel_voucher(session, SYSTEM, cancelled.id, 1, "Erreur", now)
        over = give("over", 8_00, customer_id=customer.id)
        yesterday = local_day(now) - dt.timedelta(days=1)
        session.execute(sa.update(Voucher).where(Voucher.id == over.id).values(expires_on=yesterday))
    return {"after_order": after_order, "part": part, "cancelled": cancelled, "over": over}


def open_vouchers(person_id: int, **query: str) -> AppTest:
    at = open_page("/bons-achat", person_id=person_id, query=query)
    assert not at.exception
    return at


def codes(at: AppTest) -> list[str]:
    return at.dataframe[0].value["Code"].tolist() if at.dataframe else []


def texts(at: AppTest) -> str:
    """All that is written, without the escapes of Markdown and with plain spaces."""
    said = "\n".join(each.value for each in (*at.subheader, *at.markdown, *at.caption, *at.info, *at.error, *at.toast))
    return said.replace("\\", "").replace("\u00a0", " ")


def button(at: AppTest, label: str):
    return next((each for each in at.button if each.label == label), None)


def press(at: AppTest, label: str) -> AppTest:
    found = button(at, label)
    assert found is not None, [each.label for each in at.button]
    found.click().run()
    assert not at.exception
    return at


def row_of(voucher_id: int) -> Voucher:
    with reading() as session:
        return session.get_one(Voucher, voucher_id)


def test_it_opens_on_what_can_be_spent_newest_first_with_what_is_owed_by_it(fay, shop):
    at = open_vouchers(fay)
    assert codes(at) == [shop["part"].code, shop["after_order"].code]
    # 15,00 of the one and 20,00 − 12,50 of the other.
    assert "**2 bons d’achat** à utiliser · il reste **22,50 €** à dépenser" in texts(at)
    frame = at.dataframe[0].value
    assert frame["Reste"].tolist() == ["7,50\u00a0€", "15,00\u00a0€"]
    assert frame["État"].tolist() == [["Utilisé en partie"], ["À utiliser"]]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"liste": "annules"}, ["cancelled"]),
        ({"liste": "expires"}, ["over"]),
        ({"liste": "utilises"}, []),
        ({"liste": "tous"}, ["over", "cancelled", "part", "after_order"]),
        ({"liste": "tous", "q": "ferrand"}, ["over", "cancelled", "part"]),
        ({"q": "V-1"}, ["after_order"]),
        ({"expire": "bientot"}, []),
    ],
)
def test_each_list_and_filter_has_its_vouchers_and_the_url_says_which(fay, shop, query, names):
    assert codes(open_vouchers(fay, **query)) == [shop[name].code for name in names]


def test_a_code_typed_by_hand_is_found_and_a_part_of_it_too(fay, shop):
    code = shop["part"].code
    assert codes(open_vouchers(fay, q=code.lower().replace("-", " "))) == [code]
    assert codes(open_vouchers(fay, q=code[:7])) == [code]
    empty = open_vouchers(fay, q="nobody")
    assert codes(empty) == []
    press(empty, "Chercher dans tous")
    assert "Aucun bon d’achat ne correspond" in texts(empty)
    press(empty, "Effacer les filtres")
    assert len(codes(empty)) == 4


def test_a_voucher_tells_where_it_comes_from_and_where_it_went(fay, shop):
    at = open_vouchers(fay, n=str(shop["part"].id))
    said = texts(at)
    for words in (shop["part"].code, "**7,50 €** sur 20,00 €", "Jeanne Ferrand", "62038bc9", "12,50 €", "jeanne@"):
        assert words in said
    after_order = texts(open_vouchers(fay, n=str(shop["after_order"].id)))
    assert "Motif : Colis abîmé" in after_order
    assert "Pas encore utilisé" in after_order
    assert "n’existe pas" in texts(open_vouchers(fay, n="404"))


def test_one_is_given_after_an_order_and_shown_with_its_code(fay, shop):
    at = press(open_vouchers(fay), "Donner un bon d’achat")
    at.text_input("voucher_field_to").set_value("V-1").run()
    assert "Paul Roux, à la suite de la commande V-1" in texts(at)
    press(at, "Donner le bon d’achat")
    assert "Saisissez le montant" in texts(at)
    at.text_input("voucher_field_amount").set_value("12,50")
    at.text_area("voucher_field_note").set_value("Avec nos excuses")
    press(at, "Donner le bon d’achat")
    assert "Bon d’achat de 12,50 € donné. Son code part à" in texts(at)
    row = row_of(max(each.id for each in shop.values()) + 1)
    assert (row.amount_cents, row.note, row.person_name) == (12_50, "Avec nos excuses", "Fay Finance")
    assert row.code in texts(at)
    assert codes(at)[0] == row.code


def test_what_was_typed_survives_a_refusal_and_a_slip(fay, shop):
    at = press(open_vouchers(fay), "Donner un bon d’achat")
    at.text_input("voucher_field_to").set_value("personne@example.org").run()
    at.text_input("voucher_field_amount").set_value("12,50").run()
    assert "Aucune commande n’a ce numéro" in texts(at)
    press(at, "Donner le bon d’achat")
    assert "Dites pour qui est ce bon d’achat" in texts(at)
    press(at, "Ne rien faire")
    press(at, "Donner un bon d’achat")
    assert at.text_input("voucher_field_to").value == "personne@example.org"
    assert at.text_input("voucher_field_amount").value == "12,50"


def test_a_link_asks_what_to_give_somebody(fay, shop):
    at = open_vouchers(fay, donner="jeanne@example.org")
    assert at.text_input("voucher_field_to").value == "jeanne@example.org"
    assert "Jeanne Ferrand" in texts(at)


def test_one_is_cancelled_with_its_effects_said_before(fay, shop):
    voucher = shop["part"]
    at = press(open_vouchers(fay, n=str(voucher.id)), "Annuler")
    assert "**7,50 €** ne pourront plus être dépensés" in texts(at)
    assert "L’e-mail qui porte le code et attend encore ne part pas." in texts(at)
    press(at, "Annuler le bon d’achat")
    assert "Dites pourquoi" in texts(at)
    at.text_input("voucher_field_reason").set_value("Donné deux fois")
    press(at, "Annuler le bon d’achat")
    assert f"Bon d’achat {voucher.code} annulé." in texts(at)
    assert row_of(voucher.id).cancel_reason == "Donné deux fois"
    assert button(at, "Envoyer par e-mail") is None


def test_a_use_in_the_meantime_stops_the_cancelling(fay, shop):
    voucher = shop["after_order"]
    at = press(open_vouchers(fay, n=str(voucher.id)), "Annuler")
    with transaction() as session:
        use_voucher(session, voucher.code, 5_00, "order-2", "", utc_now())
    at.text_input("voucher_field_reason").set_value("Erreur")
    press(at, "Annuler le bon d’achat")
    assert "a changé entre-temps : il y reste 10,00 €" in texts(at)
    assert row_of(voucher.id).cancelled_at is None


def test_it_is_said_where_no_money_paid_what_is_owed_again(fay, use_database):
    with transaction() as session:
        order = create_order(session, number="V-9")
        row = {"order_id": order.id, "method": PaymentMethod.VOUCHER, "amount_cents": 12_00}
        session.add(Payment(**row, state="captured", booked_at=utc_now()))
        session.add(refund := Payment(**row, kind="refund", created_at=utc_now()))
        session.flush()
        mark_done(session, SYSTEM, [refund.id], "", local_day(utc_now()), utc_now())
        voucher_id = session.scalars(sa.select(Voucher.id)).one()
    said = texts(press(open_vouchers(fay, n=str(voucher_id)), "Annuler"))
    assert "12,00 € par virement" in said
    assert "Aucun paiement en argent ne couvre 12,00 € : à rendre par virement" in said


def test_a_code_is_sent_to_another_address(signed_up, shop):
    at = press(open_vouchers(signed_up(Role.SUPPORT), n=str(shop["part"].id)), "Envoyer par e-mail")
    assert at.text_input("voucher_field_address").value == "jeanne@example.org"
    at.text_input("voucher_field_address").set_value("autre@example.org")
    press(at, "Envoyer l’e-mail")
    assert "Le code part par e-mail à autre@example.org." in texts(at)
    with reading() as session:
        sent = session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(1)).one()
    assert (sent.recipient, sent.variables["amount_cents"]) == ("autre@example.org", 7_50)


def test_the_order_that_it_makes_up_for_shows_it_too(fay, signed_up, shop):
    with transaction() as session:
        seller_id = session.scalars(sa.select(Order.seller_id).where(Order.number == "V-1")).one()
        use_voucher(session, shop["after_order"].code, 2_00, "k", "", utc_now())
    code = shop["after_order"].code

    def drawn(person_id: int) -> str:
        at = open_page("/commande", person_id=person_id, query={"n": "V-1"})
        assert not at.exception
        return "".join(each.proto.body for each in at.get("html"))

    # 15,00 − 2,00
    assert f"data-page>{code}</a>" in drawn(fay)
    assert "13,00\u00a0€ sur 15,00\u00a0€" in drawn(fay)
    assert code not in drawn(signed_up(Role.SELLER, seller_id=seller_id))


def test_its_pdf_is_asked_for_and_awaited(fay, shop):
    at = press(open_vouchers(fay, n=str(shop["part"].id)), "Préparer le PDF")
    with reading() as session:
        file = session.scalars(sa.select(StoredFile)).one()
    assert (file.kind, file.title) == (FileKind.VOUCHER, f"Bon d’achat {shop['part'].code}")
    assert file.arguments["voucher_id"] == shop["part"].id
    assert at.query_params["fichier"] == str(file.id)


@pytest.mark.parametrize(("role", "sees"), [(Role.SUPPORT, True), (Role.MANAGER, True), (Role.SELLER, False)])
def test_only_who_gives_money_back_gives_and_cancels_and_sellers_have_no_such_page(signed_up, shop, role, sees):
    at = open_page("/bons-achat", person_id=signed_up(role), query={"n": str(shop["part"].id), "donner": "V-1"})
    assert (shop["part"].code in codes(at)) is sees
    assert button(at, "Donner un bon d’achat") is None
    assert button(at, "Annuler") is None
    assert (button(at, "Envoyer par e-mail") is not None) is (role is Role.SUPPORT)
