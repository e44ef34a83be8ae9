"""A page's one dialog, on a page that has but its field."""

from streamlit.testing.v1 import AppTest


def page() -> None:
    from dataclasses import dataclass  # noqa: PLC0415 - AppTest runs the body of this function alone.

    import streamlit as st  # noqa: PLC0415 - As above.

    from dashboard.one_dialog import OneDialog  # noqa: PLC0415 - As above.

    @dataclass(frozen=True, slots=True)
    class Opened:
        order: int
        refusal: str = ""

        @property
        def draft(self) -> int:
            return self.order

    dialog: OneDialog[Opened] = OneDialog("note")
    for order in (1, 2):
        st.button(f"Open {order}", on_click=dialog.open, args=(Opened(order),))
    opened = dialog.opened()
    if opened is not None:
        st.text_input("Note", key=dialog.field_key("text"))
        st.write(opened.refusal)
        st.button("Refuse", on_click=dialog.refuse, args=(opened, "Non."))
        st.button("Put away", on_click=dialog.put_away)
        st.button("Done", on_click=dialog.close)


def click(at: AppTest, label: str) -> AppTest:
    next(button for button in at.button if button.label == label).click().run()
    return at


def test_what_was_typed_before_it_was_put_away_is_there_when_the_same_is_opened_again() -> None:
    at = click(AppTest.from_function(page).run(), "Open 1")
    at.text_input(key="note_field_text").set_value("Fragile").run()
    assert not click(at, "Put away").text_input
    assert click(at, "Open 2").text_input(key="note_field_text").value == ""
    click(at, "Put away")
    assert click(at, "Open 1").text_input(key="note_field_text").value == "Fragile"


def test_after_its_action_it_starts_empty() -> None:
    at = click(AppTest.from_function(page).run(), "Open 1")
    at.text_input(key="note_field_text").set_value("Fragile").run()
    assert not click(at, "Done").text_input
    assert click(at, "Open 1").text_input(key="note_field_text").value == ""


def test_a_refusal_keeps_it_open_with_what_was_typed() -> None:
    at = click(AppTest.from_function(page).run(), "Open 1")
    at.text_input(key="note_field_text").set_value("Fragile").run()
    click(at, "Refuse")
    assert at.markdown[0].value == "Non."
    assert at.text_input(key="note_field_text").value == "Fragile"
