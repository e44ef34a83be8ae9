"""The history of an order in words."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.badges import OUTBOX_BADGES
from dashboard.order_page.timeline import Link, MailNote, TimelineEntry, mail_note, timeline_entry
from db.domain.mail import Channel, EmailTemplate, OutboxState, RecipientKind
from db.domain.orders import ActorKind, HistoryEvent
from db.queries.order_rows import HistoryEntry, MailRow, ShipmentRow
from tests.conftest import NOW

MAIL = MailRow(
    id=7,
    history_id=1,
    template=EmailTemplate.ORDER_SHIPPED,
    recipient_kind=RecipientKind.CUSTOMER,
    recipient="e.morin@example.org",
    state=OutboxState.HELD,
    error="",
    due_at=NOW,
    created_at=NOW,
    sent_at=None,
    settled_at=None,
)
PARCEL = ShipmentRow(3, "Colissimo", "6A123", "https://suivi.fr/6A123", "", NOW)


def told(
    event: HistoryEvent,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    actor: ActorKind = ActorKind.SYSTEM,
    name: str = "",
) -> TimelineEntry:
    at = NOW - dt.timedelta(days=1)
    entry = HistoryEntry(1, at, actor, None, name, event, before or {}, after or {}, "une note")
    return timeline_entry(entry, "EUR", NOW, {PARCEL.id: PARCEL})


def test_a_move_shows_both_statuses_as_badges() -> None:
    entry = told(
        HistoryEvent.STATUS_CHANGED, {"status": "paid"}, {"status": "preparing"}, ActorKind.PERSON, "Samira Benali"
    )
    assert entry.before_status is not None
    assert entry.after_status is not None
    assert (entry.before_status.label, entry.after_status.label) == ("Payée", "En cours de traitement")
    assert (entry.who, entry.when, entry.exactly, entry.note) == (
        "Samira Benali",
        "hier 10:30",
        "20/11/2026 10:30",
        "une note",
    )
    assert entry.details == ()


@pytest.mark.parametrize(
    ("actor", "who"),
    [
        (ActorKind.SYSTEM, "Système"),
        (ActorKind.CUSTOMER, "Client"),
        (ActorKind.SHOP, "Boutique"),
        (ActorKind.PERSON, "Équipe"),
    ],
)
def test_who_has_no_name_is_told_by_kind(actor: ActorKind, who: str) -> None:
    assert told(HistoryEvent.NOTE_ADDED, actor=actor, name="  ").who == who


def test_a_payment_is_told_with_amount_method_and_reference() -> None:
    entry = told(HistoryEvent.PAYMENT_RECORDED, None, {"amount_cents": 44_70, "method": "card", "reference": "CB-1"})
    assert (entry.what, entry.details) == ("Paiement reçu", ("44,70\u00a0€", "Carte bancaire", "CB-1"))


def test_an_edit_is_told_field_by_field_from_before_to_after() -> None:
    entry = told(
        HistoryEvent.EDITED,
        {"name": "Paul", "total_cents": 10_00, "note": "x"},
        {"name": "Paule", "total_cents": 12_00, "note": None},
    )
    assert entry.details == ("nom : Paul → Paule", "total_cents : 10,00\u00a0€ → 12,00\u00a0€", "note : x → –")


def test_the_number_of_a_new_order_is_not_repeated() -> None:
    assert told(HistoryEvent.CREATED, None, {"number": "A-1"}).details == ()


def test_a_status_nobody_knows_is_shown_as_it_was_written() -> None:
    entry = told(HistoryEvent.STATUS_CHANGED, {"status": "lost"}, {"status": ["?"]})
    assert entry.before_status is entry.after_status is None
    assert entry.details == ('statut : lost → ["?"]',)


@pytest.mark.parametrize(
    ("after", "details"),
    [
        ({"shipped": {"1": 2, "4": 1}, "shipment_id": 3}, ("3\u00a0articles expédiés", "Colissimo 6A123")),
        ({"shipped": {"1": 1}, "shipment_id": 99}, ("1\u00a0article expédié",)),
        (
            {"cancelled": {"1": 2}, "refund_id": 5, "refund_cents": 31_90, "reason": "out_of_stock"},
            ("2\u00a0articles annulés", "remboursement à faire : 31,90\u00a0€", "Rupture de stock"),
        ),
        ({"derogation": True}, ("par dérogation, sans être réglée",)),
        ({"shipped": "?", "reason": "?"}, ("shipped : ?", "reason : ?")),
        # What an undo needs is not for people.
        ({"received_parcels": [3], "delivered_parcels": [3], "expected_before": None, "dropped_emails": [4]}, ()),
        ({"handed_over": True}, ("remise au client, avec son code de retrait",)),
        ({"handed_over": False}, ("remise au client, sans code de retrait",)),
        ({"handed_units": {"1": 2}}, ()),
    ],
)
def test_a_move_tells_what_it_did_to_the_order(after: dict[str, Any], details: tuple[str, ...]) -> None:
    assert told(HistoryEvent.STATUS_CHANGED, {"status": "paid"}, {"status": "shipped"} | after).details == details


def test_one_more_parcel_of_several_is_a_parcel_and_no_change_of_status() -> None:
    status = {"status": "partly_shipped"}
    entry = told(HistoryEvent.STATUS_CHANGED, status, status | {"shipped": {"1": 1}, "shipment_id": 3})
    assert (entry.what, entry.before_status, entry.after_status) == ("Nouveau colis", None, None)
    assert entry.details == ("1\u00a0article expédié", "Colissimo 6A123")


_PARCEL = {"shipment_id": 3, "carrier": "DPD", "tracking_number": "0123"}


@pytest.mark.parametrize(
    ("event", "before", "after", "what", "details"),
    [
        (
            HistoryEvent.SHIPMENT_CORRECTED,
            {"carrier": "", "tracking_number": "1", "tracking_url": "https://a.fr/1"},
            {"carrier": "DPD", "tracking_number": "2", "tracking_url": "https://b.fr/2", "shipment_id": 3},
            "Colis corrigé",
            ("transporteur : DPD", "numéro de suivi : 1 → 2"),
        ),
        (
            HistoryEvent.SHIPMENT_CORRECTED,
            {"shipped_on": "2026-11-20"},
            {"shipped_on": "2026-11-19", "shipment_id": 3},
            "Colis corrigé",
            ("parti le : 20/11/2026 → 19/11/2026", "Colissimo 6A123"),
        ),
        (
            HistoryEvent.SHIPMENT_CANCELLED,
            {"status": "shipped"},
            {"status": "preparing", "shipment_id": 3, "units": {"1": 2, "2": 1}, "emails_dropped": 1},
            "Colis annulé",
            ("Colissimo 6A123", "3\u00a0articles de nouveau à expédier", "1\u00a0e-mail retenu n’est pas parti"),
        ),
        (HistoryEvent.PARCEL_DELIVERED, None, _PARCEL, "Colis livré", ("DPD", "0123")),
        (
            HistoryEvent.PARCEL_RECEIVED,
            None,
            _PARCEL | {"from": "192.0.2.9"},
            "Colis reçu",
            ("DPD", "0123", "depuis l’adresse 192.0.2.9"),
        ),
        (HistoryEvent.SELLER_REMINDED, None, None, "Rappel au vendeur", ()),
        (
            HistoryEvent.REMINDED,
            None,
            {"recipient": "a@b.fr", "template": "pickup_reminder"},
            "Rappel de retrait",
            ("à a@b.fr", "« Commande à retirer : rappel »"),
        ),
    ],
)
def test_what_became_of_a_parcel_is_told(
    event: HistoryEvent,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    what: str,
    details: tuple[str, ...],
) -> None:
    entry = told(event, before, after)
    assert (entry.what, entry.details) == (what, details)
    assert entry.icon


def test_an_address_is_told_with_its_place_and_an_enum_with_its_label() -> None:
    entry = told(
        HistoryEvent.EDITED,
        {"delivery.city": "Aix", "billing.name": "", "delivery_mode": "home"},
        {"delivery.city": "Arles", "billing.name": "Mairie", "delivery_mode": "in_store"},
    )
    assert entry.details == (
        "livraison, ville : Aix → Arles",
        "facturation, nom : Mairie",
        "mode de livraison : À domicile → Au magasin",
    )


def test_what_was_taken_back_tells_the_status_and_the_emails_that_did_not_leave() -> None:
    entry = told(
        HistoryEvent.UNDONE,
        {"status": "preparing", "paid_cents": 31_90},
        {"status": "paid", "paid_cents": 31_90, "emails_dropped": 1},
    )
    assert entry.after_status is not None
    assert (entry.what, entry.after_status.label) == ("Action annulée", "Payée")
    assert entry.details == ("1\u00a0e-mail retenu n’est pas parti",)


def test_a_payment_taken_back_shows_what_is_paid_and_no_status_that_stayed() -> None:
    status = {"status": "preparing"}
    entry = told(HistoryEvent.UNDONE, status | {"paid_cents": 20_00}, status | {"paid_cents": 0, "emails_dropped": 0})
    assert entry.before_status is entry.after_status is None
    assert entry.details == ("payé : 20,00\u00a0€ → 0,00\u00a0€",)


@pytest.mark.parametrize(
    ("event", "before", "after", "what", "details"),
    [
        (
            HistoryEvent.MESSAGE_SENT,
            None,
            {"recipient": "a@b.fr", "subject": "Votre colis", "body": "Bonjour"},
            "Message au client",
            ("à a@b.fr", "Votre colis"),
        ),
        (HistoryEvent.REMINDED, None, {"recipient": "a@b.fr"}, "Relance de paiement", ("à a@b.fr",)),
        (
            HistoryEvent.EMAIL_RESENT,
            None,
            {"template": "order_shipped", "recipient": "a@b.fr", "outbox_id": 4},
            "E-mail renvoyé",
            ("« Commande envoyée »", "à a@b.fr"),
        ),
        (
            HistoryEvent.TAGGED,
            {"tag": None, "tag_id": 1},
            {"tag": "Fragile", "tag_id": 1},
            "Mot-clé",
            ("« Fragile » ajoutée",),
        ),
        (
            HistoryEvent.TAGGED,
            {"tag": "Fragile", "tag_id": 1},
            {"tag": None, "tag_id": 1},
            "Mot-clé",
            ("« Fragile » retirée",),
        ),
    ],
)
def test_letters_and_tags_are_told_in_words(
    event: HistoryEvent,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    what: str,
    details: tuple[str, ...],
) -> None:
    entry = told(event, before, after)
    assert (entry.what, entry.details) == (what, details)


def test_a_message_shows_what_was_written() -> None:
    entry = HistoryEntry(1, NOW, ActorKind.SYSTEM, None, "", HistoryEvent.MESSAGE_SENT, {}, {"body": "Bonjour"}, "")
    assert timeline_entry(entry, "EUR", NOW).note == "Bonjour"


def test_an_email_is_told_with_its_recipient_and_its_state() -> None:
    assert mail_note(MAIL) == MailNote("Commande envoyée", "à e.morin@example.org", OUTBOX_BADGES[OutboxState.HELD])
    text = replace(MAIL, channel=Channel.SMS, recipient="+33612345678")
    assert mail_note(text) == MailNote("Commande envoyée", "au 06 12 34 56 78", OUTBOX_BADGES[OutboxState.HELD], "SMS")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
facts = st.dictionaries(st.sampled_from(["status", "method", "amount_cents", "reference"]) | st.text(), json_values)


@given(st.sampled_from(HistoryEvent), facts, facts)
def test_whatever_was_written_down_can_be_told(
    event: HistoryEvent, before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert all(isinstance(detail, str) and detail for detail in told(event, before, after).details)


def test_a_return_that_moves_wears_its_own_statuses_and_leads_to_its_page() -> None:
    moments = {"decision": "", "decided_at": None, "received_at": None, "completed_at": None}
    before = {"return_id": 7, "status": "parcel_received"} | moments
    entry = told(HistoryEvent.RETURN_MOVED, before, {"return_id": 7, "status": "completed", "is_settled": True})
    assert entry.before_status
    assert entry.after_status
    # An order is « Terminée » by the same word of the database.
    assert (entry.before_status.label, entry.after_status.label) == ("Colis reçu", "Retour terminé")
    assert entry.link == Link("retour n° 7", "/retour?r=7", is_page=True)
    assert entry.details == ()


@pytest.mark.parametrize(
    ("event", "after", "details"),
    [
        (
            HistoryEvent.RETURN_REQUESTED,
            {"return_id": 7, "units": {"1": 2, "2": 1}, "reason": "defective", "key": "k"},
            ("3\u00a0articles annoncés", "Article défectueux"),
        ),
        (HistoryEvent.RETURN_INSPECTED, {"return_id": 7, "lines": {"1": 1}}, ("1\u00a0article reçu",)),
        (HistoryEvent.RETURN_MESSAGE, {"return_id": 7, "message_id": 4, "key": "k"}, ()),
        (
            HistoryEvent.SETTLED,
            {
                "settlement_id": 3,
                "amount_cents": 25_00,
                "refund_cents": 20_00,
                "voucher_cents": 5_00,
                "shipping_cents": 4_90,
                "units": {"1": 2},
                "restocked": 1,
                "refund_ids": [9],
                "return_id": 7,
                "claim_cents": 0,
            },
            (
                "25,00\u00a0€",
                "20,00\u00a0€ à rembourser",
                "5,00\u00a0€ en bon d’achat",
                "dont 4,90\u00a0€ de frais de port",
                "2\u00a0articles rendus",
                "1\u00a0article remis en stock",
            ),
        ),
        # A gesture of 3,00 €: no article comes back, and all of it is money.
        (
            HistoryEvent.SETTLED,
            {"amount_cents": 3_00, "refund_cents": 3_00, "voucher_cents": 0, "units": {}, "restocked": 0},
            ("3,00\u00a0€ à rembourser",),
        ),
    ],
)
def test_what_happens_to_a_return_is_told_in_words(
    event: HistoryEvent, after: dict[str, Any], details: tuple[str, ...]
) -> None:
    assert told(event, None, after).details == details


@pytest.mark.parametrize("event", list(HistoryEvent))
def test_every_event_has_a_name_and_an_icon_and_no_fact_breaks_it(event: HistoryEvent) -> None:
    names = ("status", "units", "reason", "lines", "state", "restocked", "expires_on", "return_id")
    odd: dict[str, Any] = {name: ["?"] for name in names}
    entry = told(event, odd, odd | {"lines": "?"})
    assert entry.what
    assert entry.icon
