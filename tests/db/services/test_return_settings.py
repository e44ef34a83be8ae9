"""Réglages › Règles des retours."""

import pytest
from sqlalchemy.orm import Session

from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.permissions import Role
from db.domain.returns import ReturnRules
from db.queries.return_settings import return_rules
from db.services.return_settings import save_return_settings
from tests.factories import ADMIN, create_person, viewer_for


def test_what_is_kept_is_read_again(session: Session) -> None:
    assert return_rules(session) == ReturnRules(is_on=True, window_days=14, max_photos=5, instructions="")
    typed = ReturnRules(is_on=False, window_days=30, max_photos=0, instructions=" Au dépôt.\r\nMerci. ")
    kept = save_return_settings(session, ADMIN, typed)
    assert kept.instructions == "Au dépôt.\nMerci."
    assert return_rules(session) == kept


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (ReturnRules(window_days=13), "de 14 jours, le minimum légal, à 365"),
        (ReturnRules(window_days=366), "à 365"),
        (ReturnRules(max_photos=21), "de 0 à 20"),
        (ReturnRules(max_photos=-1), "de 0 à 20"),
        (ReturnRules(instructions="x" * 2_001), "2000 caractères"),
    ],
)
def test_what_goes_too_far_is_refused_with_its_limit(session: Session, typed: ReturnRules, sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        save_return_settings(session, ADMIN, typed)


def test_only_administrators_change_it(session: Session) -> None:
    with pytest.raises(NotAllowedError):
        save_return_settings(session, viewer_for(create_person(session, Role.SUPPORT)), ReturnRules())
