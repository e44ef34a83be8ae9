import json
import re
from pathlib import Path

import pytest
from markupsafe import Markup

from db.emails.environment import fill
from db.emails.layout import Brand, styles
from db.emails.markup import Block, Fragment, lay_out

STYLES = styles(Brand("Marché d’ici", "#0f5c4d"))


def laid_out(source: str, **variables: object) -> Fragment:
    blocks = {"articles": lambda: Fragment(Markup("<table>T</table>"), "T")}
    return lay_out(fill(source, variables), blocks, STYLES)


def bare(html: str) -> str:
    """The HTML without its looks."""
    return re.sub(r' (?:style|role|width|cellpadding|cellspacing|bgcolor)="[^"]*"', "", html)


def test_paragraphs_and_lines() -> None:
    made = laid_out("un\ndeux\n\n\n trois ")
    assert bare(made.html) == "<p>un<br>deux</p><p>trois</p>"
    assert made.text == "un\ndeux\n\ntrois"


def test_titles_lists_steps_and_frames() -> None:
    made = laid_out("# Titre\n## Sous-titre\n- un\n- deux\n1. a\n2. b\n> note\n> suite")
    assert bare(made.html) == (
        "<h1>Titre</h1><h2>Sous-titre</h2><ul><li>un</li><li>deux</li></ul><ol><li>a</li><li>b</li></ol>"
        "<table><tr><td>note<br>suite</td></tr></table>"
    )
    assert made.text == ("Titre\n=====\n\nSous-titre\n----------\n\n- un\n- deux\n\n1. a\n2. b\n\n| note\n| suite")


def test_bold_and_links() -> None:
    made = laid_out("Voir **le *suivi*, [ici](https://exemple.fr/a?b=1&c=2) et **là**.")
    assert '<a href="https://exemple.fr/a?b=1&amp;c=2"' in made.html
    assert "<strong>là</strong>" in made.html
    assert made.text == "Voir **le *suivi*, ici (https://exemple.fr/a?b=1&c=2) et là."


def test_a_button_stands_on_a_line_of_its_own() -> None:
    made = laid_out("[[Confirmer]]({{ lien_suivi }})", lien_suivi="https://exemple.fr/suivi/x")
    assert '<a href="https://exemple.fr/suivi/x"' in made.html
    assert made.text == "Confirmer\u00a0:\nhttps://exemple.fr/suivi/x"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "", "//exemple.fr", "ftp://x"])
def test_an_address_that_is_no_web_or_mail_address_leads_nowhere(address: str) -> None:
    made = laid_out("[ici]({{ lien_suivi }})\n\n[[Bouton]]({{ lien_suivi }})", lien_suivi=address)
    assert bare(made.html) == "<p>ici</p>"
    assert made.text == "ici"


def test_a_block_stands_between_the_paragraphs_around_it() -> None:
    made = laid_out("avant {{ articles }} après", articles=Block("articles"))
    assert bare(made.html) == "<p>avant</p><table>T</table><p>après</p>"
    assert made.text == "avant\n\nT\n\naprès"


def test_a_block_with_nothing_to_show_leaves_nothing() -> None:
    made = laid_out("{% if articles %}x{% endif %}\n\n{{ articles }}", articles=Block("articles", is_there=False))
    assert (made.html, made.text) == ("", "")


def test_a_value_is_text_whatever_it_looks_like() -> None:
    name = "**Bob** [ici](https://mal.example) # x\n- y\n> z\n[[b]](https://mal.example)"
    made = laid_out("{{ client }}", client=name)
    assert bare(made.html) == (
        "<p>**Bob** [ici](https://mal.example) # x<br>- y<br>&gt; z<br>[[b]](https://mal.example)</p>"
    )
    assert made.text == name


def test_a_value_cannot_forge_the_marks_of_a_block() -> None:
    made = laid_out("{{ client }} et \ue002articles\ue003", client="\ue002articles\ue003\ue0000\ue001")
    assert bare(made.html) == "<p>articles0 et articles</p>"


def test_html_is_text_in_templates_and_in_values() -> None:
    made = laid_out("<b>{{ client }}</b>", client="<script>alert('&')</script>")
    assert bare(made.html) == ("<p>&lt;b&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;&lt;/b&gt;</p>")
    assert made.text == "<b><script>alert('&')</script></b>"


def test_naughty_names_come_out_as_they_went_in(shared_data: Path) -> None:
    names = json.loads((shared_data / "fuzz" / "blns.json").read_text(encoding="utf-8"))
    for name in names:
        made = laid_out("Bonjour **{{ client }}** [{{ client }}]({{ client }}) fin", client=name)
        shown = re.sub(r"<br>", "\n", bare(made.html))
        assert re.findall(r"<(?!/?(?:p|strong|a)[ >])", shown) == [], name
        assert name.replace("\r\n", "\n").strip("\n") in made.text


def test_an_empty_value_leaves_neither_marks_nor_a_line() -> None:
    made = laid_out("avant **{{ client }}** après\n\n{{ client }}\n\nfin", client="")
    assert bare(made.html) == "<p>avant <strong></strong> après</p><p>fin</p>"
    assert made.text == "avant  après\n\nfin"
