"""What was in the parcel against what was announced: less, more, damaged, or something that nobody announced."""

import datetime as dt

import streamlit as st

from dashboard.inputs import parse_quantity
from dashboard.markdown import escape_markdown
from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from dashboard.order_page.dialogs.returned import return_of, return_on
from db.domain import formats
from db.domain.actor import Actor
from db.domain.errors import InvalidInputError
from db.domain.returns import MAX_INSPECTION, MAX_REMARK, AnnouncedLine, Condition, Inspection, Received
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.order_rows import LineRow, OrderPage, ReturnedArticle, ReturnRow
from db.services.returns.inspection import inspect_return

_NOTE, _UNITS, _CONDITION, _REMARK = "note", "units", "condition", "remark"


def _fields(page: OrderPage, action: Action) -> Fields:
    request = return_on(page, action)
    fields: dict[str, object] = {_NOTE: request.inspection}
    for article in _articles(page, request):
        units = article.quantity_received
        fields[_field(_UNITS, article)] = "" if units is None else str(units)
        fields[_field(_CONDITION, article)] = article.condition
        fields[_field(_REMARK, article)] = article.remark
    return fields


def _articles(page: OrderPage, request: ReturnRow) -> list[ReturnedArticle]:
    """Return what was announced or counted, then what else may be in the parcel: anything the customer still has."""
    announced = {line.line_id for line in request.lines}
    others = [ReturnedArticle(line.id, line.name, 0) for line in page.lines if _may_come(line, announced)]
    return [*request.lines, *others]


def _may_come(line: LineRow, announced: set[int]) -> bool:
    return line.id not in announced and line.quantity_shipped > line.quantity_returned


def _show(_viewer: Viewer, opened: Opened) -> bool:
    request = return_of(opened)
    announced = [article for article in request.lines if article.quantity or article.quantity_received]
    others = [article for article in _articles(opened.page, request) if article not in announced]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**Ce que contient le colis**", width="content")
        st.space("stretch")
        st.button("Tout y est, comme neuf", key=opened.key("all"), type="tertiary", on_click=_fill, args=(opened,))
    for article in announced:
        _show_article(opened, article)
    if others:
        with st.expander("Un autre article est dans le colis", icon=":material/add:"):
            for article in others:
                _show_article(opened, article)
    st.text_area(
        "Constat, pour l’équipe", key=opened.key(_NOTE), height=80, max_chars=MAX_INSPECTION,
        placeholder="Par exemple\u00a0: carton ouvert, notice absente.",
    )  # fmt: skip
    st.caption("Ni le client ni le vendeur ne sont prévenus. Rien n’est encore remboursé ni remis en stock.")
    return True


def _show_article(opened: Opened, article: ReturnedArticle) -> None:
    said = f"{formats.plural(article.quantity, 'annoncé')}" if article.quantity else "non annoncé"
    with st.container(gap="xxsmall", key=opened.key(f"inspect_line_{article.line_id}")):
        found = _finding(opened, article)
        st.markdown(f"{escape_markdown(article.name)} :small[:gray[{said}]]{found}")
        with st.container(horizontal=True, gap="small"):
            st.text_input(
                f"{article.name}\u00a0: quantité reçue",
                key=opened.key(_field(_UNITS, article)),
                label_visibility="collapsed",
                placeholder="Reçu",
                autocomplete="off",
                width=90,
            )
            st.selectbox(
                f"{article.name}\u00a0: état",
                list(Condition),
                key=opened.key(_field(_CONDITION, article)),
                format_func=lambda condition: condition.label,
                label_visibility="collapsed",
                placeholder="Dans quel état\u00a0?",
                width=180,
            )
            st.text_input(
                f"{article.name}\u00a0: remarque",
                key=opened.key(_field(_REMARK, article)),
                label_visibility="collapsed",
                placeholder="Remarque",
                autocomplete="off",
                max_chars=MAX_REMARK,
                width="stretch",
            )


def _finding(opened: Opened, article: ReturnedArticle) -> str:
    """Return what is already to be said of an article as it is typed: « 1 manque », « abîmé »."""
    typed = opened.text(_field(_UNITS, article))
    try:
        units = parse_quantity(typed, article.name) if typed.strip() else None
    except InvalidInputError as fault:
        return f"  \n:red[{escape_markdown(str(fault))}]"
    words = AnnouncedLine(article.quantity, units, opened.value(_field(_CONDITION, article))).finding
    return f" :orange[:material/warning: {words}]" if words else ""


def _fill(opened: Opened) -> None:
    for article in return_of(opened).lines:
        st.session_state[opened.key(_field(_UNITS, article))] = str(article.quantity)
        st.session_state[opened.key(_field(_CONDITION, article))] = Condition.AS_NEW if article.quantity else None


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    request = return_of(opened)
    counted = {
        article.line_id: Received(
            parse_quantity(opened.text(_field(_UNITS, article)), article.name),
            opened.value(_field(_CONDITION, article)),
            opened.text(_field(_REMARK, article)),
        )
        for article in _articles(opened.page, request)
        if opened.text(_field(_UNITS, article)).strip()
    }
    if not counted:
        raise InvalidInputError("Saisissez combien d’articles sont dans le colis\u00a0; 0 pour ceux qui manquent.")
    with transaction() as session:
        inspect_return(session, actor, request.id, request.version, Inspection(counted, opened.text(_NOTE)), now)
    return "Le constat du colis est noté."


def _field(name: str, article: ReturnedArticle) -> str:
    return f"{name}_{article.line_id}"


FORM = Form(
    question=lambda _opened: "Que contient le colis de ce retour\u00a0?",
    verb=lambda _opened: "Noter le constat",
    fields=_fields,
    show=_show,
    act=_act,
)
