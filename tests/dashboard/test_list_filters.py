"""The filters above a list, on a page that has but them."""

from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st  # noqa: PLC0415 - AppTest runs the body of this function alone.

    from dashboard.list_filters import (  # noqa: PLC0415 - As above.
        choice_field,
        clear_button,
        filter_row,
        search_field,
        seller_field,
    )

    asked = st.query_params.to_dict()

    def change(name: str, value: object) -> None:
        st.query_params.from_dict({**st.query_params.to_dict(), name: str(value or "")})

    with filter_row("page"):
        search_field("Client", asked.get("q", ""), "q", lambda text: change("q", text))
        choice_field(
            "Lettre",
            {"a": "La première", "b": "La deuxième"},
            asked.get("letter"),
            "letter",
            lambda letter: change("letter", letter),
            anything="Toutes les lettres",
            width=190,
        )
        seller_field({1: "Seul"}, None, "alone", lambda seller_id: change("alone", seller_id))
        seller_field({1: "Une", 2: "Autre"}, None, "seller", lambda seller_id: change("seller", seller_id))
        clear_button(st.query_params.clear)


def test_two_filters_changed_by_one_click_both_count() -> None:
    at = AppTest.from_function(page).run()
    at.text_input(key="q").set_value("  Anne \t Morin ")
    at.selectbox(key="letter").set_value("b")
    at.run()
    assert at.query_params == {"q": "Anne Morin", "letter": "b"}


def test_a_value_of_the_address_that_is_none_of_the_choices_is_shown_as_nothing_chosen() -> None:
    at = AppTest.from_function(page)
    at.query_params["letter"] = "z"
    assert at.run().selectbox(key="letter").value is None
    assert at.selectbox(key="letter").options == ["La première", "La deuxième"]


def test_sellers_are_chosen_among_two_at_least() -> None:
    at = AppTest.from_function(page).run()
    assert [box.key for box in at.selectbox] == ["letter", "seller"]


def test_clearing_leaves_nothing_in_the_address() -> None:
    at = AppTest.from_function(page)
    at.query_params["q"] = "Anne"
    at.run().button[0].click().run()
    assert not at.query_params
