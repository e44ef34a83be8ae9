"""Automatismes, as an administrator uses them."""

import datetime as dt

import pytest

from db.domain.orders import OrderStatus, PaymentState
from db.domain.permissions import Role
from db.domain.time import utc_now
from db.domain.timed import TimedRule, TimedValues
from db.engine import reading, transaction
from db.queries.timed import timed_settings
from db.services.work import Outcome, record_run
from tests.dashboard.apptest import open_page
from tests.factories import create_order

CANCEL = TimedRule.UNPAID_CANCEL


@pytest.fixture
def ada(signed_up):
    return signed_up(Role.ADMIN, name="Ada Admin")


def opened(person_id):
    at = open_page("/automatismes", person_id=person_id)
    assert not at.exception
    return at


def rule_of(rule):
    with reading() as session:
        return timed_settings(session)[rule]


def said(at):
    return " ".join(element.value for element in at.markdown)


def named(elements, prefix):
    return next(element for element in elements if (element.key or "").startswith(prefix))


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.MANAGER, Role.SELLER])
def test_nobody_but_administrators_gets_to_the_page(signed_up, role):
    at = open_page("/automatismes", person_id=signed_up(role))
    assert "Automatismes" not in [header.value for header in at.header]


def test_every_rule_is_there_with_what_it_is_for(ada):
    at = opened(ada)
    assert [element.value for element in at.subheader] == [rule.plan.title for rule in TimedRule]
    assert [toggle.value for toggle in at.toggle] == [True, True, False, True, True]


def test_whom_a_rule_concerns_now_and_when_it_last_did_something_is_said(ada):
    now = utc_now()
    with transaction() as session:
        for days in (4, 5, 1):
            create_order(
                session,
                status=OrderStatus.AWAITING_PAYMENT,
                payment_state=PaymentState.UNPAID,
                placed_at=now - dt.timedelta(days=days),
            )
        record_run(session, Outcome("remind-payments", "w", now, now, 3, ""))
    at = opened(ada)
    # Three days between two reminders: the order of yesterday is left alone.
    assert "**2\u00a0commandes concernées aujourd’hui**" in said(at)
    assert "3\u00a0commandes" in said(at)


def test_a_delay_is_saved_and_goes_back_to_what_it_was(ada):
    at = opened(ada)
    named(at.number_input, "timed_receipt").set_value(10).run()
    at.button(key="timed_save_receipt").click().run()
    assert rule_of(TimedRule.RECEIPT) == TimedValues(is_on=True, delay=10)
    at.button(key="timed_reset_receipt").click().run()
    assert rule_of(TimedRule.RECEIPT) == TimedRule.RECEIPT.plan.default


def test_the_cancellation_of_unpaid_orders_says_what_it_does_before_it_is_switched_on(ada):
    now = utc_now()
    with transaction() as session:
        create_order(
            session,
            status=OrderStatus.AWAITING_PAYMENT,
            payment_state=PaymentState.UNPAID,
            placed_at=now - dt.timedelta(days=20),
        )
    at = opened(ada)
    assert not at.warning
    named(at.toggle, "timed_unpaid_cancel").set_value(True).run()
    [warning] = [element.value for element in at.warning]
    assert "**1\u00a0commande concernée aujourd’hui**" in warning
    assert "**annulée d’office** 3\u00a0jours plus tard, 15\u00a0jours au moins après" in warning
    assert not rule_of(CANCEL).is_on
    button = at.button(key="timed_save_unpaid_cancel")
    assert button.label == "Activer l’annulation"
    button.click().run()
    assert rule_of(CANCEL) == TimedValues(is_on=True, delay=15, extra=3)
    assert not at.warning


def test_a_notice_longer_than_the_delay_is_refused(ada):
    at = opened(ada)
    named(at.number_input, "timed_unpaid_cancel").set_value(2).run()
    at.button(key="timed_save_unpaid_cancel").click().run()
    assert "préavis doit être plus court" in at.error[0].value
    assert rule_of(CANCEL) == CANCEL.plan.default
