"""What a template may say, and what it is told where it may not."""

import pytest

from db.emails.environment import faults_of
from db.emails.language import MAX_SOURCE

FORBIDDEN = {
    "multiplication": "{{ 'a' * 10 ** 10 }}",
    "power": "{{ 9 ** 9 ** 9 }}",
    "formatting by %": "{{ '%1000000000d' % 1 }}",
    "addition": "{{ numero + numero }}",
    "a call": "{{ lipsum(1000) }}",
    "a method": "{{ numero.upper() }}",
    "range": "{% for i in range(10 ** 9) %}x{% endfor %}",
    "a loop in a loop": ("{% for a in liste_articles %}{% for b in liste_articles %}x{% endfor %}{% endfor %}"),
    "a recursive loop": "{% for a in liste_articles recursive %}{{ loop(a) }}{% endfor %}",
    "a loop over a text": "{% for lettre in numero %}x{% endfor %}",
    "a filtered loop": "{% for a in liste_articles if a.nom %}x{% endfor %}",
    "a loop that hides a variable": "{% for total in liste_articles %}x{% endfor %}",
    "a recursive macro": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "self": "{{ self.corps() }}",
    "include": "{% include '/etc/passwd' %}",
    "import": "{% import 'os' as os %}",
    "extends": "{% extends 'layout.mjml' %}",
    "block": "{% block a %}{% endblock %}",
    "assignment": "{% set numero = numero ~ numero %}",
    "with": "{% with a = 1 %}{{ a }}{% endwith %}",
    "autoescape": "{% autoescape false %}x{% endautoescape %}",
    "a filter block": "{% filter upper %}a{% endfilter %}",
    "a filter that widens": "{{ 'a'|center(1000000000) }}",
    "a filter that formats": "{{ '%1000000000d'|format(1) }}",
    "a filter that multiplies": "{{ numero|replace('a', 'aaaa') }}",
    "a filter that trusts": "{{ client|safe }}",
    "a filter that reaches inside": "{{ ''|attr('__class__') }}",
    "attributes of Python": "{{ numero.__class__.__mro__ }}",
    "attributes of an article": "{% for a in liste_articles %}{{ a.__class__ }}{% endfor %}",
    "brackets": "{{ numero['__class__'] }}",
    "a list": "{{ [numero, numero] }}",
    "a test": "{{ numero is defined }}",
    "an extension": "{% do numero %}",
    "many instructions inside each other": "{% if numero %}" * 40 + "{% endif %}" * 40,
    "five hundred of them": "{% if numero %}" * 500 + "{% endif %}" * 500,
    "a wall of parentheses": "{{ " + "(" * 9_000 + "1" + ")" * 9_000 + " }}",
    "a chain of not": "{{ " + "not " * 4_000 + "1 }}",
    "an enormous number": "{{ " + "9" * 10_000 + " }}",
    "too long a text": "a" * (MAX_SOURCE + 1),
}


@pytest.mark.parametrize("source", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_what_could_cost_or_reach_too_much_is_refused_before_it_runs(source: str) -> None:
    found = faults_of(source)
    assert found
    assert all(sentence.endswith((".", "?")) for sentence in found)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (
            "Bonjour {{ clien }}",
            "Ligne 1\u00a0: la variable « clien » n’existe pas. Vouliez-vous dire « client »\u00a0?",
        ),
        ("a\nb {{ xyzzy }}", "Ligne 2\u00a0: la variable « xyzzy » n’existe pas."),
        ("{{ client.nom }}", "Ligne 1\u00a0: « client » n’a pas de partie « .nom »."),
        ("{{ article.nom }}", "Ligne 1\u00a0: « article » n’a pas de partie « .nom »."),
        (
            "{% for article in liste_articles %}{{ article.quantitee }}{% endfor %}",
            "Ligne 1\u00a0: « article » n’a pas de « .quantitee ». Vouliez-vous dire « quantite »\u00a0?",
        ),
        ("{{ liste_articles }}", "Ligne 1\u00a0: « liste_articles » est une liste\u00a0: parcourez-la avec {% for %}."),
        ("{{ client|uper }}", "Ligne 1\u00a0: le filtre « uper » n’existe pas. Vouliez-vous dire « upper »\u00a0?"),
        ("{{ client }", "Ligne 1\u00a0: il manque une accolade\u00a0: une variable s’écrit {{ variable }}."),
        (
            "a\n{% if client %}b",
            "Ligne 2\u00a0: un {% if %} ou un {% for %} n’est pas refermé par {% endif %} ou {% endfor %}.",
        ),
        ("{% si client %}", "Ligne 1\u00a0: seules les instructions {% if %} et {% for %} existent."),
        (
            "{{ 2 * 3 }}",
            (
                "Ligne 1\u00a0: les calculs ne sont pas permis ici. "
                "Utilisez seulement {{ variable }}, {% if %} et {% for %}."
            ),
        ),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_was_probably_meant(source: str, sentence: str) -> None:
    assert faults_of(source) == [sentence]


@pytest.mark.parametrize(
    "source",
    [
        "Bonjour {{ client }},",
        "{% if message %}\n> {{ message }}\n{% endif %}",
        "{% if total == '3,00 €' and not a_retirer %}a{% elif point_retrait %}b{% else %}c{% endif %}",
        "{{ client|upper|trim }} {{ points or 'des points' }} {{ message|default('rien') }}",
        "{% for article in liste_articles %}\n- {{ loop.index }} {{ article.nom }}\n{% else %}\nrien\n{% endfor %}",
        "{{ marketplace ~ ' – ' ~ numero }}",
        "100 % coton, { accolade }, **gras**",
    ],
)
def test_what_a_shopkeeper_needs_is_allowed(source: str) -> None:
    assert faults_of(source) == []
