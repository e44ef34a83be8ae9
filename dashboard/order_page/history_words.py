"""The facts of a history entry in French: one field, one wording; whatever nobody foresaw is shown as it is."""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any

from db.domain import formats
from db.domain.mail import EmailTemplate
from db.domain.moves import CancelReason
from db.domain.orders import DeliveryMode, HistoryEvent, PaymentMethod, PaymentRecordState
from db.domain.returns import ReturnReason
from db.queries.order_rows import HistoryEntry, ShipmentRow

#: Ids of rows: for an undo, not for people. What a body says is drawn as a note.
_HIDDEN = frozenset(
    {
        "payment_ids",
        "refund_id",
        "refund_ids",
        "settled",
        "handed_units",
        "tag_id",
        "outbox_id",
        "body",
        "dropped_emails",
        "expected_before",
        "delivered_parcels",
        "received_parcels",
        "return_id",
        "settlement_id",
        "voucher_id",
        "key",
    }
)
#: What needs no name before its value; any other field is written « name : before → after ».
_PLAIN = frozenset({"amount_cents", "method", "reference", "subject", "template"})
#: What fields are called; any other is shown as it is.
FIELD_NAMES = {
    "status": "statut",
    "quantity": "quantité",
    "name": "nom",
    "paid_cents": "payé",
    "customer_name": "nom",
    "customer_email": "e-mail",
    "customer_phone": "téléphone",
    "delivery_mode": "mode de livraison",
    "pickup_address": "retrait",
    "carrier": "transporteur",
    "tracking_number": "numéro de suivi",
    "tracking_url": "lien de suivi",
    "shipped_on": "parti le",
    "document": "avoir",
    "done_on": "fait le",
    "iban_end": "IBAN",
}
#: How a refund is doing.
REFUND_STATES: Mapping[str, str] = {
    PaymentRecordState.PENDING.value: "à faire",
    PaymentRecordState.SENT.value: "transmis",
    PaymentRecordState.CAPTURED.value: "fait",
    PaymentRecordState.FAILED.value: "refusé",
    PaymentRecordState.CANCELLED.value: "annulé",
}
_ADDRESSES = {"billing": "facturation", "delivery": "livraison"}
_ADDRESS_FIELDS = {
    "name": "nom",
    "company": "société",
    "street": "rue",
    "street_extra": "complément",
    "postcode": "code postal",
    "city": "ville",
    "country_code": "pays",
    "phone": "téléphone",
}
_CHOICES: Mapping[str, Mapping[str, str]] = {
    "method": {each.value: each.label for each in PaymentMethod},
    "delivery_mode": {each.value: each.label for each in DeliveryMode},
    "template": {each.value: f"« {each.label} »" for each in EmailTemplate},
}


def details(
    entry: HistoryEntry, currency: str, shipments: Mapping[int, ShipmentRow], without: frozenset[str]
) -> tuple[str, ...]:
    """Return what an entry states beside its title: « 44,70 € », « nom : Paul → Paule », « 2 articles expédiés »."""
    names = [name for name in dict.fromkeys([*entry.before, *entry.after]) if name not in _HIDDEN | without]
    return tuple(words for name in names if (words := _detail(name, entry, currency, shipments)))


def _detail(name: str, entry: HistoryEntry, currency: str, shipments: Mapping[int, ShipmentRow]) -> str:
    before, after = entry.before.get(name), entry.after.get(name)
    if name == "shipment_id":
        return _parcel(after, shipments)
    if name == "shipped" and "handed_over" in entry.after:
        return ""  # « Remise au client » says it.
    if _is_told_by_its_parts(name, entry):
        return ""
    teller = _OF_EVENT.get((entry.event, name)) or _TELLERS.get(name)
    told = teller(before, after, currency) if teller else None
    return _change(name, before, after, currency) if told is None else told


def _is_told_by_its_parts(name: str, entry: HistoryEntry) -> bool:
    """Tell whether an amount is said by how it was given: all of it as money, or all of it as a voucher."""
    if entry.event is not HistoryEvent.SETTLED or name != "amount_cents":
        return False
    amount = entry.after.get(name)
    return bool(amount) and amount in (entry.after.get("refund_cents"), entry.after.get("voucher_cents"))


def _parcel(shipment_id: object, shipments: Mapping[int, ShipmentRow]) -> str:
    parcel = shipments.get(shipment_id) if isinstance(shipment_id, int) else None
    return " ".join(part for part in (parcel.carrier, parcel.tracking_number) if part) if parcel else ""


def _change(name: str, before: object, after: object, currency: str) -> str:
    was, becomes = _text(name, before, currency), _text(name, after, currency)
    if was == becomes:
        return ""
    change = f"{was} → {becomes or formats.DASH}" if was else becomes
    return change if name in _PLAIN else f"{_name(name)} : {change}"


def _name(field: str) -> str:
    """Return « livraison, ville » for « delivery.city »."""
    which, dot, part = field.partition(".")
    if dot and which in _ADDRESSES and part in _ADDRESS_FIELDS:
        return f"{_ADDRESSES[which]}, {_ADDRESS_FIELDS[part]}"
    return FIELD_NAMES.get(field, field)


def _text(name: str, value: object, currency: str) -> str:
    if value is None or value == "":
        return ""
    if name.endswith("_cents") and _is_count(value):
        return formats.money(value, currency)
    if name.endswith("_on") and isinstance(value, str):
        return _day(value)
    if isinstance(value, str):
        return _CHOICES.get(name, {}).get(value, value)
    return json.dumps(value, ensure_ascii=False)


def _day(text: str) -> str:
    try:
        return formats.date(dt.date.fromisoformat(text))
    except ValueError:
        return text


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


#: None where what was written is not what the field is for.
_Teller = Callable[[Any, Any, str], str | None]


def _units(word: str) -> _Teller:
    def tell(_before: object, after: object, _currency: str) -> str | None:
        if not isinstance(after, dict) or not all(map(_is_count, after.values())):
            return None
        units = sum(after.values())
        return formats.plural(units, f"article {word}", f"articles {word}s") if units else ""

    return tell


def _refund(_before: object, after: object, currency: str) -> str | None:
    return f"remboursement à faire : {formats.money(after, currency)}" if _is_count(after) else None


def _reason(_before: object, after: object, _currency: str) -> str | None:
    return CancelReason(after).label if after in tuple(CancelReason) else None


def _derogation(_before: object, after: object, _currency: str) -> str | None:
    return "par dérogation, sans être réglée" if after is True else None


def _dropped(_before: object, after: object, _currency: str) -> str | None:
    if not _is_count(after):
        return None
    return formats.plural(after, "e-mail retenu n’est pas parti", "e-mails retenus ne sont pas partis") if after else ""


def _tag(before: object, after: object, _currency: str) -> str | None:
    if isinstance(after, str) and not before:
        return f"« {after} » ajoutée"
    return f"« {before} » retirée" if isinstance(before, str) and not after else None


def _to_ship_again(_before: object, after: object, _currency: str) -> str | None:
    if not isinstance(after, dict) or not all(map(_is_count, after.values())):
        return None
    return formats.plural(sum(after.values()), "article de nouveau à expédier", "articles de nouveau à expédier")


def _handed_over(_before: object, after: object, _currency: str) -> str | None:
    if not isinstance(after, bool):
        return None
    return "remise au client, avec son code de retrait" if after else "remise au client, sans code de retrait"


def _stated(before: object, after: object, _currency: str) -> str | None:
    """Return a value that is stated, not changed, without its name."""
    return after if before is None and isinstance(after, str) else None


def _proof(_before: object, after: object, _currency: str) -> str | None:
    return f"depuis l’adresse {after}" if isinstance(after, str) and after else None


def _recipient(_before: object, after: object, _currency: str) -> str | None:
    return f"à {after}" if isinstance(after, str) and after else None


def _given(word: str) -> _Teller:
    """Tell an amount that is a part of another: « dont 4,90 € de port »; nothing where there is none."""

    def tell(_before: object, after: object, currency: str) -> str | None:
        if not _is_count(after):
            return None
        return word.format(formats.money(after, currency)) if after else ""

    return tell


def _restocked(_before: object, after: object, _currency: str) -> str | None:
    if not _is_count(after):
        return None
    return formats.plural(after, "article remis en stock", "articles remis en stock") if after else ""


def _return_reason(_before: object, after: object, _currency: str) -> str | None:
    return ReturnReason(after).label if after in tuple(ReturnReason) else None


def _refund_state(_before: object, after: object, _currency: str) -> str | None:
    return REFUND_STATES.get(after) if isinstance(after, str) else None


def _until(_before: object, after: object, _currency: str) -> str | None:
    return f"valable jusqu’au {_day(after)}" if isinstance(after, str) else None


_TELLERS: Mapping[str, _Teller] = {
    "shipped": _units("expédié"),
    "cancelled": _units("annulé"),
    "refund_cents": _refund,
    "reason": _reason,
    "derogation": _derogation,
    "emails_dropped": _dropped,
    "tag": _tag,
    "recipient": _recipient,
    "units": _to_ship_again,
    "handed_over": _handed_over,
    "carrier": _stated,
    "tracking_number": _stated,
    "from": _proof,
}
#: Where a field means something else than elsewhere.
_OF_EVENT: Mapping[tuple[HistoryEvent, str], _Teller] = {
    (HistoryEvent.RETURN_REQUESTED, "units"): _units("annoncé"),
    (HistoryEvent.RETURN_REQUESTED, "reason"): _return_reason,
    (HistoryEvent.RETURN_INSPECTED, "lines"): _units("reçu"),
    (HistoryEvent.SETTLED, "units"): _units("rendu"),
    (HistoryEvent.SETTLED, "restocked"): _restocked,
    (HistoryEvent.SETTLED, "refund_cents"): _given("{} à rembourser"),
    (HistoryEvent.SETTLED, "voucher_cents"): _given("{} en bon d’achat"),
    (HistoryEvent.SETTLED, "shipping_cents"): _given("dont {} de frais de port"),
    (HistoryEvent.REFUND_MOVED, "state"): _refund_state,
    (HistoryEvent.VOUCHER_GIVEN, "expires_on"): _until,
}
