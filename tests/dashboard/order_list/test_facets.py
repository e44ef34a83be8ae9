"""What was clicked in a chart, in the grid's URL and on its button."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.order_list.facets import NO_FACET, facet_label, facet_text, parse_facet
from dashboard.order_list.state import GridState, from_query, from_query_string, query_string
from db.domain.figures import Facet
from db.domain.order_filter import OrderFilter

TODAY = dt.date(2026, 11, 21)


@given(st.frozensets(st.text("|,%:C2é 5", max_size=8), min_size=1, max_size=5))
def test_any_place_survives_the_url(values: frozenset[str]) -> None:
    state = GridState(OrderFilter(facet=Facet.PLACE, facet_values=values))
    assert parse_facet(facet_text(Facet.PLACE, values)) == (Facet.PLACE, values)
    assert from_query_string(query_string(state), TODAY) == (state, [])


@pytest.mark.parametrize("text", ["hour:-3", "hour:x", "to_paid:", "nothing:3", "place:\x00", "hour:" + "9" * 7])
def test_what_means_nothing_is_left_out_with_a_notice(text: str) -> None:
    state, notices = from_query({"cote": text}, TODAY)
    assert (state.filter.facet, state.filter.facet_values) == NO_FACET
    assert "cote" in notices[0]


@pytest.mark.parametrize(
    ("facet", "values", "label"),
    [
        (Facet.HOUR, {"34"}, "mardi 10 h"),
        (Facet.PLACE, {"75"}, "Paris (75)"),
        (Facet.PLACE, {"2A"}, "Corse-du-Sud (2A)"),
        (Facet.PLACE, {"974", "RE"}, "La Réunion (974)"),
        (Facet.PLACE, {"42|ST ETIENNE", "42|Saint-Étienne"}, "ST ETIENNE, Loire (42)"),
        (Facet.PLACE, {"BE"}, "Belgique"),
        (Facet.PLACE, {""}, "Lieu inconnu"),
        (Facet.PLACE, {"95"}, "Val-d’Oise (95)"),
        (Facet.SHIPPING, {"late"}, "Expédiées en retard"),
        (Facet.STAGE, {"delivered"}, "Livrées"),
        (Facet.RETURNED, {"damaged"}, "Retour : Article abîmé à l’arrivée"),
        (Facet.RETURNED, {"gone"}, "Retour : gone"),
        (Facet.CUSTOMER, {"new"}, "Nouveaux clients"),
        (Facet.TO_PAID, {"52"}, "De la commande au paiement : 2 j 4 h ou plus"),
        (Facet.SELLER, {"3"}, "Un vendeur"),
        (Facet.SELLER, {"3", "4"}, "2 vendeurs"),
        (Facet.PRODUCT, {"?Thé"}, "Thé"),
        (Facet.REFUNDED, {""}, "Remboursées"),
        (Facet.PAYMENT, {"card", "cash"}, "Carte bancaire, Espèces"),
    ],
)
def test_the_button_says_what_the_orders_have_in_common(facet: Facet, values: set[str], label: str) -> None:
    assert facet_label(facet, frozenset(values)).replace("\u00a0", " ") == label
