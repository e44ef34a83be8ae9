"""Messages that outlive an action."""

from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st  # noqa: PLC0415  AppTest runs this function's text alone

    from dashboard.flash import flash, show_flashes, telling_refusals  # noqa: PLC0415
    from db.domain.errors import InvalidInputError  # noqa: PLC0415

    @telling_refusals()
    def act(reason: str) -> None:
        if reason:
            raise InvalidInputError(reason)
        flash("C’est fait.")

    show_flashes()
    st.button("Réussir", key="succeed", on_click=act, args=("",))
    st.button("Échouer", key="fail", on_click=act, args=("Pas *aujourd’hui*.",))


def test_a_refused_action_says_why_as_plain_text_and_nothing_else_until_the_next_click() -> None:
    at = AppTest.from_function(page).run()
    at.button(key="fail").click().run()
    assert [error.value for error in at.error] == ["Pas \\*aujourd’hui\\*\\."]
    assert not at.toast
    at.run()
    assert not at.error


def test_the_same_action_may_succeed_after_a_refusal() -> None:
    at = AppTest.from_function(page).run()
    at.button(key="fail").click().run()
    at.button(key="succeed").click().run()
    assert [toast.value for toast in at.toast] == ["C’est fait."]
    assert not at.error
