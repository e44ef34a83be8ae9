"""What somebody clicked in a chart, as the grid's URL and its button say it: one side of the sales, some values."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from urllib.parse import unquote

from dashboard.place_names import department_name
from db.domain import formats
from db.domain.figures import DURATION_LABELS, DURATIONS, CustomerShare, Facet, Punctuality, Stage
from db.domain.orders import DeliveryMode, Origin, PaymentMethod, PaymentState
from db.domain.places import SEPARATOR
from db.domain.returns import ReturnReason
from db.domain.text import is_storable

NO_FACET: tuple[Facet | None, frozenset[str]] = (None, frozenset())
#: Town names and ids in one address; more would not fit in it.
MAX_VALUES = 200
_MAX_HOURS_DIGITS = 6


def facet_text(facet: Facet | None, values: frozenset[str]) -> str:
    """Return « hour:34 », « place:75|Paris,75|PARIS »; nothing for no facet."""
    return f"{facet}:{','.join(map(_quoted, sorted(values)))}" if facet else ""


def parse_facet(text: str) -> tuple[Facet | None, frozenset[str]]:
    """Return the facet and the values that ``facet_text`` wrote.

    Raises:
        ValueError: It is no such text.
    """
    name, _, said = text.partition(":")
    facet, values = Facet(name), frozenset(map(unquote, said.split(",")))
    if len(values) > MAX_VALUES or not all(_is_possible(facet, value) for value in values):
        raise ValueError(text)
    return facet, values


def facet_label(facet: Facet, values: frozenset[str]) -> str:
    """Return what the orders have in common, in words: « mardi 10 h », « Paris (75) », « Expédiées en retard »."""
    if facet in DURATIONS:
        return f"{DURATION_LABELS[facet]}\u00a0: {formats.hours(min(map(int, values)))} ou plus"
    if len(values) == 1 or facet is Facet.PLACE:
        return _SINGLE.get(facet, lambda value: value)(min(values))
    known = _ENUMS.get(facet)
    if known:
        return ", ".join(_label(known, value) for value in sorted(values))
    singular, plural = _SEVERAL.get(facet, ("valeur", "valeurs"))
    return formats.plural(len(values), singular, plural)


def _quoted(value: str) -> str:
    return value.replace("%", "%25").replace(",", "%2C").replace(" ", "%20")


def _is_possible(facet: Facet, value: str) -> bool:
    if facet in DURATIONS or facet is Facet.HOUR:
        return value.isascii() and value.isdigit() and len(value) <= _MAX_HOURS_DIGITS
    return is_storable(value)


def _label(enum: type[StrEnum], value: str) -> str:
    return getattr(enum(value), "label", value) if value in tuple(enum) else value


def _hour(value: str) -> str:
    weekday, hour = divmod(int(value), 24)
    return f"{formats.WEEKDAYS[weekday % 7]} {hour}\u00a0h"


def _place(value: str) -> str:
    code, _, town = value.partition(SEPARATOR)
    return f"{town}, {department_name(code)}" if town else department_name(code)


def _late(value: str) -> str:
    return f"Expédiées {_label(Punctuality, value).lower()}"


_ENUMS: Mapping[Facet, type[StrEnum]] = {
    Facet.DELIVERY: DeliveryMode,
    Facet.PAYMENT: PaymentMethod,
    Facet.PAYMENT_STATE: PaymentState,
    Facet.ORIGIN: Origin,
    Facet.CUSTOMER: CustomerShare,
    Facet.STAGE: Stage,
    Facet.RETURNED: ReturnReason,
}
_SINGLE: Mapping[Facet, Callable[[str], str]] = {
    **{facet: lambda value, enum=enum: _label(enum, value) for facet, enum in _ENUMS.items()},
    Facet.RETURNED: lambda value: f"Retour\u00a0: {_label(ReturnReason, value)}",
    Facet.HOUR: _hour,
    Facet.PLACE: _place,
    Facet.SHIPPING: _late,
    Facet.REFUNDED: lambda _: "Remboursées",
    Facet.SALES: lambda _: "Toutes les ventes",
    Facet.SELLER: lambda _: "Un vendeur",
    Facet.PRODUCT: lambda value: value.removeprefix("?") if value.startswith("?") else "Un produit",
}
_SEVERAL = {Facet.SELLER: ("vendeur", "vendeurs"), Facet.PRODUCT: ("produit", "produits")}
