"""Prepared messages: added, changed, copied, deleted; names are unique and variables exist."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.permissions import Role
from db.domain.viewer import Viewer
from db.queries.message_templates import message_templates
from db.services.message_templates import (
    MAX_NAME,
    NameTakenError,
    TemplateNotFoundError,
    add_template,
    change_template,
    delete_template,
    duplicate_template,
)
from tests.conftest import NOW
from tests.factories import create_person, create_seller, viewer_for

LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def sam(session: Session) -> Viewer:
    return viewer_for(create_person(session, Role.SUPPORT))


def names(session: Session, viewer: Viewer) -> list[str]:
    return [row.name for row in message_templates(session, viewer)]


def test_a_text_is_added_and_changed_by_support(session: Session, sam: Viewer) -> None:
    key = add_template(session, sam, "  Retard \n", "Commande {{ numero }}", "Bonjour {{ client }}", NOW)
    change_template(session, sam, key, "Retard", "Votre commande {{ numero }}", "Bonjour", LATER)
    (row,) = message_templates(session, sam)
    assert (row.name, row.subject, row.body, row.updated_at) == (
        "Retard",
        "Votre commande {{ numero }}",
        "Bonjour",
        LATER,
    )


def test_texts_are_listed_by_name_whatever_the_accents(session: Session, sam: Viewer) -> None:
    for name in ("Rupture", "émoi", "Adresse"):
        add_template(session, sam, name, "Objet", "Texte", NOW)
    assert names(session, sam) == ["Adresse", "émoi", "Rupture"]


def test_two_texts_never_have_the_same_name(session: Session, sam: Viewer) -> None:
    add_template(session, sam, "Retard", "Objet", "Texte", NOW)
    other = add_template(session, sam, "Rupture", "Objet", "Texte", NOW)
    with pytest.raises(NameTakenError, match="« Retard »"):
        add_template(session, sam, " Retard", "Objet", "Texte", NOW)
    with pytest.raises(NameTakenError):
        change_template(session, sam, other, "Retard", "Objet", "Texte", NOW)


@pytest.mark.parametrize("name", ["", "\u0007", "x" * (MAX_NAME + 1)])
def test_a_text_needs_a_name_of_reasonable_length(session: Session, sam: Viewer, name: str) -> None:
    with pytest.raises(InvalidInputError, match="1 à 60 caractères"):
        add_template(session, sam, name, "Objet", "Texte", NOW)


def test_a_variable_that_does_not_exist_is_named(session: Session, sam: Viewer) -> None:
    with pytest.raises(InvalidInputError, match="Vouliez-vous dire « numero »"):
        add_template(session, sam, "Retard", "Commande {{ numro }}", "Texte", NOW)


def test_copies_are_numbered_and_never_too_long(session: Session, sam: Viewer) -> None:
    key = add_template(session, sam, "n" * MAX_NAME, "Objet", "Texte", NOW)
    for _ in range(3):
        duplicate_template(session, sam, key, NOW)
    assert {len(name) for name in names(session, sam)} == {MAX_NAME}
    assert {name[-10:] for name in names(session, sam)} == {"nnnnnnnnnn", "nn (copie)", " (copie 2)", " (copie 3)"}


def test_a_deleted_text_is_gone(session: Session, sam: Viewer) -> None:
    key = add_template(session, sam, "Retard", "Objet", "Texte", NOW)
    delete_template(session, sam, key)
    assert names(session, sam) == []
    for act in (
        lambda: delete_template(session, sam, key),
        lambda: duplicate_template(session, sam, key, NOW),
        lambda: change_template(session, sam, key, "Retard", "Objet", "Texte", NOW),
    ):
        with pytest.raises(TemplateNotFoundError):
            act()


def test_nobody_but_support_and_administrators_touches_the_texts(session: Session) -> None:
    for role, columns in ((Role.FINANCE, {}), (Role.SELLER, {"seller_id": create_seller(session).id})):
        viewer = viewer_for(create_person(session, role, **columns))
        with pytest.raises(NotAllowedError):
            message_templates(session, viewer)
        with pytest.raises(NotAllowedError):
            add_template(session, viewer, "Retard", "Objet", "Texte", NOW)
