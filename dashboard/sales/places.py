"""Where goods go: departments and towns."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.charts.bars import hover_lines
from dashboard.charts.chart import Chart, show_chart
from dashboard.charts.france import drawn_departments, map_of_france
from dashboard.charts.heat import Cell
from dashboard.charts.table import Column, Kind, Table
from dashboard.order_list.facets import MAX_VALUES
from dashboard.place_names import UNKNOWN, department_name, place_name
from dashboard.sales.breakdowns import Slice, slices_chart
from dashboard.sales.cached import cached_figures
from dashboard.sales.state import SalesState
from db.domain import formats, places
from db.domain.figures import Facet, Figure
from db.domain.order_filter import OrderFilter
from db.domain.places import Place
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.sales_sections import place_figures

#: Of the thousands of towns so many open their orders: every way there is sent to the browser.
_MOST_TOWN_LINKS = 200


@dataclass(frozen=True, slots=True)
class Places:
    """The departments and the towns of the sales, the dearest first."""

    departments: tuple[Place, ...]
    towns: tuple[Place, ...]


@cached_figures
def read_places(viewer: Viewer, wanted: OrderFilter) -> Places:
    """Return where the sales went."""
    with reading() as session:
        found = place_figures(session, viewer, wanted)
    return Places(tuple(places.departments(found)), tuple(places.towns(found)))


def show_places(viewer: Viewer, state: SalesState) -> None:
    """Draw the departments and the towns that goods go to."""
    found = read_places(viewer, state.wanted)
    left, right = st.columns(2)
    with left:
        show_chart(map_chart(found.departments, state))
    with right:
        show_chart(departments_chart(found.departments, state))
    show_chart(towns_chart(found.towns, state))


def map_chart(found: Sequence[Place], state: SalesState) -> Chart:
    """Return the map of the sales by department of the mainland and Corsica."""
    drawn = [place for place in found if place.department in drawn_departments()]
    names = [place.department for place in drawn]
    elsewhere = sum(place.orders for place in found) - sum(place.orders for place in drawn)

    def cell(place: Place) -> Cell:
        orders, amount = formats.plural(place.orders, "commande"), formats.money(place.cents, state.currency)
        name = department_name(place.department)
        return Cell(place.cents, "", hover_lines(name, amount, orders), place.department)

    return Chart(
        key="carte",
        title="Carte des départements",
        figure=lambda: map_of_france({place.department: cell(place) for place in drawn}),
        table=Table(
            (
                Column("Code"),
                Column("Département"),
                Column("Commandes", Kind.COUNT),
                Column("Chiffre d’affaires", Kind.MONEY),
            ),
            tuple((place.department, place_name(place.department), place.orders, place.cents) for place in drawn),
            state.currency,
        ),
        alt="Carte de France des ventes par département de livraison. En tête\u00a0: "
        + ", ".join(
            f"{department_name(place.department)} {formats.money(place.cents, state.currency)}" for place in drawn[:3]
        )
        + ".",
        links={place.department: _opening(place, state) for place in drawn},
        row_links=names,
        note=f"Plus la couleur tranche sur le fond, plus le chiffre d’affaires est élevé. {_left_out(elsewhere)}",
    )


def departments_chart(found: Sequence[Place], state: SalesState) -> Chart:
    """Return the sales by department, and by country abroad."""
    slices = [_slice(department_name(place.department), place, state) for place in found]
    return slices_chart("departements", "Par département de livraison", "Département", slices, state)


def towns_chart(found: Sequence[Place], state: SalesState) -> Chart:
    """Return the sales by town."""
    slices = [
        _slice(_town_name(place), place, state, opens=index < _MOST_TOWN_LINKS) for index, place in enumerate(found)
    ]
    return slices_chart("villes", "Par ville de livraison", "Ville", slices, state)


def _town_name(place: Place) -> str:
    return f"{place.town} ({place.department})" if place.department else f"{place.town}, {UNKNOWN.lower()}"


def _slice(name: str, place: Place, state: SalesState, *, opens: bool = True) -> Slice:
    can_open = opens and len(place.values) <= MAX_VALUES
    return Slice(name, Figure(name, place.orders, place.cents, 0), _opening(place, state) if can_open else None)


def _opening(place: Place, state: SalesState) -> OrderFilter:
    return state.orders(facet=Facet.PLACE, facet_values=frozenset(place.values))


def _left_out(orders: int) -> str:
    if not orders:
        return "Contours\u00a0: INSEE."
    return (
        f"Outre-mer, étranger et adresses incomplètes, hors de la carte\u00a0: {formats.plural(orders, 'commande')}. "
        "Contours\u00a0: INSEE."
    )
