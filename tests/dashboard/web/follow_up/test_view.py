"""What the page says of an order, state by state, before it is drawn."""

import datetime as dt
from dataclasses import replace

import pytest

from dashboard.web.follow_up.view import FollowUp, follow_up_view
from db.domain.orders import ActorKind, DeliveryMode, OrderStatus, PaymentMethod
from db.domain.progress import StepState
from db.emails.example import EXAMPLE
from db.queries.marketplace import MarketplaceRow
from db.queries.order_details import OrderDetails, ShipmentDetails
from db.services.parcel_effects import HANDED_OVER
from tests.conftest import NOW

S = OrderStatus
MARKET = MarketplaceRow(
    "Place", legal_name="Place SAS", street="1 quai X", postcode="35000", city="Rennes", email="aide@example.org"
)
TODAY = dt.date(2026, 11, 21)  # The day of NOW.
PARCEL = EXAMPLE.shipments[0]
DUE = "45,80\u00a0€"


def order(status: OrderStatus, *shipments: ShipmentDetails, **columns: object) -> OrderDetails:
    """The example, paid unless told otherwise: 2 × thé (line −1), 1 théière (line −2)."""
    columns.setdefault("paid_cents", EXAMPLE.total_cents)
    return replace(EXAMPLE, status=status, shipments=shipments, **columns)


def view(of: OrderDetails, **market: object) -> FollowUp:
    return follow_up_view(of, replace(MARKET, **market), NOW)


def parcel(number: int = 1, **columns: object) -> ShipmentDetails:
    return replace(PARCEL, id=number, rank=number, expected_on=TODAY + dt.timedelta(days=3), **columns)


ARRIVED = {"delivered_at": NOW}
CONFIRMED = {"delivered_at": NOW, "received_at": NOW, "received_by": ActorKind.CUSTOMER}


@pytest.mark.parametrize("status", [each for each in S if each is not S.ERROR])
@pytest.mark.parametrize("mode", DeliveryMode)
def test_every_state_has_something_to_say_and_never_says_error(status: OrderStatus, mode: DeliveryMode) -> None:
    said = view(order(status, delivery_mode=mode))
    assert said.headline.title
    assert said == view(order(S.ERROR, delivery_mode=mode, status_before_error=status))


def test_the_last_step_is_done_once_the_order_arrived() -> None:
    assert view(order(S.DELIVERED)).has_arrived
    assert not view(order(S.SHIPPED)).has_arrived
    assert view(order(S.CANCELLED)).steps == ()
    assert view(order(S.PREPARING)).steps[2].state is StepState.CURRENT


# When.


def test_an_expected_day_is_told_until_it_passes_and_then_excused() -> None:
    assert "Arrivée prévue le jeudi 26 novembre 2026." in view(order(S.PREPARING)).headline.sentences
    late = view(order(S.PREPARING, expected_delivery_on=TODAY - dt.timedelta(days=1))).headline.sentences[-1]
    assert late.startswith("Nous l’avions annoncée pour le vendredi 20 novembre 2026")
    assert "excuser" in late
    assert len(view(order(S.DELIVERED)).headline.sentences) == 1


def test_a_late_parcel_is_excused_and_its_day_is_past() -> None:
    (late,) = view(order(S.SHIPPED, replace(PARCEL, expected_on=TODAY - dt.timedelta(days=1)))).parcels
    assert late.apology.startswith("Ce colis a un peu de retard")
    assert late.dates == ("Parti le samedi 21 novembre 2026", "Attendu le vendredi 20 novembre 2026")
    (today,) = view(order(S.SHIPPED, replace(PARCEL, expected_on=TODAY))).parcels
    assert today.apology == ""
    (there,) = view(order(S.DELIVERED, replace(PARCEL, expected_on=TODAY - dt.timedelta(days=1), **ARRIVED))).parcels
    assert there.apology == ""


# Parcels.


def test_a_parcel_says_what_is_in_it() -> None:
    (one,) = view(order(S.SHIPPED, parcel(units={-1: 1}))).parcels
    assert [(item.quantity, item.name, item.details) for item in one.items] == [
        (1, "Thé vert bio", "Contenance\u00a0: 100 g")
    ]


def test_each_parcel_has_its_button_until_it_is_confirmed() -> None:
    first, second = view(order(S.DELIVERED, parcel(1, **CONFIRMED), parcel(2, **ARRIVED))).parcels
    assert (first.title, first.state, first.confirms) == ("Colis 1 sur 2", "Reçu", "")
    assert first.thanks == "Vous avez confirmé sa réception le samedi 21 novembre 2026 à 10:30. Merci\u00a0!"
    assert (second.title, second.state, second.confirms) == ("Colis 2 sur 2", "Livré", "J’ai bien reçu ce colis")


def test_the_only_parcel_is_the_whole_order() -> None:
    (only,) = view(order(S.SHIPPED, parcel())).parcels
    assert (only.title, only.confirms) == ("Votre colis", "J’ai bien reçu ma commande")
    (part,) = view(order(S.PARTLY_SHIPPED, parcel(units={-1: 1}))).parcels
    assert (part.title, part.confirms) == ("Colis 1", "J’ai bien reçu ce colis")


def test_parcels_keep_their_number_where_one_was_called_back() -> None:
    parcels = view(order(S.SHIPPED, parcel(2), parcel(3))).parcels
    assert [each.title for each in parcels] == ["Colis 2", "Colis 3"]
    (only,) = view(order(S.SHIPPED, parcel(2))).parcels
    assert (only.title, only.confirms) == ("Colis 2", "J’ai bien reçu ma commande")


def test_a_receipt_that_nobody_clicked_thanks_nobody() -> None:
    (by_itself,) = view(order(S.RECEIVED, parcel(**CONFIRMED | {"received_by": ActorKind.SYSTEM}))).parcels
    assert by_itself.thanks == "Réception enregistrée le samedi 21 novembre 2026."


def test_once_an_order_is_over_nobody_is_asked_any_more() -> None:
    done = view(order(S.COMPLETED, parcel(**ARRIVED)))
    assert done.parcels[0].confirms == ""
    assert done.parcel(1) is None
    assert not done.confirms_whole_order


def test_an_order_delivered_without_parcels_is_confirmed_as_a_whole() -> None:
    assert view(order(S.DELIVERED)).confirms_whole_order
    assert not view(order(S.DELIVERED, parcel(**ARRIVED))).confirms_whole_order
    assert not view(order(S.SHIPPED)).confirms_whole_order


def test_what_is_still_to_come_is_listed_until_it_leaves() -> None:
    lines = (replace(EXAMPLE.lines[0], quantity_shipped=1), replace(EXAMPLE.lines[1], quantity_cancelled=1))
    partly = order(S.PARTLY_SHIPPED, parcel(units={-1: 1}), lines=lines)
    assert [(item.quantity, item.name) for item in view(partly).to_come] == [(1, "Thé vert bio")]
    assert view(replace(partly, status=S.SHIPPED)).to_come == ()


def test_a_part_that_arrived_is_not_on_its_way() -> None:
    assert "est en route" in view(order(S.PARTLY_SHIPPED, parcel())).headline.title
    assert "est arrivée" in view(order(S.PARTLY_SHIPPED, parcel(**ARRIVED))).headline.title


# Pick-up.

COLLECTED = {"delivery_mode": DeliveryMode.CLICK_AND_COLLECT}


def test_a_pickup_says_where_when_and_its_code_once_it_is_ready() -> None:
    pickup = view(order(S.READY, **COLLECTED)).pickup
    assert pickup is not None
    assert pickup.address == ("Maison du thé", "3 place du Capitole", "31000 Toulouse")
    assert (pickup.opening_hours, pickup.code) == ("Du mardi au samedi, de 10 h à 19 h", "482913")
    before = view(order(S.PREPARING, **COLLECTED)).pickup
    assert before is not None
    assert before.code == ""
    assert view(order(S.RECEIVED, **COLLECTED)).pickup is None


def test_a_printed_link_keeps_the_code_that_proves_who_collects() -> None:
    pickup = follow_up_view(order(S.READY, **COLLECTED), MARKET, NOW, on_paper=True).pickup
    assert pickup is not None
    assert (pickup.code, "dans l’e-mail" in pickup.sentence) == ("", True)


def test_what_was_handed_over_says_when_and_asks_nothing() -> None:
    handed = parcel(carrier=HANDED_OVER, tracking_number="", tracking_url="", **CONFIRMED)
    (shown,) = view(order(S.RECEIVED, handed, **COLLECTED)).parcels
    assert (shown.title, shown.state, shown.carrier) == ("Votre retrait", "Retiré", "")
    assert shown.dates == ("Remis en main propre le samedi 21 novembre 2026 à 10:30",)
    assert (shown.confirms, shown.thanks) == ("", "")


# Money.


def unpaid(method: PaymentMethod, **columns: object) -> OrderDetails:
    return order(S.AWAITING_PAYMENT, payment_method=method, **{"paid_cents": 0} | columns)


def test_who_pays_online_gets_the_shop_s_link() -> None:
    payment = view(unpaid(PaymentMethod.CARD), payment_url_pattern="https://b.example/{number}").payment
    assert payment is not None
    assert (payment.link, payment.link_label) == (f"https://b.example/{EXAMPLE.number}", f"Payer {DUE}")
    assert payment.sentence == ""
    without = view(unpaid(PaymentMethod.CARD)).payment
    assert without is not None
    assert "depuis votre compte sur Place" in without.sentence


@pytest.mark.parametrize(
    ("method", "words"),
    [
        (PaymentMethod.CHEQUE, f"Envoyez un chèque de {DUE} à l’ordre de Place SAS, le numéro {EXAMPLE.number}"),
        (PaymentMethod.TRANSFER, f"Faites un virement de {DUE} avec le libellé {EXAMPLE.number}"),
        (PaymentMethod.CASH, f"Vous réglez {DUE} en espèces à la livraison."),
    ],
)
def test_other_ways_to_pay_are_explained(method: PaymentMethod, words: str) -> None:
    payment = view(unpaid(method)).payment
    assert payment is not None
    assert payment.sentence.startswith(words)
    assert payment.address == (("Place SAS", "1 quai X", "35000 Rennes") if method is PaymentMethod.CHEQUE else ())


def test_what_was_paid_in_part_is_acknowledged() -> None:
    payment = view(unpaid(PaymentMethod.CHEQUE, paid_cents=10_00)).payment
    assert payment is not None
    assert (payment.due, payment.received) == ("35,80\u00a0€", "10,00\u00a0€")


def test_a_paid_or_cancelled_order_asks_for_no_money() -> None:
    assert view(order(S.PREPARING)).payment is None
    assert view(order(S.CANCELLED, paid_cents=0)).payment is None


@pytest.mark.parametrize(
    ("paid", "refunded", "words"),
    [
        (45_80, 0, f"Le remboursement de {DUE} est en cours."),
        (45_80, 45_80, f"Nous vous avons remboursé {DUE}."),
        (0, 0, "Vous n’avez rien à régler."),
    ],
)
def test_a_cancelled_order_says_what_becomes_of_the_money(paid: int, refunded: int, words: str) -> None:
    assert view(order(S.CANCELLED, paid_cents=paid, refunded_cents=refunded)).headline.sentences == (words,)


# Changing one's mind.


def test_the_days_to_change_one_s_mind_count_from_what_arrived_last() -> None:
    week = dt.timedelta(days=7)
    both = order(S.DELIVERED, parcel(1, delivered_at=NOW - week), parcel(2, delivered_at=NOW))
    assert view(both).withdrawal == "jusqu’au lundi 7 décembre 2026"  # 14 days make it a Saturday.
    one = order(S.SHIPPED, parcel(1, delivered_at=NOW - week), parcel(2))
    assert view(one).withdrawal == "jusqu’à 14\u00a0jours après l’arrivée de votre dernier article"


def test_nothing_is_said_of_it_before_anything_came_or_after_its_days() -> None:
    assert view(order(S.SHIPPED, parcel())).withdrawal is None
    assert view(order(S.COMPLETED, parcel(delivered_at=NOW - dt.timedelta(days=17)))).withdrawal is None
    assert view(order(S.DELIVERED, delivered_at=NOW)).withdrawal is not None


def test_what_is_not_asked_for_any_more_is_taken_off_what_is_left_to_pay() -> None:
    # One of the two teas (2 × 12,50 €) is cancelled: 45,80 € less 12,50 €.
    lines = (replace(EXAMPLE.lines[0], quantity_cancelled=1), EXAMPLE.lines[1])
    unpaid = order(S.AWAITING_PAYMENT, lines=lines, paid_cents=0)
    said = view(unpaid)
    assert said.payment is not None
    assert said.payment.due == "33,30\u00a0€"
    assert ("Annulé ou rendu", "−12,50\u00a0€") in said.totals
    paid = view(replace(unpaid, paid_cents=45_80, refunded_cents=12_50, status=S.PREPARING))
    assert [label for label, _ in paid.totals] == ["Articles", "Livraison", "Total TTC", "Remboursé"]


def test_what_came_back_is_told_with_its_article() -> None:
    lines = (replace(EXAMPLE.lines[0], quantity_shipped=2, quantity_returned=1), EXAMPLE.lines[1])
    assert "dont 1\u00a0rendu" in view(order(S.RECEIVED, lines=lines)).lines[0].details
