"""HTML parts of the page: templates that escape whatever customers and shops wrote, on the theme's colours."""

from functools import lru_cache
from pathlib import Path

import streamlit as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from db.domain import formats

_HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "money": formats.money,
        "rate": formats.rate,
        "integer": formats.integer,
        "plural": formats.plural,
    }
    return environment


def html(template: str, **values: object) -> str:
    """Return a template filled with values, each escaped."""
    return _templates().get_template(template).render(values)


def draw(template: str, **values: object) -> None:
    """Draw a template filled with values, each escaped."""
    st.html(html(template, **values))


def draw_styles() -> None:
    """Add the stylesheet of the parts; it takes no room on the page."""
    st.html(_HERE / "style.css")
