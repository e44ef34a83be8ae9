"""Réglages › Vendeurs: how a seller is reached."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from db.domain.errors import InvalidInputError, NotAllowedError, NotFoundError
from db.domain.permissions import Role
from db.models import Seller
from db.queries.sellers import SellerContact, seller, sellers
from db.services.sellers import SellerChangedError, add_seller, save_seller
from tests.conftest import NOW
from tests.factories import ADMIN, create_person, create_seller, viewer_for


def contact(session: Session, seller_id: int) -> SellerContact:
    row = seller(session, ADMIN, seller_id)
    assert row is not None
    return row.contact


def test_a_seller_is_added_with_its_code_and_found_by_it(session: Session) -> None:
    seller_id = add_seller(session, ADMIN, " miel-31 ", "  Les   abeilles ")
    row = seller(session, ADMIN, seller_id)
    assert row is not None
    assert (row.code, row.contact) == ("MIEL-31", SellerContact("Les abeilles"))
    assert [each.id for each in sellers(session, ADMIN, "MIEL")] == [seller_id]


@pytest.mark.parametrize(
    ("code", "name", "sentence"),
    [
        ("", "Les abeilles", "Donnez un code"),
        ("É1", "Les abeilles", "Donnez un code"),
        ("A" * 17, "Les abeilles", "Donnez un code"),
        ("MIEL", " ", "Donnez au vendeur un nom"),
        ("PRIS", "Les abeilles", "déjà celui d’un autre vendeur"),
    ],
)
def test_a_code_or_a_name_that_cannot_be_used_is_refused(session: Session, code: str, name: str, sentence: str) -> None:
    create_seller(session, code="PRIS")
    with pytest.raises(InvalidInputError, match=sentence):
        add_seller(session, ADMIN, code, name)


def test_what_is_typed_is_kept_in_one_form(session: Session) -> None:
    row = create_seller(session, "Maison du thé", code="THE")
    shown = contact(session, row.id)
    kept = save_seller(
        session,
        viewer_for(create_person(session, Role.ADMIN)),
        row.id,
        shown,
        replace(
            shown,
            name=" Maison  du thé vert ",
            email="Contact@Example.ORG",
            mobile="06 12 34 56 78",
            city=" Toulouse ",
            opening_hours="Du mardi au samedi\r\nde 9 h à 12 h ",
        ),
        NOW,
    )
    assert kept == contact(session, row.id)
    assert (kept.name, kept.email, kept.mobile) == ("Maison du thé vert", "contact@example.org", "+33612345678")
    assert (kept.city, kept.opening_hours) == ("Toulouse", "Du mardi au samedi\nde 9 h à 12 h")
    # What the global search reads.
    assert session.get_one(Seller, row.id, populate_existing=True).search_text == (
        "maison du the vert | the | contact@example.org"
    )


def test_a_belgian_sellers_number_is_read_with_its_country(session: Session) -> None:
    row = create_seller(session)
    shown = contact(session, row.id)
    kept = save_seller(session, ADMIN, row.id, shown, replace(shown, mobile="0470 12 34 56", country_code="be"), NOW)
    assert (kept.mobile, kept.country_code) == ("+32470123456", "BE")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "un nom"),
        ({"email": "nulle part"}, "adresse e-mail complète"),
        ({"mobile": "05 61 00 00 00"}, "n’est pas un numéro de mobile"),
        ({"country_code": "France"}, "deux lettres"),
        ({"opening_hours": "a" * 301}, "300 caractères"),
        ({"street": "a" * 121}, "Adresse"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused(session: Session, changes: dict[str, str], sentence: str) -> None:
    row = create_seller(session)
    shown = contact(session, row.id)
    with pytest.raises(InvalidInputError, match=sentence):
        save_seller(session, ADMIN, row.id, shown, replace(shown, **changes), NOW)


def test_a_number_that_another_system_wrote_stays_while_nobody_touches_it(session: Session) -> None:
    row = create_seller(session, mobile="05 61 00 00 00")
    shown = contact(session, row.id)
    assert save_seller(session, ADMIN, row.id, shown, replace(shown, city="Albi"), NOW).mobile == "05 61 00 00 00"


def test_two_administrators_never_overwrite_each_other(session: Session) -> None:
    row = create_seller(session, "Maison du thé")
    seen_by_both = contact(session, row.id)
    save_seller(session, ADMIN, row.id, seen_by_both, replace(seen_by_both, city="Albi"), NOW)
    with pytest.raises(SellerChangedError, match="Maison du thé"):
        save_seller(session, ADMIN, row.id, seen_by_both, replace(seen_by_both, email="a@example.org"), NOW)
    assert contact(session, row.id) == replace(seen_by_both, city="Albi")


def test_the_list_is_searched_and_filtered(session: Session) -> None:
    honey = create_seller(session, "Les abeilles d’Élodie")
    closed = create_seller(session, "Abeille fermée", is_active=False)
    tea = create_seller(session, "Maison du thé")
    assert [row.id for row in sellers(session, ADMIN)] == [honey.id, tea.id]
    assert [row.id for row in sellers(session, ADMIN, "abeille", is_active=None)] == [closed.id, honey.id]
    assert [row.id for row in sellers(session, ADMIN, "ELODIE")] == [honey.id]
    assert [row.id for row in sellers(session, ADMIN, is_active=False)] == [closed.id]
    assert sellers(session, ADMIN, "100 %") == []


def test_nobody_but_administrators_sees_or_changes_sellers(session: Session) -> None:
    manager = viewer_for(create_person(session, Role.MANAGER))
    for act in (
        lambda: sellers(session, manager),
        lambda: seller(session, manager, 1),
        lambda: add_seller(session, manager, "A", "B"),
        lambda: save_seller(session, manager, 1, SellerContact("A"), SellerContact("B"), NOW),
    ):
        with pytest.raises(NotAllowedError):
            act()


def test_a_seller_that_is_not_there_is_said_so(session: Session) -> None:
    with pytest.raises(NotFoundError):
        save_seller(session, ADMIN, 404, SellerContact("A"), SellerContact("B"), NOW)
