"""The marketplace's own row: who it is. The environment fills it first; afterwards it is edited in Réglages."""

from collections.abc import Mapping
from dataclasses import asdict, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.access import email_address, tidy
from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.errors import InvalidInputError
from db.domain.formats import integer
from db.domain.identity import address_pattern, colour, siren_number, vat_number, web_address
from db.domain.permissions import Permission
from db.domain.stock import MAX_UNITS
from db.domain.text import is_storable
from db.domain.viewer import Viewer
from db.domain.vouchers import MAX_VALID_DAYS
from db.models import Marketplace
from db.queries.marketplace import MarketplaceRow, marketplace
from db.services.audit import Act, note_edit
from db.services.upsert import insert_for

MAX_NAME = 80
MAX_FOOTER = 1_000
#: As the table's own constraint says.
MAX_UNDO_WINDOW_S = 3_600
MAX_FOLLOW_UP_DAYS = 3_650
MAX_POINTS_PER_EURO = 1_000


def introduce_marketplace(session: Session, identity: Mapping[str, str]) -> None:
    """Write who the marketplace is, where nobody has done so yet.

    Args:
        session: The caller's transaction.
        identity: Columns of the row: name, legal_name, siren, vat_number, email.
    """
    if session.scalar(sa.select(Marketplace.id)) is not None:
        return
    # Two dashboards that start at the same moment: the second one's row is not needed.
    session.execute(insert_for(session, Marketplace).values(id=1, **identity).on_conflict_do_nothing())


def save_marketplace(session: Session, viewer: Viewer, typed: MarketplaceRow) -> MarketplaceRow:
    """Keep who the marketplace is and how its e-mails look; return what is kept.

    Raises:
        NotAllowedError: The person may not change settings.
        InvalidInputError: A value cannot be used; the sentence says which.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    checked = _checked(typed)
    before = marketplace(session)
    row = session.get(Marketplace, 1) or Marketplace(id=1)
    for name, value in asdict(checked).items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    act = Act(AuditArea.SETTINGS, "marketplace_changed", before=before, after=checked)
    note_edit(session, Actor.person(viewer), act)
    return checked


def _checked(typed: MarketplaceRow) -> MarketplaceRow:
    name = tidy(typed.name)
    if not name or len(name) > MAX_NAME:
        raise InvalidInputError(f"Donnez à la marketplace un nom de 1 à {MAX_NAME} caractères.")
    footer = typed.email_footer.replace("\r\n", "\n").strip()
    if len(footer) > MAX_FOOTER or not is_storable(footer):
        raise InvalidInputError(f"Le pied des e-mails est trop long\u00a0: {MAX_FOOTER} caractères au plus.")
    if not 0 <= typed.undo_window_s <= MAX_UNDO_WINDOW_S:
        raise InvalidInputError(f"Le délai d’annulation va de 0 à {MAX_UNDO_WINDOW_S} secondes.")
    if not 1 <= typed.follow_up_days <= MAX_FOLLOW_UP_DAYS:
        raise InvalidInputError(f"Les liens de suivi ouvrent la page de 1 à {MAX_FOLLOW_UP_DAYS} jours.")
    if not 0 <= typed.points_per_euro <= MAX_POINTS_PER_EURO:
        raise InvalidInputError(f"Un euro donne de 0 à {integer(MAX_POINTS_PER_EURO)} points de fidélité.")
    if not 1 <= typed.voucher_days <= MAX_VALID_DAYS:
        raise InvalidInputError(f"Un bon d’achat est valable de 1 à {integer(MAX_VALID_DAYS)} jours.")
    if not 0 <= typed.low_stock_at <= MAX_UNITS:
        raise InvalidInputError(f"Le seuil de stock bas va de 0 à {integer(MAX_UNITS)} unités.")
    return replace(
        typed,
        name=name,
        legal_name=tidy(typed.legal_name),
        siren=siren_number(typed.siren),
        vat_number=vat_number(typed.vat_number),
        street=tidy(typed.street),
        postcode=tidy(typed.postcode),
        city=tidy(typed.city),
        phone=tidy(typed.phone),
        email=_email(typed.email, "Adresse e-mail"),
        sender_email=_email(typed.sender_email, "Adresse d’expédition"),
        reply_to_email=_email(typed.reply_to_email, "Adresse de réponse"),
        copy_email=_email(typed.copy_email, "Adresse de copie"),
        brand_colour=colour(typed.brand_colour),
        logo_ref=web_address(typed.logo_ref or "", "Logo") or None,
        email_footer=footer,
        payment_url_pattern=address_pattern(typed.payment_url_pattern, "number", "Reprise du paiement"),
        product_url_pattern=address_pattern(typed.product_url_pattern, "reference", "Page d’un article"),
    )


def _email(text: str, what: str) -> str:
    if not text.strip():
        return ""
    try:
        return email_address(text)
    except InvalidInputError as error:
        raise InvalidInputError(f"{what}\u00a0: {str(error)[:1].lower()}{str(error)[1:]}") from None
