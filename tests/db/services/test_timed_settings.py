"""Réglages › Automatismes."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.permissions import Role
from db.domain.timed import TimedRule, TimedValues
from db.models import TimedSetting
from db.queries.timed import timed_settings
from db.services.timed_settings import MAX_EXTRA, save_timed_rule
from tests.factories import ADMIN, create_person, viewer_for

R = TimedRule


def test_a_rule_is_kept_and_its_default_leaves_no_row(session: Session) -> None:
    values = TimedValues(is_on=True, delay=20, extra=5)
    save_timed_rule(session, ADMIN, R.UNPAID_CANCEL, values)
    assert timed_settings(session)[R.UNPAID_CANCEL] == values
    save_timed_rule(session, ADMIN, R.UNPAID_CANCEL, R.UNPAID_CANCEL.plan.default)
    assert session.scalar(sa.select(sa.func.count()).select_from(TimedSetting)) == 0


@pytest.mark.parametrize("rule", list(TimedRule))
def test_every_default_and_every_bound_can_be_saved(session: Session, rule: TimedRule) -> None:
    default = rule.plan.default
    most = replace(default, delay=365, extra=MAX_EXTRA.get(rule, 0))
    for values in (default, most, replace(default, is_on=not default.is_on)):
        save_timed_rule(session, ADMIN, rule, values)
        assert timed_settings(session)[rule] == values


@pytest.mark.parametrize(
    ("rule", "delay", "extra", "sentence"),
    [
        (R.RECEIPT, 0, 0, "Jours après la livraison\u00a0: saisissez de 1 à 365 jours."),
        (R.SELLER_REMINDER, 366, 0, "Heures après le paiement\u00a0: saisissez de 1 à 365 heures."),
        (R.RECEIPT, 7, 2, "n’a pas de second nombre"),
        (R.PAYMENT_REMINDER, 3, 0, "Relances au plus\u00a0: saisissez de 1 à 10."),
        (R.PAYMENT_REMINDER, 3, 11, "de 1 à 10"),
        (R.UNPAID_CANCEL, 15, 31, "Jours de préavis\u00a0: saisissez de 1 à 30."),
        (R.UNPAID_CANCEL, 3, 3, "2 au plus"),
        (R.UNPAID_CANCEL, 1, 1, "au moins deux jours"),
    ],
)
def test_a_number_out_of_bounds_is_refused_with_what_goes(
    session: Session, rule: TimedRule, delay: int, extra: int, sentence: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        save_timed_rule(session, ADMIN, rule, TimedValues(is_on=True, delay=delay, extra=extra))
    assert sentence in str(refused.value)


def test_nobody_but_administrators_switches_anything(session: Session) -> None:
    manager = viewer_for(create_person(session, Role.MANAGER))
    with pytest.raises(NotAllowedError):
        save_timed_rule(session, manager, R.RECEIPT, TimedValues(is_on=False, delay=7))
