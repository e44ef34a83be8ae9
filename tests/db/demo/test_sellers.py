import re

import pytest
import sqlalchemy as sa
from schwifty import BIC, IBAN
from sqlalchemy.orm import Session
from stdnum.fr import siren, siret, tva

from db.demo.places import BRITTANY
from db.domain.search_text import seller_text
from db.models import Customer, Marketplace, Product, Seller, Supplier

RESERVED_DOMAIN = re.compile(r"@(?:[a-z0-9-]+\.)?example\.(?:com|net|org)$")
#: ARCEP's ranges for fiction, the only numbers that ring nowhere.
FICTIONAL_PHONE = re.compile(r"^(?:06 39 98|02 61 91) \d\d \d\d$")


@pytest.fixture
def sellers(demo: Session) -> list[Seller]:
    return list(demo.scalars(sa.select(Seller)))


def test_the_legal_data_of_every_seller_validates(sellers: list[Seller]) -> None:
    for seller in sellers:
        assert siren.validate(seller.siren) == seller.siren
        assert siret.validate(seller.siret) == seller.siret
        assert siret.to_siren(seller.siret) == seller.siren
        assert tva.validate(seller.vat_number) == seller.vat_number.removeprefix("FR")
        assert seller.vat_number.endswith(seller.siren)
    assert len({seller.siren for seller in sellers}) == len(sellers)


def test_bank_details_validate_down_to_the_rib_key_and_two_sellers_have_none(sellers: list[Seller]) -> None:
    without = [seller for seller in sellers if seller.iban is None]
    assert len(without) == 2
    assert all(seller.bic is None for seller in without)
    for seller in sellers:
        if seller.iban is not None:
            iban = IBAN(seller.iban, validate_bban=True)
            assert iban.bic == BIC(seller.bic)


def test_sellers_live_in_one_region_and_are_found_by_name(sellers: list[Seller]) -> None:
    for seller in sellers:
        assert any((seller.postcode, seller.city) == town[:2] for town in BRITTANY)
        assert seller.search_text == seller_text(seller.name, seller.code, seller.email)
        assert seller.mandate_signed_on is not None


def test_nobody_real_is_ever_called_or_written_to(demo: Session, sellers: list[Seller]) -> None:
    customers = list(demo.scalars(sa.select(Customer)))
    suppliers = list(demo.scalars(sa.select(Supplier)))
    marketplace = demo.scalars(sa.select(Marketplace)).one()
    for person in [*sellers, *customers, *suppliers, marketplace]:
        assert RESERVED_DOMAIN.search(person.email), person.email
    for phone in [*(s.mobile for s in sellers), *(c.phone for c in customers), marketplace.phone]:
        assert FICTIONAL_PHONE.match(phone), phone


def test_companies_and_town_halls_have_valid_numbers_and_people_have_none(demo: Session) -> None:
    customers = list(demo.scalars(sa.select(Customer)))
    companies = [customer for customer in customers if customer.company]
    assert sum(customer.company.startswith("Mairie") for customer in companies) == 2
    assert 0.01 * len(customers) < len(companies) < 0.10 * len(customers)
    for customer in customers:
        assert bool(customer.siren) == bool(customer.vat_number) == bool(customer.company)
        if customer.siren:
            assert siren.is_valid(customer.siren)
            assert tva.is_valid(customer.vat_number)


def test_the_marketplace_is_a_valid_company(demo: Session) -> None:
    marketplace = demo.scalars(sa.select(Marketplace)).one()
    assert siren.is_valid(marketplace.siren)
    assert tva.is_valid(marketplace.vat_number)
    assert marketplace.name


def test_products_have_attributes_suppliers_weights_and_a_rate_that_fits(demo: Session) -> None:
    products = list(demo.scalars(sa.select(Product)))
    assert 300 <= len(products) <= 600
    assert {product.vat_rate_bp for product in products} == {550, 1_000, 2_000}
    assert all(product.attributes and product.supplier_id and product.weight_g for product in products)
    assert all(product.unit_price_cents > 0 for product in products)
    rates = {product.category: set() for product in products}
    for product in products:
        rates[product.category].add(product.vat_rate_bp)
    assert rates["Librairie"] == {550}
    assert rates["Plantes et jardin"] == {1_000}
    assert rates["Céramique"] == {2_000}
    assert rates["Épicerie fine et traiteur"] == {550, 1_000, 2_000}
    assert any(product.stock is None for product in products)
    assert any(product.stock == 0 for product in products)
