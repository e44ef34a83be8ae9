"""Réglages › Vendeurs: add a seller, and keep how it is reached."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.domain.access import email_address, tidy
from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.bank_details import SellerSubject
from db.domain.errors import InvalidInputError, MarketplaceError, NotFoundError
from db.domain.permissions import Permission
from db.domain.search_text import seller_text
from db.domain.sms import mobile_number
from db.domain.text import is_storable
from db.domain.viewer import Viewer
from db.models import Seller
from db.queries.sellers import SellerContact, SellerIdentity, SellerRow, seller
from db.services.audit import Act, note_act, note_edit
from db.services.documents.due import try_again
from db.services.seller_changes import note_change

MAX_NAME = 80
MAX_LINE = 120
MAX_OPENING_HOURS = 300
#: It stands in the numbers of documents: F2026-<code>-000001.
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,15}")
_COUNTRY = re.compile(r"[A-Z]{2}")


class SellerChangedError(MarketplaceError):
    """Somebody else changed the seller after it was shown; nothing was saved."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"Quelqu’un vient de modifier « {name} ». Relisez ce qui est enregistré, puis refaites vos changements."
        )


def add_seller(session: Session, viewer: Viewer, code: str, name: str) -> int:
    """Add a seller; return its id. The rest of it is filled in afterwards.

    Raises:
        NotAllowedError: The person may not change settings.
        InvalidInputError: The code or the name cannot be used, or the code is taken.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    code, name = tidy(code).upper(), _name(name)
    if not _CODE.fullmatch(code):
        raise InvalidInputError(
            "Donnez un code de 1 à 16 lettres sans accent, chiffres ou tirets\u00a0: il figure dans les numéros de "
            "facture."
        )
    added = Seller(code=code, name=name, search_text=seller_text(name, code, ""))
    try:
        with session.begin_nested():
            session.add(added)
    except IntegrityError:
        raise InvalidInputError(f"Le code {code} est déjà celui d’un autre vendeur. Choisissez-en un autre.") from None
    act = Act(AuditArea.SELLERS, "seller_added", "seller", added.id, name, after={"code": code, "name": name})
    note_act(session, Actor.person(viewer), act)
    return added.id


def save_seller(
    session: Session, viewer: Viewer, seller_id: int, shown: SellerContact, typed: SellerContact, now: dt.datetime
) -> SellerContact:
    """Keep how a seller is reached, unless somebody changed it since it was shown; return what is kept.

    Args:
        session: The caller's transaction.
        viewer: Who does it.
        seller_id: Which seller.
        shown: What the person saw before they typed.
        typed: What they want.
        now: The instant.

    Raises:
        NotAllowedError: The person may not change settings.
        NotFoundError: There is no such seller.
        InvalidInputError: A value cannot be used; the sentence says which.
        SellerChangedError: It is not as it was shown any more.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    checked = _checked(typed, shown)
    code = existing_seller(session, viewer, seller_id).code
    search = seller_text(checked.name, code, checked.email)
    if not write_as_shown(session, seller_id, shown, {**asdict(checked), "search_text": search}):
        raise SellerChangedError(shown.name)
    act = Act(AuditArea.SELLERS, "seller_changed", "seller", seller_id, checked.name, shown, checked)
    note_edit(session, Actor.person(viewer), act, now)
    if checked.email != shown.email:
        # Who changes the address and then the IBAN is told of at the former one, too.
        note_change(session, Actor.person(viewer), seller_id, SellerSubject.EMAIL, shown.email, checked.email, now)
    issue_what_waited(session, viewer, seller_id, now)
    return checked


def write_as_shown(
    session: Session, seller_id: int, shown: SellerContact | SellerIdentity, values: Mapping[str, Any]
) -> bool:
    """Write values of a seller, unless somebody changed what was shown of it; return whether they are written."""
    as_shown = [getattr(Seller, each.name).is_not_distinct_from(getattr(shown, each.name)) for each in fields(shown)]
    # One conditional UPDATE: of two people who save at the same moment, the second finds nothing as they saw it.
    saved = sa.update(Seller).where(Seller.id == seller_id, *as_shown).values(values).returning(Seller.id)
    return session.scalar(saved.execution_options(synchronize_session=False)) is not None


def existing_seller(session: Session, viewer: Viewer, seller_id: int) -> SellerRow:
    """Return a seller that is to be changed.

    Raises:
        NotFoundError: There is no such seller.
    """
    found = seller(session, viewer, seller_id)
    if found is None:
        raise NotFoundError("Ce vendeur n’existe pas. Choisissez-en un dans la liste.")
    return found


def issue_what_waited(session: Session, viewer: Viewer, seller_id: int, now: dt.datetime) -> None:
    """Have the documents be tried again that could not be issued, once nothing is missing of their seller any more."""
    if not existing_seller(session, viewer, seller_id).missing:
        try_again(session, Actor.person(viewer), now, seller_id=seller_id)


def _checked(typed: SellerContact, shown: SellerContact) -> SellerContact:
    country = tidy(typed.country_code).upper() or "FR"
    if not _COUNTRY.fullmatch(country):
        raise InvalidInputError("Pays\u00a0: saisissez son code de deux lettres, comme FR ou BE.")
    hours = typed.opening_hours.replace("\r\n", "\n").strip()
    if len(hours) > MAX_OPENING_HOURS or not is_storable(hours):
        raise InvalidInputError(f"Les horaires sont trop longs\u00a0: {MAX_OPENING_HOURS} caractères au plus.")
    return replace(
        typed,
        name=_name(typed.name),
        email=email_address(typed.email) if typed.email.strip() else "",
        mobile=_mobile(typed.mobile, country, shown.mobile),
        street=_line(typed.street, "Adresse"),
        postcode=_line(typed.postcode, "Code postal"),
        city=_line(typed.city, "Ville"),
        country_code=country,
        opening_hours=hours,
    )


def _name(typed: str) -> str:
    name = tidy(typed)
    if not name or len(name) > MAX_NAME:
        raise InvalidInputError(f"Donnez au vendeur un nom de 1 à {MAX_NAME} caractères.")
    return name


def _mobile(typed: str, country: str, shown: str) -> str:
    """Return a mobile as the networks know it; what another system wrote stays while nobody touches it."""
    if not typed.strip() or typed == shown:
        return mobile_number(typed, country) or typed.strip()
    number = mobile_number(typed, country)
    if not number:
        raise InvalidInputError(
            f"« {tidy(typed)[:30]} » n’est pas un numéro de mobile. Saisissez par exemple 06 12 34 56 78."
        )
    return number


def _line(typed: str, what: str) -> str:
    line = tidy(typed)
    if len(line) > MAX_LINE:
        raise InvalidInputError(f"{what}\u00a0: {MAX_LINE} caractères au plus.")
    return line
