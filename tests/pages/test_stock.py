"""Stock, as the people of the house use it."""

import pytest
import sqlalchemy as sa

from db.domain.actor import SYSTEM
from db.domain.permissions import Role
from db.domain.stock import StockKind, StockReason
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import OrderLine, Product, Seller, StockMovement
from db.services.stock import NewMovement, move_stock
from tests.dashboard.apptest import open_page
from tests.factories import create_line, create_order, create_product, create_seller


@pytest.fixture
def sam(signed_up):
    return signed_up(Role.SUPPORT, name="Sam Soutien")


def add(name="Thé vert bio", seller="Maison du thé", **columns):
    with transaction() as session:
        found = session.scalars(sa.select(Seller).where(Seller.name == seller)).one_or_none()
        return create_product(session, found or create_seller(session, seller), name, **columns).id


def show(person_id, **query):
    at = open_page("/stock", person_id=person_id, query={name: str(value) for name, value in query.items()})
    assert not at.exception
    return at


def cells(at, column):
    return list(at.dataframe[0].value[column]) if at.dataframe else []


def words(at):
    shown = (*at.markdown, *at.caption, *at.error, *at.warning, *at.info, *at.success)
    return "\n".join(element.value for element in shown).replace("\u00a0", " ").replace("\\", "")


def pick(elements, label):
    return next(element for element in elements if element.label.startswith(label))


def press(at, label):
    pick(at.button, label).click()
    at.run()
    assert not at.exception
    return at


def stock_of(product_id):
    with reading() as session:
        return session.scalar(sa.select(Product.stock).where(Product.id == product_id))


def test_it_opens_on_what_runs_out_first(sam):
    for name, left in (("Thé noir", 4), ("Bol", 0), ("Cannelle", 40), ("Sur mesure", None)):
        add(name, stock=left)
    at = show(sam)
    assert cells(at, "Produit") == ["Bol", "Thé noir"]
    assert [list(cell) for cell in cells(at, "État")] == [["Épuisé"], ["Bas"]]
    assert cells(at, "Stock") == ["0", "4"]
    assert "2 produits" in words(at)


def test_with_nothing_low_it_says_so(sam):
    add(stock=40)
    assert "Aucun produit en vente n’est bientôt épuisé." in words(show(sam))


def test_products_are_found_by_words_and_seller(sam):
    add("Thé vert", stock=40)
    add("Thé noir", "Épices d’Orient", stock=40)
    add("Bol", stock=40)
    at = show(sam, liste="comptes")
    assert cells(at, "Produit") == ["Bol", "Thé noir", "Thé vert"]
    pick(at.text_input, "Rechercher un produit").set_value("THE").run()
    assert cells(at, "Produit") == ["Thé noir", "Thé vert"]
    sellers = pick(at.selectbox, "Vendeur")
    sellers.set_value(next(each for each in sellers.options if "Orient" in each)).run()
    assert cells(at, "Produit") == ["Thé noir"]
    press(at, "Effacer")
    assert len(cells(at, "Produit")) == 3


def test_a_product_shows_its_movements_with_the_orders_they_were_for(sam):
    product_id = add(stock=40)
    with transaction() as session:
        product = session.get_one(Product, product_id)
        seller = session.get_one(Seller, product.seller_id)
        order = create_order(session, seller, lines=[create_line(quantity=2, product_id=product_id)], number="A-1")
        line_id = session.scalars(sa.select(OrderLine.id).where(OrderLine.order_id == order.id)).one()
        sale = NewMovement(product_id, StockKind.SALE, f"sale:{line_id}", -2, line_id)
        move_stock(session, SYSTEM, [sale], utc_now())
    at = show(sam, liste="comptes", produit=product_id)
    told = at.dataframe[1].value
    assert told["Mouvement"].tolist() == ["Vente", "Stock de départ"]
    assert told["Unités"].tolist() == ["−2", "+40"]
    assert told["Stock"].tolist() == ["38", "40"]
    assert told["Commande"].tolist()[0] == "A-1"
    assert "**38** en stock · 2 vendus en 30 jours" in words(at)


def test_a_delivery_is_added_and_what_was_typed_survives_a_sale_meanwhile(sam):
    product_id = add(stock=4)
    at = press(show(sam, produit=product_id), "Corriger le stock")
    pick(at.segmented_control, "Ce que vous avez constaté").set_value("Reçu").run()
    pick(at.text_input, "Unités reçues").set_value("24").run()
    assert "Le stock passe de **4** à **28** : 24 unités de plus." in words(at)
    assert pick(at.selectbox, "Raison").value is StockReason.RECEIVED
    with transaction() as session:
        move_stock(session, SYSTEM, [NewMovement(product_id, StockKind.SALE, "sale:1", -1)], utc_now())
    press(at, "Mettre le stock à 28")
    assert "il était de 4, il est de 3" in words(at)
    assert stock_of(product_id) == 3
    press(at, "Mettre le stock à 27")
    assert stock_of(product_id) == 27
    with reading() as session:
        moved = session.scalars(sa.select(StockMovement).where(StockMovement.kind == StockKind.CORRECTION)).one()
        assert (moved.units, moved.note, moved.actor_name) == (24, "Réception de marchandise", "Sam Soutien")
    assert not [each for each in at.text_input if each.label == "Unités reçues"]


def test_more_cannot_be_lost_than_there_is(sam):
    product_id = add(stock=4)
    at = press(show(sam, produit=product_id), "Corriger le stock")
    pick(at.segmented_control, "Ce que vous avez constaté").set_value("Perdu ou cassé").run()
    pick(at.text_input, "Unités perdues").set_value("5").run()
    assert "Le stock passerait sous zéro." in words(at)
    assert pick(at.button, "Mettre le stock à −1").disabled


@pytest.mark.parametrize("typed", ["douze", "2,5"])
def test_what_is_no_number_is_refused_in_french_and_stays(sam, typed):
    at = press(show(sam, produit=add(stock=4)), "Corriger le stock")
    pick(at.text_input, "Unités comptées en tout").set_value(typed).run()
    assert f"« {typed} » n’est pas une quantité de Thé vert bio. Saisissez un nombre entier." in words(at)
    assert pick(at.text_input, "Unités comptées en tout").value == typed
    assert pick(at.button, "Mettre le stock à jour").disabled


def test_a_threshold_that_is_no_number_is_refused(sam):
    product_id = add(stock=10)
    at = show(sam, liste="comptes", produit=product_id)
    pick(at.text_input, "Seuil de stock bas").set_value("peu").run()
    press(at, "Enregistrer")
    assert "n’est pas une quantité de Thé vert bio" in words(at) + "".join(each.value for each in at.toast)
    with reading() as session:
        assert session.get_one(Product, product_id).low_stock_at is None


def test_counting_begins_where_nobody_counted(sam):
    product_id = add(stock=None)
    at = press(show(sam, liste="non-comptes", produit=product_id), "Commencer à compter")
    pick(at.text_input, "Unités comptées en tout").set_value("12").run()
    press(at, "Mettre le stock à 12")
    assert stock_of(product_id) == 12


def test_a_product_has_its_own_threshold_and_may_not_come_back(sam):
    product_id = add(stock=10)
    at = show(sam, liste="comptes", produit=product_id)
    pick(at.text_input, "Seuil de stock bas").set_value("12").run()
    pick(at.toggle, "Retour accepté").set_value(False).run()
    press(at, "Enregistrer")
    with reading() as session:
        product = session.get_one(Product, product_id)
        assert (product.low_stock_at, product.is_returnable) == (12, False)
    assert [list(cell) for cell in cells(at, "État")] == [["Bas"]]


def test_those_who_may_not_correct_only_read(signed_up):
    product_id = add(stock=4)
    at = show(signed_up(Role.FINANCE), produit=product_id)
    assert not [button for button in at.button if button.label in {"Corriger le stock", "Enregistrer"}]
    assert "Seuil de stock bas : 5 · Retour sans motif accepté" in words(at)


def test_a_seller_sees_their_own_products_and_corrects_nothing(signed_up):
    ours, theirs = add(stock=1), add("Livre", "Librairie", stock=1)
    with reading() as session:
        seller_id = session.get_one(Product, ours).seller_id
    tess = signed_up(Role.SELLER, seller_id=seller_id)
    at = show(tess)
    assert cells(at, "Produit") == ["Thé vert bio"]
    assert not [button for button in at.button if button.label == "Corriger le stock"]
    assert "n’existe pas ou ne vous est pas accessible" in words(show(tess, produit=theirs))
