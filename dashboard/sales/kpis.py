"""The cards at the top: eight figures, what became of each, and its way over the period. Data first, then drawn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import streamlit as st

from dashboard.links import orders_url
from dashboard.sales.state import SalesState
from db.domain import formats
from db.domain.money import divide_half_up
from db.domain.orders import PaymentState
from db.domain.sales_indicators import Indicators
from db.queries.sales_overview import Overview

_COLUMNS, _CARD_WIDTH, _CARD_HEIGHT = 4, 160, 148
_TO_BE_PAID = frozenset({PaymentState.UNPAID, PaymentState.PARTLY_PAID})


class Verdict(StrEnum):
    """Whether a change is good news; the value is its colour."""

    GOOD = "green"
    BAD = "red"
    NEITHER = "gray"


@dataclass(frozen=True, slots=True)
class Measure:
    """One of the figures: how it is told from the indicators, and how it is said."""

    label: str
    read: Callable[[Indicators], int | None]
    #: The figure in words, given the currency.
    words: Callable[[int, str], str]
    help: str
    #: What a rise means.
    rise: Verdict = Verdict.GOOD
    #: Rates change by points, amounts by per cents.
    is_rate: bool = False


def _rate(basis_points: int, _currency: str) -> str:
    return formats.rate(divide_half_up(basis_points, 10) * 10)


MEASURES = (
    Measure("Chiffre d’affaires", lambda of: of.revenue_cents, formats.money, "Total TTC des commandes, port compris."),
    Measure("Commandes", lambda of: of.orders, lambda count, _: formats.integer(count), "Toutes, sauf les annulées."),
    Measure("Panier moyen", lambda of: of.average_basket_cents, formats.money, "Chiffre d’affaires ÷ commandes."),
    Measure(
        "Articles par commande",
        lambda of: of.hundredths_of_items_per_order,
        lambda hundredths, _: formats.amount(hundredths),
        "Articles commandés ÷ commandes.",
    ),
    Measure(
        "Nouveaux clients",
        lambda of: of.new_customers_bp,
        _rate,
        "Commandes de clients qui n’avaient rien acheté avant ÷ commandes des clients qui ont un compte.",
        rise=Verdict.NEITHER,
        is_rate=True,
    ),
    Measure(
        "Taux de retour",
        lambda of: of.returned_bp,
        _rate,
        "Commandes dont un retour n’a pas été refusé ÷ commandes expédiées.",
        rise=Verdict.BAD,
        is_rate=True,
    ),
    Measure(
        "Expédiées en retard",
        lambda of: of.late_bp,
        _rate,
        "Commandes parties après leur date limite d’expédition ÷ commandes parties qui en avaient une.",
        rise=Verdict.BAD,
        is_rate=True,
    ),
    Measure(
        "À encaisser",
        lambda of: of.due_cents,
        formats.money,
        "Ce qui reste à payer des commandes de la période, à cet instant.",
        rise=Verdict.NEITHER,
    ),
)
_OPPOSITE = {Verdict.GOOD: Verdict.BAD, Verdict.BAD: Verdict.GOOD, Verdict.NEITHER: Verdict.NEITHER}


@dataclass(frozen=True, slots=True)
class Card:
    """What one card shows."""

    label: str
    value: str
    #: « +12,4 % », « −0,8 pt »; empty where there is nothing to compare with.
    change: str
    verdict: Verdict
    #: The figure of each part of the period; none where the parts do not tell it.
    way: tuple[float, ...]
    help: str


def show_cards(overview: Overview, state: SalesState) -> None:
    """Draw the cards, and the way to the orders that are still to be paid."""
    with st.grid(_COLUMNS, min_column_width=_CARD_WIDTH, gap="small", key="sales_cards"):
        for measure in MEASURES:
            card = card_of(measure, overview, state.currency)
            st.metric(
                card.label,
                card.value,
                card.change or None,
                border=True,
                chart_data=card.way or None,
                chart_type="area",
                height=_CARD_HEIGHT,
                delta_color=card.verdict.value,
                delta_arrow=_arrow(card.change),
                help=card.help,
            )
    if overview.now.due_cents:
        st.markdown(f"[Voir les commandes à encaisser]({orders_url(state.orders(payment_states=_TO_BE_PAID))})")


def card_of(measure: Measure, overview: Overview, currency: str) -> Card:
    """Return what the card of a figure shows."""
    now, before = measure.read(overview.now), measure.read(overview.before)
    difference = now - before if now is not None and before is not None else 0
    return Card(
        label=measure.label,
        value=formats.DASH if now is None else measure.words(now, currency),
        change=_change(measure, now, before),
        verdict=measure.rise if difference > 0 else _OPPOSITE[measure.rise] if difference < 0 else Verdict.NEITHER,
        way=_way(measure, overview.parts),
        help=measure.help,
    )


def points(basis_points: int) -> str:
    """Return a difference between two rates, to a tenth: « +1,2 pt »."""
    tenths = divide_half_up(basis_points, 10)
    sign = "+" if tenths > 0 else "−" if tenths < 0 else ""
    whole, rest = divmod(abs(tenths), 10)
    return f"{sign}{whole}{f',{rest}' if rest else ''}{formats.NO_BREAK_SPACE}pt"


def _change(measure: Measure, now: int | None, before: int | None) -> str:
    if now is None or before is None:
        return ""
    if measure.is_rate:
        return points(now - before)
    return formats.evolution(before, now) if before > 0 else ""


def _way(measure: Measure, parts: Sequence[Indicators]) -> tuple[float, ...]:
    """Return the figure of each part, nothing counting as 0; none for what none of the parts tell."""
    way = [measure.read(part) for part in parts]
    return tuple(float(value or 0) for value in way) if len(way) > 1 and any(way) else ()


def _arrow(change: str) -> Literal["up", "down", "off"]:
    return "up" if change.startswith("+") else "down" if change.startswith("−") else "off"
