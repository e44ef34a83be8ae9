"""What the page states of an order's parcels, as data."""

import datetime as dt
from dataclasses import replace

import pytest

from dashboard.order_page.parcel_rows import Parcel, parcels
from db.domain.orders import ActorKind, HistoryEvent
from db.queries.order_rows import HistoryEntry, LineRow, OrderPage, ShipmentRow
from tests.conftest import NOW
from tests.dashboard.order_page.test_facts import HEADER, TODAY
from tests.dashboard.order_page.test_rows import LINE

BOWL = replace(LINE, id=2, name="Bol en grès")
SENT = ShipmentRow(
    id=7,
    carrier="Colissimo",
    tracking_number="6A1",
    tracking_url="https://suivi.fr/6A1",
    message=" À bientôt ",
    shipped_at=NOW - dt.timedelta(days=4),
    expected_on=TODAY - dt.timedelta(days=2),
    contents=((1, 2), (2, 1)),
)


def page_of(
    *shipments: ShipmentRow, lines: tuple[LineRow, ...] = (LINE, BOWL), history: tuple[HistoryEntry, ...] = ()
) -> OrderPage:
    return OrderPage(
        header=HEADER,
        lines=lines,
        vat_totals=(),
        payments=(),
        billing=None,
        delivery=None,
        account=None,
        basket_siblings=(),
        returns=(),
        shipments=shipments,
        mails=(),
        history=history,
        undo_window=dt.timedelta(seconds=60),
    )


def told(shipment: ShipmentRow, *history: HistoryEntry) -> Parcel:
    return parcels(page_of(shipment, history=history), TODAY)[0]


def facts(parcel: Parcel) -> dict[str, str]:
    return {fact.label: fact.value for fact in parcel.facts}


def labels(parcel: Parcel) -> list[str]:
    return [badge.label for badge in parcel.badges]


def test_a_parcel_under_way_is_told_with_its_articles_its_link_and_its_days() -> None:
    parcel = told(replace(SENT, expected_on=TODAY))
    assert (parcel.title, parcel.carrier, parcel.tracking, parcel.href) == (
        "Colis",
        "Colissimo",
        "6A1",
        "https://suivi.fr/6A1",
    )
    assert parcel.articles == ("2 × Thé vert bio", "1 × Bol en grès")
    assert parcel.message == "À bientôt"
    assert facts(parcel) == {"Parti le": "17/11/2026 10:30", "Attendu le": "samedi 21/11/2026"}
    assert labels(parcel) == ["En route"]


def test_one_that_should_have_arrived_says_since_when() -> None:
    assert labels(told(SENT)) == ["En route", "livraison en retard de 2\u00a0j"]
    assert labels(told(replace(SENT, delivered_at=NOW))) == ["Livré, réception à confirmer"]


def test_a_receipt_is_told_with_its_proof() -> None:
    received = replace(
        SENT, delivered_at=NOW, received_at=NOW, received_by=ActorKind.CUSTOMER, received_from="192.0.2.9"
    )
    assert labels(told(received)) == ["Reçu"]
    assert facts(told(received))["Reçu le"] == (
        "21/11/2026 10:30 · confirmé par le client · depuis l’adresse 192.0.2.9"
    )
    alone = replace(received, received_by=ActorKind.SYSTEM, received_from="")
    assert facts(told(alone))["Reçu le"] == "21/11/2026 10:30 · tenu pour reçu, le client n’ayant rien dit"


@pytest.mark.parametrize(
    ("event", "after"),
    [
        (HistoryEvent.STATUS_CHANGED, {"status": "received", "received_parcels": [6, 7]}),
        (HistoryEvent.PARCEL_RECEIVED, {"shipment_id": 7}),
    ],
)
def test_a_receipt_that_a_colleague_noted_names_them(event: HistoryEvent, after: dict[str, object]) -> None:
    received = replace(SENT, received_at=NOW, received_by=ActorKind.PERSON)
    entry = HistoryEntry(1, NOW, ActorKind.PERSON, 4, "Samira Benali", event, {}, after, "")
    assert facts(told(received, entry))["Reçu le"] == "21/11/2026 10:30 · noté par Samira Benali"
    assert facts(told(received))["Reçu le"] == "21/11/2026 10:30 · noté par l’équipe"


def test_one_that_was_called_back_says_so_and_every_parcel_keeps_its_rank() -> None:
    recalled = replace(SENT, id=5, cancelled_at=NOW)
    first, second, third = parcels(page_of(recalled, SENT, replace(SENT, id=8)), TODAY)
    assert (first.title, second.title, third.title) == ("Colis 1", "Colis 2", "Colis 3")
    assert (first.is_cancelled, second.is_cancelled) == (True, False)
    assert labels(first) == ["Annulé, n’est pas parti"]
    assert facts(first) == {"Annulé le": "21/11/2026 10:30"}


def test_what_is_no_address_of_the_web_is_no_link() -> None:
    assert told(replace(SENT, tracking_url="javascript:alert(1)")).href == ""
    bare = told(replace(SENT, carrier="", tracking_number=""))
    assert (bare.carrier, bare.tracking) == ("Transporteur non précisé", "Suivre le colis")
