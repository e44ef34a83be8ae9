"""What the right column of an order states, as data."""

import datetime as dt
from dataclasses import replace

import pytest

from dashboard.order_page.facts import (
    Fact,
    address_blocks,
    customer_facts,
    delivery_facts,
    mail_link,
    map_link,
    origin_facts,
    payment_facts,
    phone_link,
)
from db.domain.orders import DeliveryMode, OrderStatus, Origin, PaymentMethod, PaymentState
from db.models.orders import AddressKind
from db.queries.order_rows import AddressRow, CustomerAccount, OrderHeader
from tests.conftest import NOW

TODAY = NOW.date()
HEADER = OrderHeader(
    id=1,
    number="A-1",
    version=1,
    status=OrderStatus.PREPARING,
    status_before_error=None,
    payment_state=PaymentState.PAID,
    payment_method=PaymentMethod.CHEQUE,
    currency="EUR",
    items_cents=28_00,
    shipping_cents=3_90,
    shipping_vat_rate_bp=2000,
    discount_cents=0,
    total_cents=31_90,
    paid_cents=31_90,
    refunded_cents=0,
    item_count=2,
    placed_at=NOW,
    terms_accepted_at=NOW,
    origin=Origin.GOOGLE,
    source="shop",
    invoice_number=None,
    seller_id=1,
    seller_name="Maison du thé",
    basket_id=None,
    basket_reference=None,
    customer_id=7,
    customer_name="Évelyne Morin",
    customer_email="e.morin@example.org",
    customer_phone="06 12 34 56 78",
    delivery_mode=DeliveryMode.PICKUP_POINT,
    carrier="Mondial Relay",
    pickup_address="Tabac du Centre\n48 allée des Hortensias\n44000 Nantes",
    weight_g=850,
    ship_by=TODAY - dt.timedelta(days=2),
    expected_delivery_on=None,
    delivered_at=None,
)
ACCOUNT = CustomerAccount(
    id=7,
    company="",
    locale="fr",
    loyalty_points=120,
    order_count=3,
    cancelled_count=1,
    totals=(("EUR", 1_432_10), ("GBP", 7_00)),
    recent_orders=(),
)
ADDRESS = AddressRow(
    kind=AddressKind.DELIVERY,
    name="Évelyne Morin",
    company="",
    street="12 rue de l'Église",
    street_extra="",
    postcode="44000",
    city="Nantes",
    country_code="FR",
    phone="06 12 34 56 78",
)


def values(facts: list[Fact]) -> dict[str, str]:
    return {fact.label: fact.value for fact in facts}


class TestCustomer:
    def test_the_customer_is_named_with_contact_points_and_purchases(self) -> None:
        assert values(customer_facts(HEADER, ACCOUNT)) == {
            "Nom": "Évelyne Morin",
            "E-mail": "e.morin@example.org",
            "Téléphone": "06 12 34 56 78",
            "Fidélité": "120\u00a0points",
            "Achats": "2\u00a0commandes · 1\u202f432,10\u00a0€ · 7,00\u00a0£ · 1\u00a0annulée",
        }

    def test_purchases_lead_to_all_the_customers_orders(self) -> None:
        purchases = customer_facts(HEADER, ACCOUNT)[-1]
        assert purchases.href == "/commandes?statut=tous&client=7"
        assert purchases.is_page

    def test_a_customer_of_an_import_has_no_account_and_maybe_no_name(self) -> None:
        nobody = replace(HEADER, customer_name=" ", customer_email="", customer_phone="")
        assert values(customer_facts(nobody, None)) == {"Nom": "non renseigné"}

    def test_a_foreign_language_and_a_company_are_said(self) -> None:
        facts = values(customer_facts(HEADER, replace(ACCOUNT, locale="pt", company="Mairie", loyalty_points=None)))
        assert (facts["Langue"], facts["Société"]) == ("pt", "Mairie")
        assert "Fidélité" not in facts


class TestLinks:
    @pytest.mark.parametrize(
        ("email", "href"),
        [
            ("e.morin+1@example.org", "mailto:e.morin+1@example.org"),
            ("a?bcc=x@example.org", "mailto:a%3Fbcc%3Dx@example.org"),
            ("javascript:alert(1)", ""),
            ("a@b@c", ""),
            ("", ""),
        ],
    )
    def test_an_email_can_be_written_to_and_adds_nothing_to_the_message(self, email: str, href: str) -> None:
        assert mail_link(email) == href

    @pytest.mark.parametrize(
        ("phone", "href"),
        [("+33 6 12 34", "tel:+3361234"), ("06.12.34.56.78", "tel:0612345678"), ("néant", ""), ("12", "")],
    )
    def test_a_phone_can_be_called_where_it_has_digits(self, phone: str, href: str) -> None:
        assert phone_link(phone) == href

    def test_a_map_is_searched_for_street_town_and_country(self) -> None:
        assert map_link(ADDRESS) == (
            "https://www.openstreetmap.org/search?query=12+rue+de+l%27%C3%89glise%2C+44000+Nantes%2C+FR"
        )

    def test_there_is_no_map_of_nowhere(self) -> None:
        assert map_link(replace(ADDRESS, street=" ", postcode="", city="")) == ""


class TestAddresses:
    def test_the_same_address_twice_is_written_once(self) -> None:
        (block,) = address_blocks(replace(ADDRESS, kind=AddressKind.BILLING), ADDRESS)
        assert block.title == "Facturation et livraison"
        assert block.lines == ("Évelyne Morin", "12 rue de l'Église", "44000 Nantes")

    def test_two_addresses_are_written_with_delivery_first_and_the_country_only_abroad(self) -> None:
        billing = replace(ADDRESS, kind=AddressKind.BILLING, company="Mairie", country_code="BE", phone="")
        delivery, other = address_blocks(billing, ADDRESS)
        assert (delivery.title, other.title) == ("Livraison", "Facturation")
        assert other.lines == ("Évelyne Morin", "Mairie", "12 rue de l'Église", "44000 Nantes", "BE")
        assert other.phone is None

    def test_an_order_without_addresses_has_no_block(self) -> None:
        assert address_blocks(None, None) == []


class TestDelivery:
    def test_a_late_order_says_by_how_much(self) -> None:
        facts = {fact.label: fact for fact in delivery_facts(HEADER, TODAY)}
        assert facts["À expédier avant"].value == "jeudi 19/11/2026"
        badge = facts["À expédier avant"].badge
        assert badge is not None
        assert badge.label == "expédition en retard de 2\u00a0j"

    def test_what_is_unknown_is_left_out(self) -> None:
        bare = replace(HEADER, carrier="", pickup_address="", weight_g=0, ship_by=None, delivery_mode=DeliveryMode.HOME)
        assert values(delivery_facts(bare, TODAY)) == {"Mode": "À domicile"}

    def test_weight_pick_up_point_and_dates_are_said(self) -> None:
        known = replace(HEADER, expected_delivery_on=TODAY, delivered_at=NOW)
        facts = values(delivery_facts(known, TODAY))
        assert facts["Poids"] == "850\u00a0g"
        assert facts["Point relais"].startswith("Tabac du Centre\n")
        assert facts["Livraison prévue"] == "samedi 21/11/2026"
        assert facts["Livrée le"] == "21/11/2026 10:30"


class TestPayment:
    def test_a_paid_order_has_nothing_left_to_say(self) -> None:
        assert values(payment_facts(replace(HEADER, invoice_number="F2026-THE-000001"))) == {
            "Moyen": "Chèque",
            "Payé": "31,90\u00a0€ sur 31,90\u00a0€",
            "Facture": "F2026-THE-000001",
        }

    @pytest.mark.parametrize(
        ("paid", "refunded", "label", "value"),
        [
            (0, 0, "Reste à payer", "31,90\u00a0€"),
            (20_00, 0, "Reste à payer", "11,90\u00a0€"),
            (40_00, 0, "Trop-perçu", "8,10\u00a0€"),
            (31_90, 31_90, "Remboursé", "31,90\u00a0€"),
        ],
    )
    def test_what_is_left_too_much_or_given_back_is_said(
        self, paid: int, refunded: int, label: str, value: str
    ) -> None:
        assert values(payment_facts(replace(HEADER, paid_cents=paid, refunded_cents=refunded)))[label] == value

    def test_amounts_are_in_the_orders_own_currency(self) -> None:
        assert values(payment_facts(replace(HEADER, currency="BRL")))["Payé"] == "31,90\u00a0R$ sur 31,90\u00a0R$"


class TestOrigin:
    def test_origin_terms_and_basket_are_said(self) -> None:
        assert values(origin_facts(replace(HEADER, basket_reference="62038bc9"))) == {
            "Origine": "Google",
            "Transmise par": "Boutique",
            "Conditions de vente": "acceptées le 21/11/2026 10:30",
            "Panier": "62038bc9",
        }

    def test_terms_nobody_recorded_and_a_source_we_do_not_know_are_said_as_they_are(self) -> None:
        facts = values(origin_facts(replace(HEADER, terms_accepted_at=None, source="prestashop")))
        assert (facts["Conditions de vente"], facts["Transmise par"]) == (
            "acceptation non renseignée",
            "prestashop",
        )
