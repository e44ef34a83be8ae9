"""An order that never was: what the editor shows where there is no order yet, and what every text is tried on."""

import base64
import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from db.domain.exports import Cadence
from db.domain.mail import EmailTemplate
from db.domain.orders import DeliveryMode, OrderStatus, PaymentMethod, PaymentState
from db.domain.summaries import BestSeller, ChartBar, CurrencySummary, PeriodFigures, SalesChart, Summary
from db.queries.order_details import AddressDetails, LineDetails, OrderDetails, ShipmentDetails

_PLACED_AT = dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC)
_ADDRESS = AddressDetails(
    name="Évelyne Morin",
    company="",
    street="12 rue des Lilas",
    street_extra="Bâtiment B",
    postcode="31000",
    city="Toulouse",
    country_code="FR",
    phone="06 12 34 56 78",
)


def _line(place: int, name: str, options: dict[str, str], quantity: int, price_cents: int) -> LineDetails:
    return LineDetails(
        id=-place,
        order_id=0,
        sku=f"THE-{place:03d}",
        name=name,
        attributes=options,
        quantity=quantity,
        quantity_shipped=0,
        quantity_cancelled=0,
        unit_price_cents=price_cents,
        discount_cents=0,
        total_cents=quantity * price_cents,
    )


EXAMPLE = OrderDetails(
    id=0,
    number="62038bc9-398dfb-001",
    status=OrderStatus.AWAITING_PAYMENT,
    status_before_error=None,
    delivery_mode=DeliveryMode.HOME,
    payment_method=PaymentMethod.TRANSFER,
    payment_state=PaymentState.UNPAID,
    currency="EUR",
    items_cents=40_90,
    shipping_cents=4_90,
    discount_cents=0,
    total_cents=45_80,
    paid_cents=0,
    refunded_cents=0,
    item_count=3,
    placed_at=_PLACED_AT,
    expected_delivery_on=dt.date(2026, 11, 26),
    ship_by=dt.date(2026, 11, 24),
    delivered_at=None,
    received_at=None,
    carrier="Colissimo",
    pickup_address="",
    customer_name="Évelyne Morin",
    customer_email="evelyne.morin@example.org",
    customer_phone="06 12 34 56 78",
    seller_name="Maison du thé",
    seller_address=("3 place du Capitole", "31000 Toulouse"),
    seller_opening_hours="Du mardi au samedi, de 10 h à 19 h",
    pickup_code="482913",
    link_generation=0,
    lines=(_line(1, "Thé vert bio", {"Contenance": "100 g"}, 2, 12_50), _line(2, "Théière en fonte", {}, 1, 15_90)),
    billing=_ADDRESS,
    delivery=_ADDRESS,
    shipments=(
        ShipmentDetails(
            id=0,
            order_id=0,
            carrier="Colissimo",
            tracking_number="8R12345678901",
            tracking_url="https://www.laposte.fr/outils/suivre-vos-envois?code=8R12345678901",
            shipped_at=_PLACED_AT,
            expected_on=dt.date(2026, 11, 24),
            delivered_at=None,
            received_at=None,
            received_by=None,
            units={-1: 2, -2: 1},
            rank=1,
        ),
    ),
)

#: A picture that the worker drew of ``EXAMPLE_CHART``; a test draws it again and compares.
_PICTURE = Path(__file__).resolve().parent / "templates" / "example_chart.png"

#: The day's sales in cents, from a Monday to a Sunday: this week's, and the week's before.
_WEEK = ((812_40, 774_10), (905_00, 861_30), (1_120_90, 743_00), (689_50, 902_20), (1_340_00, 1_115_60),
         (1_876_30, 1_620_00), (1_102_80, 1_240_70))  # fmt: skip
_MONDAY = dt.date(2026, 11, 16)
EXAMPLE_CHART = SalesChart(
    "Chiffre d’affaires par jour",
    "EUR",
    tuple(
        ChartBar((_MONDAY + dt.timedelta(days=place)).isoformat(), cents, before)
        for place, (cents, before) in enumerate(_WEEK)
    ),
    "la semaine précédente",
)
EXAMPLE_SUMMARY = Summary(
    Cadence.WEEKLY,
    "2026-11-16",
    "2026-11-22",
    late_orders=4,
    currencies=(
        CurrencySummary(
            "EUR",
            now=PeriodFigures(7_846_90, 168, new_customers=61, returned=5, shipped_late=3),
            before=PeriodFigures(7_256_90, 159, new_customers=54, returned=7, shipped_late=3),
            year_before=PeriodFigures(6_310_20, 141, new_customers=58, returned=6, shipped_late=9),
            unpaid_orders=12,
            unpaid_cents=534_20,
            sellers=(BestSeller("Maison du thé", 3_120_40, 0), BestSeller("Cave des Carmes", 2_014_00, 0)),
            products=(BestSeller("Théière en fonte", 986_00, 62), BestSeller("Thé vert bio", 712_50, 57)),
            chart=EXAMPLE_CHART,
        ),
    ),
)


@lru_cache(maxsize=1)
def example_pictures() -> Mapping[str, str]:
    """Return the chart that a preview shows, written into the e-mail itself: a preview has nothing attached."""
    drawn = base64.b64encode(_PICTURE.read_bytes()).decode()
    return {EXAMPLE_CHART.currency: f"data:image/png;base64,{drawn}"}


#: What the causes of e-mails write beside the order, all at once.
EXAMPLE_EXTRA = {
    "message": "Nous avons ajouté un échantillon à votre colis.",
    "subject": "À propos de votre commande",
    "body": "Bonjour,\n\nVotre colis partira demain matin.\n\nBien à vous,\nLe service client",
    "amount_cents": 15_90,
    "document": "AV2026-S1-000001",
    "code": "7F3K-9MPX-2WTJ",
    "expires_on": "2027-05-31",
    "cancelled_on": "2026-12-06",
    "return_id": 128,
    "return_status": "parcel_received",
    "return_reason": "damaged",
    "return_explanation": "La théière est arrivée fêlée.",
    "return_instructions": "Emballez les articles dans leur carton d’origine et glissez-y le bon de retour.\n\n"
    "Maison du thé, service des retours\n3 place du Capitole\n31000 Toulouse",
    "send_back_by": "2026-12-07",
    "refund_by": "2026-12-05",
    "given_back": "1 × Théière en fonte\u00a0: 20,90\u00a0€\nRetenue\u00a0: \u22125,00\u00a0€, couvercle ébréché\n"
    "Total\u00a0: 15,90\u00a0€",
    "refund_cents": 12_50,
    "voucher_cents": 3_40,
    "refund_method": "card",
    "refund_reference": "RB-20261201-17",
    "points": 31,
    "points_balance": 120,
    "payout_id": 12,
    "breakdown": "Ventes\u00a0: 16,37\u00a0€\nCommissions\u00a0: \u22120,47\u00a0€\nTotal\u00a0: 15,90\u00a0€",
    "paid_on": "2026-12-04",
    "iban": "FR14 •••• •••• 2606",
    "iban_before": "FR76 •••• •••• 0189",
    "rejection": "AC04, compte clôturé",
    "month": "2026-11-01",
    "changed_at": "2026-11-21T13:30:00+00:00",
    "changed_by": "Évelyne Morin",
    "rests_until": "2026-11-24T13:30:00+00:00",
    "summary": EXAMPLE_SUMMARY.to_json(),
    "export_name": "Commandes du mois",
    "rows": 1204,
    "period": "du 01/10/2026 au 31/10/2026",
    "stored_at": "exports/2026/11/commandes-du-mois-2026-11-01.csv",
    "file_id": 128,
}

#: The documents that go with e-mails.
EXAMPLE_ENCLOSED: Mapping[EmailTemplate, str] = {
    EmailTemplate.PAYMENT_RECEIVED: "F2026-S1-000001",
    EmailTemplate.INVOICE: "F2026-S1-000001",
    EmailTemplate.CREDIT_NOTE: "AV2026-S1-000001",
    EmailTemplate.SELLER_PAYOUT: "FC2026-000001",
}
#: A statement of the seller's account goes with them.
WITH_STATEMENT = frozenset({EmailTemplate.SELLER_PAYOUT, EmailTemplate.SELLER_STATEMENT})
