from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.mail import EmailTemplate
from db.domain.orders import OrderStatus, StatusColour
from db.domain.permissions import Role
from db.models import StatusSetting
from db.queries.statuses import StatusLook, default_look, status_settings
from db.services.status_settings import reset_status, save_status
from tests.factories import create_person, viewer_for

READY = OrderStatus.READY


@pytest.fixture
def ada(session: Session):
    return viewer_for(create_person(session, Role.ADMIN))


def test_a_status_is_shown_as_it_was_saved(session: Session, ada) -> None:
    look = StatusLook("À retirer", StatusColour.VIOLET, sends_email=True, template=EmailTemplate.ORDER_COMPLETED)
    save_status(session, ada, READY, replace(look, label="  À\u00a0retirer\n"))
    assert status_settings(session)[READY] == look
    save_status(session, ada, READY, replace(look, sends_email=False, template=None))
    assert status_settings(session)[READY].template is None


def test_what_is_as_the_code_says_leaves_no_row(session: Session, ada) -> None:
    save_status(session, ada, READY, replace(default_look(READY), label="À retirer"))
    save_status(session, ada, READY, default_look(READY))
    assert session.scalar(sa.select(sa.func.count()).select_from(StatusSetting)) == 0


def test_going_back_to_the_default(session: Session, ada) -> None:
    save_status(session, ada, READY, replace(default_look(READY), label="À retirer"))
    reset_status(session, ada, READY)
    assert status_settings(session)[READY] == default_look(READY)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"label": " \n"}, "un libellé de 1 à 40 caractères"),
        ({"label": "x" * 41}, "un libellé de 1 à 40 caractères"),
        ({"label": "payee"}, "« payee » est déjà le libellé d’un autre statut"),
        ({"template": None}, "Choisissez le modèle de l’e-mail"),
    ],
)
def test_what_would_confuse_people_is_refused(session: Session, ada, change, sentence) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        save_status(session, ada, READY, replace(default_look(READY), **change))


def test_a_default_label_that_another_status_took_does_not_come_back(session: Session, ada) -> None:
    save_status(session, ada, READY, replace(default_look(READY), label="À retirer"))
    save_status(session, ada, OrderStatus.PAID, replace(default_look(OrderStatus.PAID), label="Commande prête"))
    with pytest.raises(InvalidInputError, match="déjà le libellé"):
        reset_status(session, ada, READY)


def test_only_who_manages_settings_changes_statuses(session: Session) -> None:
    viewer = viewer_for(create_person(session, Role.MANAGER))
    with pytest.raises(NotAllowedError):
        save_status(session, viewer, READY, default_look(READY))
    with pytest.raises(NotAllowedError):
        reset_status(session, viewer, READY)
