"""What happens by itself when nobody does anything for a while: the rules, their delays, what each is for.

Réglages › Automatismes switches them and sets their delays. A delay in days ends at the same hour of the
marketplace's clock so many days later, whatever the clock did in between.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from db.domain.time import PARIS

#: What became due longer ago than this is left alone: whoever switches a rule on, or brings in ten years of orders,
#: does not mean to write to everybody at once. A worker that slept for less catches up.
LOOK_BACK = dt.timedelta(days=30)


class TimedRule(StrEnum):
    """One thing that happens by itself."""

    RECEIPT = "receipt"
    PAYMENT_REMINDER = "payment_reminder"
    UNPAID_CANCEL = "unpaid_cancel"
    PICKUP_REMINDER = "pickup_reminder"
    SELLER_REMINDER = "seller_reminder"

    @property
    def plan(self) -> "TimedPlan":
        """Return what it is for, in words."""
        return TIMED_PLANS[self]


class Unit(StrEnum):
    """What a delay counts."""

    DAYS = "days"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class TimedValues:
    """Whether a rule is on, and its numbers."""

    is_on: bool
    delay: int
    #: The second number, where the rule has one.
    extra: int = 0


@dataclass(frozen=True, slots=True)
class TimedPlan:
    """A rule in the words of its settings page."""

    title: str
    #: What happens, to whom, after what.
    meaning: str
    unit: Unit
    default: TimedValues
    #: What the delay is called; what the second number is called, empty where there is none.
    delay_label: str
    extra_label: str = ""


TIMED_PLANS = {
    TimedRule.RECEIPT: TimedPlan(
        "Réception confirmée d’office",
        "Un colis livré dont le client ne dit rien est tenu pour reçu. Le vendeur est prévenu.",
        Unit.DAYS,
        TimedValues(is_on=True, delay=7),
        "Jours après la livraison",
    ),
    TimedRule.PAYMENT_REMINDER: TimedPlan(
        "Relance des commandes non réglées",
        "Le client reçoit le lien pour payer. Jamais après le paiement.",
        Unit.DAYS,
        TimedValues(is_on=True, delay=3, extra=2),
        "Jours entre deux relances",
        "Relances au plus",
    ),
    TimedRule.UNPAID_CANCEL: TimedPlan(
        "Annulation des commandes non réglées",
        "Un e-mail prévient le client, puis la commande est annulée et ses articles reviennent en stock.",
        Unit.DAYS,
        TimedValues(is_on=False, delay=15, extra=3),
        "Jours après la commande",
        "Jours de préavis",
    ),
    TimedRule.PICKUP_REMINDER: TimedPlan(
        "Rappel des commandes à retirer",
        "Une commande prête que personne ne vient chercher est rappelée au client.",
        Unit.DAYS,
        TimedValues(is_on=True, delay=5, extra=2),
        "Jours entre deux rappels",
        "Rappels au plus",
    ),
    TimedRule.SELLER_REMINDER: TimedPlan(
        "Rappel au vendeur",
        "Une commande payée que le vendeur n’a pas prise en main lui est rappelée, avec copie à la marketplace.",
        Unit.HOURS,
        TimedValues(is_on=True, delay=48),
        "Heures après le paiement",
    ),
}


def due_after(start: dt.datetime, delay: int, unit: Unit) -> dt.datetime:
    """Return when a delay that began at an instant ends.

    Hours are hours. Days end at the same time of the Paris clock: an hour that a clock change skips is read as the
    one after, an hour it repeats as its first.
    """
    if unit is Unit.HOURS:
        return start + dt.timedelta(hours=delay)
    local = start.astimezone(PARIS)
    wall = dt.datetime.combine(local.date() + dt.timedelta(days=delay), local.time(), PARIS)
    return wall.astimezone(dt.UTC)


def latest_start(now: dt.datetime, delay: int, unit: Unit) -> dt.datetime:
    """Return the latest instant whose delay may have ended by now, an hour of clock change given: what a query asks.

    ``due_after`` then decides to the minute.
    """
    return now - (dt.timedelta(hours=delay) if unit is Unit.HOURS else dt.timedelta(days=delay, hours=-1))
