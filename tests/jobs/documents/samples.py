"""Documents to draw, send and check in tests: one function a case, plain snapshots without a database."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from db.domain.credit import CreditRequest, credit
from db.domain.documents import DocumentKind
from db.domain.mentions import MentionTexts, Stated, category, exemption, mentions
from db.domain.orders import DeliveryMode, PaymentMethod
from db.domain.postal import PostalAddress
from db.domain.snapshot import (
    Buyer,
    Delivery,
    DocumentLine,
    Nature,
    Original,
    Party,
    Receipt,
    Snapshot,
    VatLine,
)
from db.domain.vat import net_of_lines, totals_per_rate

ISSUED_AT = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)
ISSUED_ON = dt.date(2026, 11, 22)
TEXTS = MentionTexts()

# SIREN and VAT numbers with right check digits (La Poste's and others' of the same public lists).
SELLER = Party(
    name="Maison du thé",
    legal_name="Maison du thé SARL",
    siren="404833048",
    siret="40483304800022",
    vat_number="FR83404833048",
    street="12 rue de la Monnaie",
    postcode="35000",
    city="Rennes",
    email="bonjour@maisonduthe.example",
    legal_notice="SARL au capital de 10 000 € – RCS Rennes 404 833 048",
)
MARKETPLACE = Party(
    name="Place du Marché",
    legal_name="Place du Marché SAS",
    siren="732829320",
    siret="73282932000074",
    vat_number="FR44732829320",
    street="12 rue de l’Été",
    postcode="75011",
    city="Paris",
    legal_notice="SAS au capital de 50 000 € – RCS Paris 732 829 320",
)
EVELYNE = PostalAddress(
    "Évelyne Morin", street="3 allée des Châtaigniers", street_extra="Bâtiment B", postcode="35400", city="Saint-Malo"
)
PAUL = PostalAddress("Paul Morin", street="8 impasse du Port", postcode="56000", city="Vannes")
TOWN_HALL = Buyer("Service achats", "Mairie de Saint-Malo", "213502883", "FR30213502883", "achats@mairie.example")
TOWN_HALL_ADDRESS = PostalAddress(
    "Service achats", "Mairie de Saint-Malo", "Place Chateaubriand", "CS 21826", "35418", "Saint-Malo Cedex"
)


def line(
    name: str,
    unit_price_cents: int,
    *,
    quantity: int = 1,
    rate_bp: int = 2000,
    discount_cents: int = 0,
    reference: str = "",
    attributes: Mapping[str, str] | None = None,
    is_shipping: bool = False,
) -> DocumentLine:
    """Return a line that has no place yet."""
    return DocumentLine(
        position=0,
        order_line_id=None if is_shipping else 1,
        reference=reference,
        name=name,
        attributes=dict(attributes or {}),
        quantity=quantity,
        unit_price_cents=unit_price_cents,
        discount_cents=discount_cents,
        vat_rate_bp=rate_bp,
        net_cents=0,
        gross_cents=quantity * unit_price_cents - discount_cents,
    )


#: Two teas at 5.5 %, a teapot at 20 % with a discount, shipping at 20 %: 61,31 €, 53,96 € without VAT.
TEA = (
    line("Thé vert bio Sencha", 12_50, quantity=2, rate_bp=550, reference="THE-SENCHA",
         attributes={"Poids": "100 g", "Origine": "Japon"}),
    line("Théière en fonte", 34_90, discount_cents=3_49, reference="POT-1", attributes={"Couleur": "Noir"}),
    line("Frais de port", 4_90, is_shipping=True),
)  # fmt: skip


def sample(
    lines: Sequence[DocumentLine] = TEA, *, paid_cents: int | None = None, vat_exemption: str = "", **changes: Any
) -> Snapshot:
    """Return a paid invoice with some lines; ``changes`` are fields of the snapshot."""
    issuer = changes.get("issuer", SELLER)
    buyer = changes.get("buyer", Buyer("Évelyne Morin", email="evelyne@example.fr"))
    billing = changes.pop("billing", EVELYNE)
    delivery_address = changes.pop("delivery_address", billing)
    placed, vat = _priced(lines, issuer, buyer, delivery_address.country_code, vat_exemption)
    gross = sum(each.gross_cents for each in vat)
    paid = gross if paid_cents is None else paid_cents
    stated = Stated(
        seller=issuer.legal_name,
        marketplace=MARKETPLACE.legal_name,
        mandate_signed_on=dt.date(2025, 1, 15),
        vat_on_debits=False,
        nature=Nature.GOODS,
        buyer=buyer,
    )
    receipt = Receipt(PaymentMethod.CARD, dt.date(2026, 11, 21), paid)
    snapshot = Snapshot(
        kind=DocumentKind.INVOICE,
        number="F2026-THE-000001",
        series="F2026-THE",
        sequence=1,
        issued_at=ISSUED_AT,
        issued_on=ISSUED_ON,
        order_number="62038bc9-f390060031-398dfb-001",
        placed_on=dt.date(2026, 11, 21),
        currency="EUR",
        issuer=issuer,
        marketplace=MARKETPLACE,
        mandate_signed_on=dt.date(2025, 1, 15),
        buyer=buyer,
        billing=billing,
        delivery_address=delivery_address,
        delivery=Delivery(DeliveryMode.HOME, "Colissimo", expected_on=dt.date(2026, 11, 25)),
        nature=Nature.GOODS,
        lines=placed,
        vat=vat,
        mentions=tuple(mentions(TEXTS, stated, [each.exemption for each in vat])),
        paid_cents=paid,
        due_cents=gross - paid,
        due_on=ISSUED_ON + dt.timedelta(days=30) if paid < gross else None,
        receipts=(receipt,) if paid else (),
        follow_up_url="https://marche.example/suivi/eyJvcmRlciI6MTIzNDU2fQ.aJ3kQw.b0Yk7Yx8mU2nq",
    )
    return replace(snapshot, **changes)


def one_line() -> Snapshot:
    """Return the shortest invoice."""
    return sample((line("Carte cadeau", 50_00, reference="CC-50"),))


def sixty_lines() -> Snapshot:
    """Return sixty articles over several pages: 60 × 12,34 € = 740,40 €, of three rates."""
    rates = (2000, 1000, 550)
    return sample(
        [
            line(f"Article n° {number}", 12_34, rate_bp=rates[number % 3], reference=f"REF-{number:03d}",
                 attributes={"Taille": "M"} if number % 4 == 0 else None)
            for number in range(1, 61)
        ]
    )  # fmt: skip


def long_names() -> Snapshot:
    """Return an invoice whose every text is longer than anybody expects."""
    return sample(
        (
            line("Coffret « Découverte des grands jardins de Chine, du Japon et du Népal » en bois de hêtre " * 2,
                 149_90, quantity=12, discount_cents=179_88, reference="COFFRET-DECOUVERTE-2026-EDITION-LIMITEE-0001",
                 attributes={"Gravure": "Pour Marie-Antoinette, avec toute notre affection, vos collègues de Rennes",
                             "Emballage": "papier kraft recyclé et ruban de coton bio"}),
            line("x" * 120, 9_999_99, quantity=150, reference="A" * 40),
        ),
        order_number="62038bc9-f390060031-398dfb-62038bc9-f390060031-398dfb-0000000001",
        number="F2026-MAISONDUTHEDERENNES-000001",
        billing=PostalAddress(
            "Marie-Antoinette de la Rochefoucauld-Montmorency-Bouteville", "Société coopérative d’intérêt collectif "
            "des producteurs réunis du Haut-Léon", "1234 bis boulevard du Général de Gaulle prolongé", "Bâtiment "
            "Chateaubriand, escalier C, porte 412, chez Madame Le Goff", "29233", "Cléder-sur-Mer-en-Bretagne",
        ),
        issuer=replace(SELLER, legal_name="Société d’importation et de distribution des thés et infusions de Bretagne "
                       "et des Pays de la Loire réunis", street="Zone d’activité de la Monnaie et des Grands Moulins, "
                       "bâtiment 12"),
    )  # fmt: skip


def company() -> Snapshot:
    """Return the unpaid invoice of a town hall, which must have it before it pays."""
    return sample(buyer=TOWN_HALL, billing=TOWN_HALL_ADDRESS, paid_cents=0)


def three_rates() -> Snapshot:
    """Return articles at 2,1 %, 5,5 % and 20 %, partly paid by two means."""
    return sample(
        (
            line("Revue mensuelle", 6_90, quantity=3, rate_bp=210, reference="REV-11"),
            line("Biscuits au beurre", 4_20, quantity=10, rate_bp=550, reference="BIS-200"),
            line("Boîte en métal", 15_00, quantity=2, rate_bp=2000, reference="BOX-1"),
        ),
        paid_cents=50_00,
        receipts=(
            Receipt(PaymentMethod.CHEQUE, dt.date(2026, 11, 20), 30_00, "0004521"),
            Receipt(PaymentMethod.TRANSFER, dt.date(2026, 11, 21), 20_00),
        ),
    )


def elsewhere() -> Snapshot:
    """Return an invoice that is delivered to somebody else."""
    return sample(delivery_address=PAUL)


def everything() -> Snapshot:
    """Return an invoice that has all there can be: partly paid by a company, delivered elsewhere, four rates."""
    lines = (
        *TEA,
        line("Revue mensuelle", 6_90, quantity=3, rate_bp=210, reference="REV-11"),
        line("Confiture de lait", 5_40, quantity=6, rate_bp=1000, discount_cents=3_24, reference="CONF-6"),
    )
    return sample(
        lines,
        buyer=TOWN_HALL,
        billing=TOWN_HALL_ADDRESS,
        delivery_address=PAUL,
        paid_cents=20_00,
        brand_colour="#ffd400",
    )


def pickup_point() -> Snapshot:
    """Return an invoice of goods that are collected."""
    place = "Tabac de la Gare\n4 place de la Gare\n35400 Saint-Malo"
    return sample(delivery=Delivery(DeliveryMode.PICKUP_POINT, "Mondial Relay", place))


def abroad() -> Snapshot:
    """Return an export to Switzerland: no VAT, and why."""
    return sample(
        (line("Thé vert bio Sencha", 12_50, quantity=4, rate_bp=0, reference="THE-SENCHA"),),
        billing=PostalAddress("Heidi Müller", street="Bahnhofstrasse 1", postcode="8001", city="Zürich",
                              country_code="CH"),
    )  # fmt: skip


def small_business() -> Snapshot:
    """Return the invoice of a seller who charges no VAT at all."""
    issuer = replace(SELLER, name="Atelier Nour", legal_name="Nour Haddad EI", vat_number="", siret="",
                     legal_notice="Entrepreneur individuel")  # fmt: skip
    return sample(
        (line("Bol en grès", 28_00, quantity=2, rate_bp=0, reference="BOL"),),
        issuer=issuer,
        vat_exemption="TVA non applicable, art. 293 B du CGI.",
    )


def greek_and_cyrillic() -> Snapshot:
    """Return names that Inter draws, if not its common letters."""
    return sample(
        (line("Ελληνικό τσάι του βουνού", 12_50, rate_bp=550), line("Самовар тульский", 149_00)),
        billing=PostalAddress("Ελένη Παπαδοπούλου", "ООО «Чайный дом»", "ул. Тверская, 7", "Nguyễn Thị Ánh", "125009",
                              "Москва", "CY"),
    )  # fmt: skip


def chinese() -> Snapshot:
    """Return names that no font of ours draws."""
    return sample((line("龙井茶", 12_50, rate_bp=550),), billing=replace(EVELYNE, name="王小明"))


def credit_note(invoice: Snapshot | None = None, request: CreditRequest | None = None, **changes: Any) -> Snapshot:
    """Return the credit note of an invoice, of all of it if nothing else is asked for."""
    origin = invoice or sample()
    credited = credit(origin, [], request or CreditRequest(whole=True))
    note = replace(
        origin,
        kind=DocumentKind.CREDIT_NOTE,
        number="AV2026-THE-000001",
        series="AV2026-THE",
        lines=credited.lines,
        vat=credited.vat,
        paid_cents=0,
        due_cents=0,
        due_on=None,
        receipts=(),
        original=Original(origin.number, origin.issued_on),
        reason="Retour du client : théière ébréchée",
    )
    return replace(note, **changes)


def credit_amount() -> Snapshot:
    """Return a credit note of 5 € on an article that stays with the customer, and of the shipping."""
    return credit_note(request=CreditRequest(amounts={2: 5_00, 3: 4_90}))


def _priced(
    lines: Sequence[DocumentLine], issuer: Party, buyer: Buyer, country_code: str, vat_exemption: str
) -> tuple[tuple[DocumentLine, ...], tuple[VatLine, ...]]:
    gross = [(each.vat_rate_bp, each.gross_cents) for each in lines]
    totals = totals_per_rate(gross)
    nets = net_of_lines(totals, gross)
    placed = tuple(
        replace(each, position=position, net_cents=net)
        for position, (each, net) in enumerate(zip(lines, nets, strict=True), start=1)
    )
    vat = []
    for total in totals:
        why = category(total.rate_bp, issuer.vat_number, buyer, country_code)
        words = exemption(why, TEXTS, vat_exemption)
        vat.append(VatLine(total.rate_bp, why, words, total.net_cents, total.vat_cents, total.gross_cents))
    return placed, tuple(vat)
