"""Departments and towns, as people write them."""

import pytest

from db.domain.figures import Figure
from db.domain.places import Place, departments, town_key, towns


def figure(value: str, orders: int, cents: int) -> Figure:
    return Figure(value, orders, cents, 0)


@pytest.mark.parametrize(
    ("spelling", "other"),
    [
        ("Saint-Étienne", "ST ETIENNE"),
        ("Sainte-Foy-lès-Lyon", "Ste Foy lès Lyon"),
        ("Paris", "PARIS 11E ARRONDISSEMENT"),
        ("Paris", "Paris 08"),
        ("Lyon", "Lyon 3ème"),
        ("Grenoble", "GRENOBLE CEDEX 9"),
        ("Marseille", "Marseille 1er"),
        ("L’Haÿ-les-Roses", "L'HAY LES ROSES"),
        ("Œuilly", "OEUILLY"),
    ],
)
def test_spellings_of_one_town_meet(spelling: str, other: str) -> None:
    assert town_key(spelling) == town_key(other)


@pytest.mark.parametrize(("town", "other"), [("Saintes", "Saint"), ("Sète", "Sées"), ("Vienne", "Vienne-le-Château")])
def test_other_towns_do_not(town: str, other: str) -> None:
    assert town_key(town) != town_key(other)


def test_a_town_whose_name_is_a_number_keeps_it() -> None:
    assert town_key("13") == "13"


def test_towns_of_a_department_are_merged_under_their_commonest_spelling() -> None:
    figures = [
        figure("42|Saint-Étienne", 3, 30_00),
        figure("42|ST ETIENNE", 2, 50_00),
        figure("01|Saint-Étienne", 1, 5),
    ]
    assert towns(figures) == [
        Place("42", "Saint-Étienne", 5, 80_00, ("42|ST ETIENNE", "42|Saint-Étienne")),
        Place("01", "Saint-Étienne", 1, 5, ("01|Saint-Étienne",)),
    ]


def test_of_equally_common_spellings_the_one_in_capitals_is_not_shown() -> None:
    (town,) = towns([figure("75|PARIS", 2, 1), figure("75|Paris", 2, 1)])
    assert town.town == "Paris"


def test_departments_add_up_all_that_went_there_whether_or_not_a_town_is_named() -> None:
    figures = [figure("974|Saint-Denis", 1, 10_00), figure("RE|Saint-Denis", 2, 5_00), figure("|", 4, 1_00)]
    assert departments(figures) == [
        Place("974", "", 3, 15_00, ("974", "RE")),
        Place("", "", 4, 1_00, ("",)),
    ]
    assert [place.department for place in towns(figures)] == ["974"]
