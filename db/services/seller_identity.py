"""Réglages › Vendeurs: what documents, and the declaration to the tax office, say of a seller."""

import datetime as dt
from dataclasses import asdict, replace

from sqlalchemy.orm import Session

from db.domain.access import tidy
from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.errors import InvalidInputError
from db.domain.identity import siren_number, siret_number, vat_number
from db.domain.permissions import Permission
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.queries.sellers import SellerIdentity
from db.services.audit import Act, note_edit
from db.services.sellers import SellerChangedError, existing_seller, issue_what_waited, write_as_shown

MAX_LEGAL_NAME = 120
MAX_NOTICE = 200
#: No country's is longer.
MAX_TAX_NUMBER = 30


def save_identity(
    session: Session, viewer: Viewer, seller_id: int, shown: SellerIdentity, typed: SellerIdentity, now: dt.datetime
) -> SellerIdentity:
    """Keep who a seller is before the law, unless somebody changed it since it was shown; return what is kept.

    Documents that were issued say what they said; those that waited for it are issued now.

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
    checked = _checked(typed, local_day(now))
    name = existing_seller(session, viewer, seller_id).contact.name
    if not write_as_shown(session, seller_id, shown, asdict(checked)):
        raise SellerChangedError(name)
    act = Act(AuditArea.SELLERS, "identity_changed", "seller", seller_id, name, shown, checked)
    note_edit(session, Actor.person(viewer), act, now)
    issue_what_waited(session, viewer, seller_id, now)
    return checked


def _checked(typed: SellerIdentity, today: dt.date) -> SellerIdentity:
    siren, siret = siren_number(typed.siren), siret_number(typed.siret)
    if siren and siret and not siret.startswith(siren):
        raise InvalidInputError(f"Ce SIRET n’est pas celui de l’entreprise\u00a0: il commence par son SIREN, {siren}.")
    if typed.mandate_signed_on and typed.mandate_signed_on > today:
        raise InvalidInputError("Le mandat de facturation ne peut pas être signé à une date à venir.")
    if typed.born_on and typed.born_on >= today:
        raise InvalidInputError(
            "La date de naissance est à venir. Saisissez-la telle qu’elle est sur la pièce d’identité."
        )
    return replace(
        typed,
        legal_name=_line(typed.legal_name, "Raison sociale", MAX_LEGAL_NAME),
        siren=siren or siret[:9],
        siret=siret,
        vat_number=vat_number(typed.vat_number),
        legal_notice=_line(typed.legal_notice, "Mention légale", MAX_NOTICE),
        vat_exemption=_line(typed.vat_exemption, "TVA non facturée", MAX_NOTICE),
        birth_place=_line(typed.birth_place, "Lieu de naissance", MAX_LEGAL_NAME),
        tax_number=_line(typed.tax_number, "Numéro fiscal", MAX_TAX_NUMBER),
    )


def _line(typed: str, what: str, most: int) -> str:
    line = tidy(typed)
    if len(line) > most:
        raise InvalidInputError(f"{what}\u00a0: {most} caractères au plus.")
    return line
