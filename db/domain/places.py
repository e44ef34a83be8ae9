"""Where goods go: departments and towns, told from what people typed in their addresses.

The figures know places as « 75|Paris » (``Facet.PLACE``). People write one town in many ways: « ST ÉTIENNE »,
« Saint-Etienne cedex 2 », « Paris 11e »; inside a department they are one.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from db.domain.figures import Figure
from db.domain.text import fold

SEPARATOR = "|"
#: Countries of ISO 3166 that are departments of France: people name either in their address.
_OVERSEAS = {"GP": "971", "MQ": "972", "GF": "973", "RE": "974", "YT": "976"}
_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")
_SAINT = re.compile(r"\bst(?=e?s?\b)")
#: « cedex 9 », « 11e », « 3eme arrondissement », « 08 »: a part of the town, not another one.
_PART_OF_TOWN = re.compile(r"(?: cedex(?: \d+)?| \d+(?: ?(?:er|e|eme|ieme))?(?: arr(?:ondissement|dt)?)?)+$")


@dataclass(frozen=True, slots=True)
class Place:
    """What was sold to one department (its towns together), one country abroad, or one town."""

    #: « 75 », « 2A », « 974 »; abroad the country, « BE »; empty where the address does not say.
    department: str
    #: Empty for the whole department.
    town: str
    orders: int
    cents: int
    #: The values of ``Facet.PLACE`` that are this town; of a whole department its codes, which stand for all of them.
    values: tuple[str, ...]


def departments(figures: Iterable[Figure]) -> list[Place]:
    """Return the departments and countries, the dearest first."""
    groups: dict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        groups[_split(figure.value)[0]].append(figure)
    return _dearest_first(_merged(code, "", found) for code, found in groups.items())


def towns(figures: Iterable[Figure]) -> list[Place]:
    """Return the towns, the dearest first, each under the spelling that most orders use."""
    groups: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    for figure in figures:
        department, town = _split(figure.value)
        groups[department, town_key(town)].append(figure)
    return _dearest_first(_merged(code, _spelling(found), found) for (code, key), found in groups.items() if key)


def town_key(town: str) -> str:
    """Return what the spellings of one town have in common; empty for no town."""
    words = _NOT_A_LETTER.sub(" ", fold(town)).strip()
    whole = _SAINT.sub("saint", words)
    return _PART_OF_TOWN.sub("", whole) or whole


def _split(value: str) -> tuple[str, str]:
    code, _, town = value.partition(SEPARATOR)
    return _OVERSEAS.get(code, code), town.strip()


def _value(figure: Figure, *, with_town: bool) -> str:
    """Return what the orders of a figure are found by."""
    return figure.value if with_town else figure.value.partition(SEPARATOR)[0]


def _merged(department: str, town: str, found: list[Figure]) -> Place:
    return Place(
        department,
        town,
        orders=sum(figure.orders for figure in found),
        cents=sum(figure.cents for figure in found),
        values=tuple(sorted({_value(figure, with_town=bool(town)) for figure in found})),
    )


def _spelling(found: list[Figure]) -> str:
    """Return the commonest spelling; of equally common ones the one that is not written in capitals."""
    names: dict[str, int] = defaultdict(int)
    for figure in found:
        names[_split(figure.value)[1]] += figure.orders
    return max(sorted(names), key=lambda name: (names[name], not name.isupper()))


def _dearest_first(places: Iterable[Place]) -> list[Place]:
    return sorted(places, key=lambda place: (-place.cents, -place.orders, place.department, place.town))
