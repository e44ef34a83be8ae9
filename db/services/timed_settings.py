"""Réglages › Automatismes: switch what happens by itself, and say after how long."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.errors import InvalidInputError
from db.domain.permissions import Permission
from db.domain.timed import TimedRule, TimedValues, Unit
from db.domain.viewer import Viewer
from db.models import TimedSetting
from db.queries.timed import timed_settings
from db.services.audit import Act, note_edit

#: As the table's own constraint says.
MAX_DELAY = 365
#: A reminder that comes more often is a nuisance; notice of a cancellation is given in good time.
MAX_EXTRA = {TimedRule.PAYMENT_REMINDER: 10, TimedRule.PICKUP_REMINDER: 10, TimedRule.UNPAID_CANCEL: 30}
_UNITS = {Unit.DAYS: "jours", Unit.HOURS: "heures"}


def save_timed_rule(session: Session, viewer: Viewer, rule: TimedRule, values: TimedValues) -> None:
    """Keep whether a rule is on and its numbers; what is as the code says leaves no row.

    Raises:
        NotAllowedError: The person may not change settings.
        InvalidInputError: A number is out of bounds; the sentence says which and what goes.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    _check(rule, values)
    act = Act(
        AuditArea.SETTINGS, "timed_rule_changed", "rule", None, rule.plan.title, timed_settings(session)[rule], values
    )
    note_edit(session, Actor.person(viewer), act)
    if values == rule.plan.default:
        session.execute(delete(TimedSetting).where(TimedSetting.rule == rule))
        return
    row = session.get(TimedSetting, rule) or TimedSetting(rule=rule)
    row.is_on, row.delay, row.extra = values.is_on, values.delay, values.extra
    session.add(row)
    session.flush()


def _check(rule: TimedRule, values: TimedValues) -> None:
    plan = rule.plan
    if not 1 <= values.delay <= MAX_DELAY:
        raise InvalidInputError(f"{plan.delay_label}\u00a0: saisissez de 1 à {MAX_DELAY} {_UNITS[plan.unit]}.")
    if not plan.extra_label:
        if values.extra:
            raise InvalidInputError(f"« {plan.title} » n’a pas de second nombre.")
        return
    most = MAX_EXTRA[rule]
    if not 1 <= values.extra <= most:
        raise InvalidInputError(f"{plan.extra_label}\u00a0: saisissez de 1 à {most}.")
    if rule is TimedRule.UNPAID_CANCEL and values.extra >= values.delay:
        raise InvalidInputError(
            f"Le préavis doit être plus court que le délai\u00a0: {values.delay - 1} au plus, "
            "pour que le client reçoive l’e-mail avant l’annulation."
            if values.delay > 1
            else "Laissez au moins deux jours avant l’annulation, dont un de préavis."
        )
