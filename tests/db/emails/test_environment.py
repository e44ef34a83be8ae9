import pytest

from db.emails.environment import MAX_OUTPUT, MAX_TURNS, TemplateRefusedError, TooLargeError, fill
from db.emails.markup import plain, plain_lines
from db.emails.types import RenderingError


def filled(source: str, **variables: object) -> str:
    return plain_lines(fill(source, variables))


def test_variables_take_their_places() -> None:
    assert filled("Bonjour {{ client }},\ncommande {{ numero }}", client="Zoé", numero="T-1") == (
        "Bonjour Zoé,\ncommande T-1"
    )


def test_a_line_of_instructions_leaves_no_empty_line_and_other_lines_stay_whole() -> None:
    source = "un\n{% if client %}\ndeux{% if numero %} et demi{% endif %}\n{% endif %}\ntrois"
    assert filled(source, client="Zoé", numero="1") == "un\ndeux et demi\ntrois"
    assert filled(source, client="", numero="") == "un\ntrois"


def test_line_ends_of_windows_are_line_ends() -> None:
    assert filled("un\r\n{% if client %}\r\ndeux\r\n{% endif %}\r\ntrois", client="a") == "un\ndeux\ntrois"


def test_a_value_is_never_read_as_a_template() -> None:
    assert filled("{{ client }}", client="{{ numero }}{% if x %}") == "{{ numero }}{% if x %}"


def test_nothing_is_none() -> None:
    assert filled("[{{ client }}]", client=None) == "[]"


def test_a_rendering_that_grows_too_long_is_stopped() -> None:
    with pytest.raises(TooLargeError):
        fill("{{ message }}", {"message": "a" * (MAX_OUTPUT + 1)})


def test_loops_that_print_nothing_are_counted_too() -> None:
    with pytest.raises(TooLargeError):
        fill("{% for a in liste_articles %}{% endfor %}", {"liste_articles": [None] * (MAX_TURNS + 1)})
    with pytest.raises(TooLargeError):
        fill("{% for a in liste_articles %}{% endfor %}" * 400, {"liste_articles": [None] * 100})


def test_what_the_check_refuses_is_never_rendered() -> None:
    with pytest.raises(TemplateRefusedError, match="la variable « inconnue » n’existe pas"):
        fill("{{ inconnue }}", {})


def test_what_only_fails_when_it_runs_is_a_refusal_too() -> None:
    with pytest.raises(RenderingError, match="ne convient pas"):
        fill("{% if numero > 3 %}a{% endif %}", {"numero": "T-1"})


def test_a_subject_is_one_line_whatever_the_values_hold() -> None:
    assert plain(fill("Commande {{ numero }}", {"numero": "T-1\r\nBcc: tous@example.org"})) == (
        "Commande T-1 Bcc: tous@example.org"
    )
