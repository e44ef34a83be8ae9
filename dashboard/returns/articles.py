"""What was announced beside what came, as data and as a table."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.badges import FINDING_COLOUR, Badge
from dashboard.markdown import escape_markdown
from dashboard.order_page.action_bar import show_action_button
from dashboard.order_page.actions import Kind
from dashboard.order_page.drawing import draw
from dashboard.order_page.return_actions import return_choices
from db.domain import formats
from db.domain.viewer import Viewer
from db.queries.order_rows import OrderPage
from db.queries.return_detail import ReturnDetail, ReturnDetailLine
from db.queries.return_settlements import ReturnSettlement


@dataclass(frozen=True, slots=True)
class ComingBack:
    """An article of a return as it is drawn."""

    initial: str
    name: str
    details: str
    announced: str
    received: str
    condition: str
    remark: str
    #: « 1 manque », « abîmé »: what is not as it should.
    findings: tuple[Badge, ...]
    #: What is left of the price while the return is open, what was given back once it is over.
    worth: str


def coming_back(line: ReturnDetailLine, currency: str, given_cents: int | None = None) -> ComingBack:
    """Return an article of a return in words; ``given_cents`` is what was given back for it, once that is over."""
    attributes = [f"{name} : {value}" for name, value in line.attributes.items()]
    details = [f"Réf. {line.sku}" if line.sku else "", *attributes]
    kept = [] if line.is_returnable else [Badge("ne se reprend pas", "", FINDING_COLOUR)]
    found = [Badge(line.finding, "", FINDING_COLOUR)] if line.finding else []
    return ComingBack(
        initial=next((character.upper() for character in line.name if character.isalnum()), ""),
        name=line.name,
        details=" · ".join(filter(None, details)),
        announced=formats.integer(line.quantity) if line.quantity else "non annoncé",
        received="" if line.quantity_received is None else formats.integer(line.quantity_received),
        condition=line.condition.label if line.condition else "",
        remark=line.remark,
        findings=(*found, *kept),
        worth=formats.money(line.worth_cents if given_cents is None else given_cents, currency),
    )


def show_articles(
    viewer: Viewer, page: OrderPage, detail: ReturnDetail, settlements: Sequence[ReturnSettlement]
) -> None:
    """Draw the articles, what staff found in the parcel, and the way to note it."""
    given = Counter[int]()
    for settlement in settlements:
        given.update(settlement.by_line)
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="order_title_articles"):
            st.markdown("**Ce qui revient**", width="content")
            st.space("stretch")
            request = next(each for each in page.returns if each.id == detail.id)
            for action in return_choices(page, request, viewer).others:
                if action.kind is Kind.INSPECT_RETURN:
                    show_action_button(page, action)
        is_over = not detail.status.is_open
        lines = [
            coming_back(line, detail.currency, given[line.order_line_id] if is_over else None) for line in detail.lines
        ]
        worth = "Rendu TTC" if is_over else "Valeur TTC"
        draw("coming_back.html", lines=lines, is_inspected=detail.is_inspected, worth=worth)
        if detail.inspection:
            st.markdown(f":material/fact_check: :small[{escape_markdown(detail.inspection)}]")
