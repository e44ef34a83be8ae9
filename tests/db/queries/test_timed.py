"""The timed rules as they are set now."""

from sqlalchemy.orm import Session

from db.domain.timed import TimedRule, TimedValues
from db.models import TimedSetting
from db.queries.timed import timed_settings


def test_a_rule_nobody_changed_is_as_the_code_says(session: Session) -> None:
    rules = timed_settings(session)
    assert list(rules) == list(TimedRule)
    assert rules[TimedRule.RECEIPT] == TimedValues(is_on=True, delay=7)
    assert rules[TimedRule.UNPAID_CANCEL] == TimedValues(is_on=False, delay=15, extra=3)


def test_a_changed_rule_is_as_it_was_saved(session: Session) -> None:
    session.add(TimedSetting(rule=TimedRule.SELLER_REMINDER, is_on=False, delay=24, extra=0))
    session.flush()
    rules = timed_settings(session)
    assert rules[TimedRule.SELLER_REMINDER] == TimedValues(is_on=False, delay=24)
    assert rules[TimedRule.RECEIPT] == TimedRule.RECEIPT.plan.default
