"""Réglages › Transporteurs: what a carrier is called, where its parcels are followed, how long they take."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.access import tidy
from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.carriers import DEFAULT_CARRIERS, NUMBER, Carrier, names_of
from db.domain.errors import InvalidInputError, NotFoundError
from db.domain.move_words import MAX_CARRIER, MAX_TRACKING_URL, is_web_address
from db.domain.permissions import Permission
from db.domain.text import fold, is_storable
from db.domain.viewer import Viewer
from db.models import CarrierSetting
from db.queries.carriers import all_carriers
from db.services.audit import Act, note_edit

#: As the table's own constraint says.
MAX_DELIVERY_DAYS = 60
#: Stands for a parcel's number while a pattern is checked.
_EXAMPLE = "6A12345678901"
_DEFAULTS = {each.code: each for each in DEFAULT_CARRIERS}


@dataclass(frozen=True, slots=True)
class CarrierEdit:
    """What can be set of a carrier."""

    name: str
    tracking_url_pattern: str
    delivery_days: int
    is_active: bool = True


class CarrierNotFoundError(NotFoundError):
    """No carrier has this code."""

    def __init__(self) -> None:
        super().__init__("Ce transporteur n’existe pas.")


def default_carrier(code: str) -> Carrier | None:
    """Return a carrier as the code says; None for one that was added."""
    return _DEFAULTS.get(code)


def save_carrier(session: Session, viewer: Viewer, code: str, edit: CarrierEdit) -> None:
    """Keep how a carrier is set; what is as the code says leaves no row. Parcels that left keep their link and day.

    Raises:
        NotAllowedError: The person may not change settings.
        CarrierNotFoundError: There is no such carrier.
        InvalidInputError: A value cannot be used; the sentence says which.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    carriers = all_carriers(session)
    if code not in {each.code for each in carriers}:
        raise CarrierNotFoundError
    wanted = _checked(carriers, code, edit)
    before = next(each for each in carriers if each.code == code)
    note_edit(session, Actor.person(viewer), _act("carrier_changed", wanted.name, before, wanted))
    if wanted == default_carrier(code):
        session.execute(sa.delete(CarrierSetting).where(CarrierSetting.code == code))
    else:
        _write(session, wanted)


def add_carrier(session: Session, viewer: Viewer, edit: CarrierEdit) -> str:
    """Add a carrier; return its code.

    Raises:
        NotAllowedError: The person may not change settings.
        InvalidInputError: A value cannot be used; the sentence says which.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    carriers = all_carriers(session)
    wanted = _checked(carriers, _free_code(carriers, edit.name), edit)
    _write(session, wanted)
    note_edit(session, Actor.person(viewer), _act("carrier_added", wanted.name, None, wanted))
    return wanted.code


def reset_carrier(session: Session, viewer: Viewer, code: str) -> None:
    """Have a carrier be as the code says again.

    Raises:
        NotAllowedError: The person may not change settings.
        CarrierNotFoundError: It was added: there is nothing to go back to.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    default = default_carrier(code)
    if default is None:
        raise CarrierNotFoundError
    before = next(each for each in all_carriers(session) if each.code == code)
    note_edit(session, Actor.person(viewer), _act("carrier_reset", default.name, before, default))
    session.execute(sa.delete(CarrierSetting).where(CarrierSetting.code == code))


def _act(event: str, name: str, before: Carrier | None, after: Carrier) -> Act:
    return Act(AuditArea.SETTINGS, event, "carrier", None, name, before, after)


def _write(session: Session, carrier: Carrier) -> None:
    row = session.get(CarrierSetting, carrier.code) or CarrierSetting(code=carrier.code)
    row.name, row.tracking_url_pattern = carrier.name, carrier.tracking_url_pattern
    row.delivery_days, row.is_active = carrier.delivery_days, carrier.is_active
    session.add(row)
    session.flush()


def _checked(carriers: Sequence[Carrier], code: str, edit: CarrierEdit) -> Carrier:
    name, pattern = tidy(edit.name), edit.tracking_url_pattern.strip()
    if not name or len(name) > MAX_CARRIER or not is_storable(name) or not fold(name):
        raise InvalidInputError(f"Donnez au transporteur un nom de 1 à {MAX_CARRIER} caractères.")
    _refuse_twin(carriers, code, name)
    _check_pattern(pattern)
    if not 0 <= edit.delivery_days <= MAX_DELIVERY_DAYS:
        raise InvalidInputError(f"Le délai va de 0 à {MAX_DELIVERY_DAYS} jours ouvrés.")
    return Carrier(code, name, pattern, edit.delivery_days, edit.is_active)


def _check_pattern(pattern: str) -> None:
    if not pattern:
        return
    is_usable = len(pattern) <= MAX_TRACKING_URL and is_storable(pattern) and pattern.startswith("https://")
    if not is_usable or not is_web_address(pattern.replace(NUMBER, _EXAMPLE)):
        raise InvalidInputError("Le lien de suivi doit être une adresse complète qui commence par https://.")
    # In the host it would let whoever types a number choose where the customer is sent.
    if NUMBER not in pattern or NUMBER in pattern.removeprefix("https://").partition("/")[0]:
        raise InvalidInputError(f"Écrivez {NUMBER} à l’endroit du lien où vient le numéro du colis.")


def _refuse_twin(carriers: Sequence[Carrier], code: str, name: str) -> None:
    """Two carriers of one name could not be told apart on an order, whatever their case and accents."""
    for other in carriers:
        if other.code != code and fold(name) in names_of(other):
            raise InvalidInputError(f"«\u00a0{name}\u00a0» désigne déjà un transporteur. Choisissez un autre nom.")


def _free_code(carriers: Sequence[Carrier], name: str) -> str:
    """Return a code that reads like a name and that no carrier has."""
    wanted = re.sub(r"[^a-z0-9]+", "_", fold(name)).strip("_") or "carrier"
    taken = {each.code for each in carriers}
    return next(code for number in range(1, len(taken) + 2) if (code := _numbered(wanted, number)) not in taken)


def _numbered(code: str, number: int) -> str:
    return code if number == 1 else f"{code}_{number}"
