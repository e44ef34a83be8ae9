"""The sellers as Réglages › Vendeurs lists them."""

import datetime as dt
from dataclasses import dataclass, fields

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.issuers import missing_of_issuer
from db.domain.permissions import Permission
from db.domain.snapshot import Nature, Party
from db.domain.text import fold
from db.domain.viewer import Viewer
from db.models import Seller
from db.queries.columns import columns

#: A list shows so many; a search finds the others.
SHOWN = 200


@dataclass(frozen=True, slots=True)
class SellerContact:
    """What staff changes of a seller, as it is kept."""

    name: str
    email: str = ""
    #: E.164, or as somebody else wrote it.
    mobile: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country_code: str = "FR"
    opening_hours: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class SellerIdentity:
    """What documents, and the yearly declaration to the tax office, say of a seller, as it is kept."""

    legal_name: str = ""
    siren: str = ""
    siret: str = ""
    vat_number: str = ""
    legal_notice: str = ""
    nature: Nature = Nature.GOODS
    vat_on_debits: bool = False
    vat_exemption: str = ""
    mandate_signed_on: dt.date | None = None
    #: For DAC7: a person in their own name, and what tells them from their namesakes.
    is_person: bool = False
    born_on: dt.date | None = None
    birth_place: str = ""
    tax_number: str = ""


@dataclass(frozen=True, slots=True)
class SellerRow:
    """One seller."""

    id: int
    code: str
    contact: SellerContact
    identity: SellerIdentity

    @property
    def missing(self) -> list[str]:
        """Return what is to be filled in before a document can be issued in its name."""
        said, place = self.identity, self.contact
        party = Party(
            place.name, said.legal_name, said.siren, vat_number=said.vat_number, street=place.street, city=place.city
        )
        return missing_of_issuer(party, said.vat_exemption, said.mandate_signed_on)


def sellers(session: Session, viewer: Viewer, wanted: str = "", *, is_active: bool | None = True) -> list[SellerRow]:
    """Return the sellers whose name, code or address contains a text, by name; one more than ``SHOWN`` at most.

    Args:
        session: An open session.
        viewer: Who looks.
        wanted: The text, whatever its accents and capitals; empty for all.
        is_active: Only those that sell, or that do not any more; None for both.

    Raises:
        NotAllowedError: The person may not change settings.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    found = _rows().order_by(Seller.name, Seller.id).limit(SHOWN + 1)
    if fold(wanted):
        found = found.where(Seller.search_text.contains(fold(wanted), autoescape=True))
    if is_active is not None:
        found = found.where(Seller.is_active.is_(sa.true() if is_active else sa.false()))
    return [_row(row) for row in session.execute(found)]


def seller(session: Session, viewer: Viewer, seller_id: int) -> SellerRow | None:
    """Return one seller, whether it is listed or not.

    Raises:
        NotAllowedError: The person may not change settings.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    found = session.execute(_rows().where(Seller.id == seller_id)).one_or_none()
    return _row(found) if found else None


def _rows() -> sa.Select[*tuple[object, ...]]:
    return sa.select(Seller.id, Seller.code, *columns(Seller, SellerContact), *columns(Seller, SellerIdentity))


def _row(row: sa.Row[*tuple[object, ...]]) -> SellerRow:
    facts = row._asdict()
    identity = SellerIdentity(**{field.name: facts.pop(field.name) for field in fields(SellerIdentity)})
    return SellerRow(facts.pop("id"), facts.pop("code"), SellerContact(**facts), identity)
