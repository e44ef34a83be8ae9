"""Réglages › Vendeurs: who a seller is before the law, and the invoices that waited for it."""

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.documents import DocumentKind
from db.domain.errors import InvalidInputError, NotAllowedError, NotFoundError
from db.domain.permissions import Role
from db.domain.snapshot import Nature
from db.models import Document, DueDocument, Seller
from db.queries.sellers import SellerIdentity, SellerRow, seller
from db.services.documents.due import Owed, issue_next, owe
from db.services.seller_identity import save_identity
from db.services.sellers import SellerChangedError, save_seller
from tests.conftest import NOW
from tests.factories import ADMIN, create_issuer, create_order, create_person, create_seller, viewer_for

#: SNCF's, as it publishes them.
SIREN, SIRET = "552049447", "55204944776279"


def row(session: Session, seller_id: int) -> SellerRow:
    found = seller(session, ADMIN, seller_id)
    assert found is not None
    return found


def test_an_identity_is_kept_in_one_form(session: Session) -> None:
    seller_id = create_seller(session, street="1 rue A", city="Rennes").id
    shown = row(session, seller_id).identity
    typed = SellerIdentity(
        legal_name=" Maison  du thé SARL ",
        siren="404 833 048",
        siret="404 833 048 00022",
        vat_number="fr 83 404 833 048",
        legal_notice="SARL au capital de 10 000 €",
        nature=Nature.MIXED,
        vat_on_debits=True,
        mandate_signed_on=dt.date(2026, 11, 21),
    )

    kept = save_identity(session, ADMIN, seller_id, shown, typed, NOW)

    assert kept == row(session, seller_id).identity
    assert (kept.legal_name, kept.siren, kept.siret) == ("Maison du thé SARL", "404833048", "40483304800022")
    assert (kept.vat_number, kept.nature, kept.vat_on_debits) == ("FR83404833048", Nature.MIXED, True)


def test_the_siren_is_read_from_the_siret_where_it_is_not_typed(session: Session) -> None:
    seller_id = create_seller(session).id

    kept = save_identity(session, ADMIN, seller_id, SellerIdentity(), SellerIdentity(siret=SIRET), NOW)

    assert (kept.siren, kept.siret) == (SIREN, SIRET)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"siren": "404833049"}, "n’est pas un SIREN"),
        ({"siret": "40483304800023"}, "n’est pas un SIRET"),
        ({"siren": "404833048", "siret": SIRET}, "commence par son SIREN, 404833048"),
        ({"vat_number": "FR00404833048"}, "n’est pas un numéro de TVA"),
        ({"legal_name": "A" * 121}, "Raison sociale\u00a0: 120 caractères au plus"),
        ({"legal_notice": "A" * 201}, "Mention légale\u00a0: 200 caractères au plus"),
        ({"mandate_signed_on": dt.date(2026, 11, 22)}, "date à venir"),
    ],
)
def test_what_cannot_be_is_refused(session: Session, changes: dict[str, object], sentence: str) -> None:
    seller_id = create_seller(session).id
    typed = replace(SellerIdentity(), **changes)  # type: ignore[arg-type]

    with pytest.raises(InvalidInputError, match=sentence):
        save_identity(session, ADMIN, seller_id, SellerIdentity(), typed, NOW)


def test_the_second_of_two_people_is_told_and_saves_nothing(session: Session) -> None:
    seller_id = create_issuer(session).id
    seen_by_both = row(session, seller_id).identity
    save_identity(session, ADMIN, seller_id, seen_by_both, replace(seen_by_both, legal_notice="SAS"), NOW)

    with pytest.raises(SellerChangedError, match="Quelqu’un vient de modifier « Maison du thé »"):
        save_identity(session, ADMIN, seller_id, seen_by_both, replace(seen_by_both, mandate_signed_on=None), NOW)

    assert row(session, seller_id).identity == replace(seen_by_both, legal_notice="SAS")


def test_what_is_missing_for_invoices_is_said(session: Session) -> None:
    bare, whole = create_seller(session).id, create_issuer(session).id
    exempt = create_issuer(session, vat_number="", vat_exemption="TVA non applicable, art. 293 B du CGI").id

    assert row(session, bare).missing == [
        "la raison sociale",
        "le SIREN",
        "l’adresse",
        "le numéro de TVA (ou la raison de n’en pas facturer)",
        "la date du mandat de facturation",
    ]
    assert (row(session, whole).missing, row(session, exempt).missing) == ([], [])


def blocked_invoice(session: Session, seller_id: int) -> None:
    """Have an order be owed an invoice that cannot be issued."""
    order = create_order(session, session.get_one(Seller, seller_id))
    owe(session, SYSTEM, [Owed(order.id, DocumentKind.INVOICE)], NOW)
    assert issue_next(session, NOW)
    assert session.scalar(sa.select(DueDocument.error)) != ""


def issued_numbers(session: Session) -> list[str]:
    return list(session.scalars(sa.select(Document.number)))


def test_invoices_that_waited_for_the_identity_are_issued_once_it_is_whole(session: Session) -> None:
    seller_id = create_issuer(session, code="THE", siren="", mandate_signed_on=None).id
    blocked_invoice(session, seller_id)
    shown = row(session, seller_id).identity
    half = save_identity(session, ADMIN, seller_id, shown, replace(shown, siren="404833048"), NOW)
    assert not issue_next(session, NOW)

    save_identity(session, ADMIN, seller_id, half, replace(half, mandate_signed_on=dt.date(2026, 1, 2)), NOW)

    assert issue_next(session, NOW)
    assert issued_numbers(session) == ["F2026-THE-000001"]


def test_the_address_is_part_of_it(session: Session) -> None:
    seller_id = create_issuer(session, code="THE", city="").id
    blocked_invoice(session, seller_id)
    shown = row(session, seller_id).contact

    save_seller(session, ADMIN, seller_id, shown, replace(shown, city="Rennes"), NOW)

    assert issue_next(session, NOW)
    assert issued_numbers(session) == ["F2026-THE-000001"]


def test_only_administrators_change_sellers_that_exist(session: Session) -> None:
    manager = viewer_for(create_person(session, Role.MANAGER))

    with pytest.raises(NotAllowedError):
        save_identity(session, manager, 1, SellerIdentity(), SellerIdentity(), NOW)
    with pytest.raises(NotFoundError):
        save_identity(session, ADMIN, 404, SellerIdentity(), SellerIdentity(), NOW)


def test_what_the_tax_office_asks_of_a_person_is_kept(session: Session) -> None:
    seller_id = create_seller(session).id
    typed = SellerIdentity(
        is_person=True, born_on=dt.date(1980, 5, 17), birth_place=" Rennes  (35)", tax_number=" 12 34 567 890 123 "
    )
    kept = save_identity(session, ADMIN, seller_id, SellerIdentity(), typed, NOW)
    assert (kept.is_person, kept.born_on, kept.birth_place, kept.tax_number) == (
        True,
        dt.date(1980, 5, 17),
        "Rennes (35)",
        "12 34 567 890 123",
    )


def test_nobody_is_born_tomorrow(session: Session) -> None:
    seller_id = create_seller(session).id
    typed = SellerIdentity(is_person=True, born_on=dt.date(2026, 11, 22))
    with pytest.raises(InvalidInputError, match="naissance"):
        save_identity(session, ADMIN, seller_id, SellerIdentity(), typed, NOW)
