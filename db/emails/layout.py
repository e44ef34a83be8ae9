"""The one layout of every e-mail: MJML compiled once per process, filled in a millisecond."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType

import mjml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from db.domain.colours import contrast, text_colour_on
from db.domain.progress import Step
from db.emails.markup import Styles

_FOLDER = Path(__file__).resolve().parent / "templates"
#: Written by us: the texts of staff never come near it.
_environment = Environment(
    loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)

_WHITE = "#ffffff"
#: What links are written in where the marketplace's own colour would not read on white (WCAG AA).
_READABLE, _FALLBACK_ACCENT = 4.5, "#0f5c4d"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Brand:
    """How the marketplace shows itself."""

    name: str
    colour: str
    logo: str | None = None

    @property
    def ground(self) -> str:
        """Return the colour of buttons and marks."""
        return self.colour if _COLOUR.fullmatch(self.colour) else _FALLBACK_ACCENT

    @property
    def text_colour(self) -> str:
        """Return the colour of the text on buttons."""
        return text_colour_on(self.ground)

    @property
    def accent(self) -> str:
        """Return the colour of links on white."""
        return self.ground if contrast(self.ground, _WHITE) >= _READABLE else _FALLBACK_ACCENT


@dataclass(frozen=True, slots=True)
class Progress:
    """The steps at the head of an e-mail, the same in words, and the page they lead to."""

    steps: tuple[Step, ...]
    said: str
    address: str


def styles(brand: Brand) -> Styles:
    """Return how the pieces of a body look."""
    pieces = _pieces()
    return Styles(
        paragraph=pieces.paragraph,
        title=pieces.title,
        bullets=pieces.bullets,
        numbers=pieces.numbers,
        panel=pieces.panel,
        button=lambda label, address: button(brand, label, address),
        link=lambda content, address: pieces.link(content, address, brand.accent),
    )


def button(brand: Brand, label: str, address: str) -> Markup:
    """Return a button."""
    drawn: Markup = _pieces().button(label, address, brand.ground, brand.text_colour)
    return drawn


def piece(name: str, *values: object) -> Markup:
    """Return one of the ready-made pieces of ``pieces.html``."""
    drawn: Markup = getattr(_pieces(), name)(*values)
    return drawn


def whole(
    brand: Brand, *, subject: str, preheader: str, progress: Progress | None, body: Markup, footer: list[str]
) -> str:
    """Return the e-mail as HTML."""
    pieces = _pieces()
    head = Markup("")
    if progress is not None:
        head = pieces.progress(progress.steps, progress.said, progress.address, brand.ground, brand.text_colour)
    return _layout().render(
        subject=subject,
        preheader=preheader,
        colour=brand.ground,
        accent=brand.accent,
        masthead=pieces.masthead(brand.name, brand.logo),
        progress=head,
        body=body,
        footer=pieces.footer(footer),
    )


@lru_cache(maxsize=1)
def _layout() -> Template:
    source = (_FOLDER / "layout.mjml").read_text(encoding="utf-8")
    # MJML would fetch fonts it knows from Google, which would then hear of every e-mail that is opened.
    return _environment.from_string(mjml.mjml2html(source, fonts={}))


@lru_cache(maxsize=1)
def _pieces() -> ModuleType:
    return _environment.get_template("pieces.html").module  # type: ignore[return-value]  # Its macros are attributes.
