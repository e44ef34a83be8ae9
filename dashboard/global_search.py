"""The search box of every page: data first (``search_view``), then a component that draws it as people type.

It sits at the top right (dashboard/static/shell.css); « / » puts the cursor in it. The component also follows links
marked ``data-page`` in HTML parts of pages without loading the application again.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from dashboard.badges import STATUS_BADGES
from dashboard.customers.links import customer_url
from dashboard.links import order_url, orders_url
from dashboard.viewer import current_viewer
from db.domain import formats
from db.domain.order_filter import ALL_STATUSES, OrderFilter
from db.domain.permissions import Permission
from db.domain.text import fold
from db.domain.time import local_day
from db.engine import reading
from db.queries.global_search import CustomerHit, OrderHit, SearchHit, SellerHit, global_search
from db.queries.text_match import SHORTEST_INDEXED_WORD

#: Longer texts find nothing that this much of them would not.
MAX_TEXT = 200

_KEY = "global_search"
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class HitView:
    """One line of the list and where it leads."""

    title: str
    detail: str
    url: str
    badge: str = ""
    badge_colour: str = ""
    badge_text_colour: str = ""


@dataclass(frozen=True, slots=True)
class GroupView:
    """The hits of a kind under its name."""

    title: str
    hits: tuple[HitView, ...]


@dataclass(frozen=True, slots=True)
class SearchView:
    """Everything the component draws."""

    #: What was searched for, as typed; None where nothing was.
    typed: str | None = None
    groups: tuple[GroupView, ...] = ()
    #: Where Enter goes at once: the order whose whole number was typed, or the only hit.
    direct_url: str = ""
    #: What to do where nothing was found.
    sentence: str = ""


def search_view(typed: str, hits: Sequence[SearchHit], *, opens_accounts: bool = False) -> SearchView:
    """Return what a search found as the list shows it.

    Args:
        typed: What was searched for.
        hits: What it found.
        opens_accounts: Whether a customer leads to their account; for a seller, who may not, to their orders.
    """
    orders = [hit for hit in hits if isinstance(hit, OrderHit)]
    groups = (
        GroupView("Commandes", tuple(map(_order, orders))),
        GroupView("Clients", tuple(_customer(hit, opens_accounts) for hit in hits if isinstance(hit, CustomerHit))),
        GroupView("Vendeurs", tuple(_seller(hit) for hit in hits if isinstance(hit, SellerHit))),
    )
    shown = tuple(group for group in groups if group.hits)
    direct = [order_url(hit.number) for hit in orders if hit.is_exact]
    direct = direct or [hit.url for group in shown for hit in group.hits]
    is_direct = len(direct) == 1
    return SearchView(typed, shown, direct[0] if is_direct else "", "" if shown else _nothing(typed))


def _order(hit: OrderHit) -> HitView:
    badge = STATUS_BADGES[hit.status]
    placed, total = formats.date(local_day(hit.placed_at)), formats.money(hit.total_cents, hit.currency)
    parts = (hit.customer_name, hit.seller_name, placed, total)
    detail = " · ".join(part for part in parts if part)
    return HitView(hit.number, detail, order_url(hit.number), badge.label, badge.colour, badge.text_colour)


def _customer(hit: CustomerHit, opens_accounts: bool) -> HitView:  # noqa: FBT001  said by name where it is decided
    theirs = OrderFilter(statuses=ALL_STATUSES, customer_id=hit.id)
    detail = " · ".join(part for part in (hit.company, hit.email) if part)
    return HitView(hit.name, detail, customer_url(hit.id) if opens_accounts else orders_url(theirs))


def _seller(hit: SellerHit) -> HitView:
    return HitView(hit.name, hit.code, orders_url(OrderFilter(seller_id=hit.id)))


def _nothing(typed: str) -> str:
    if len(fold(typed)) < SHORTEST_INDEXED_WORD:
        return "Saisissez au moins trois caractères, ou le début d’un numéro de commande récent."
    return "Rien ne correspond. Vérifiez l’orthographe ; un article se cherche dans la liste des commandes."


@st.fragment
def show_global_search() -> None:
    """Draw the box. A search runs this fragment alone: the page stays as it is."""
    with st.container(key=_KEY):
        _component(key=f"{_KEY}_box", data=asdict(_view()), on_typed_change=lambda: None, height="content")


def _view() -> SearchView:
    typed = getattr(st.session_state.get(f"{_KEY}_box"), "typed", None)
    if not isinstance(typed, str):
        return SearchView()
    viewer = current_viewer()  # A fragment runs without the shell's own check.
    with reading() as session:
        hits = global_search(session, viewer, typed[:MAX_TEXT])
    return search_view(typed, hits, opens_accounts=viewer.may(Permission.READ_CUSTOMERS))


_component = st.components.v2.component(
    "global_search",
    html="""<search>
      <input type="search" role="combobox" aria-label="Rechercher partout" aria-autocomplete="list"
        aria-controls="hits" aria-expanded="false" autocomplete="off" spellcheck="false" maxlength="200"
        placeholder="Commande, client, vendeur…"><kbd title="Appuyez sur / pour chercher">/</kbd>
      <div id="hits" role="listbox" aria-label="Résultats" hidden></div>
    </search>""",
    css=(_HERE / "global_search.css").read_text(encoding="utf-8"),
    js=(_HERE / "global_search.js").read_text(encoding="utf-8"),
)
