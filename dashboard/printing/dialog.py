"""The dialog of a printing: what it would hold, which orders have none of it, and « Imprimer 12 factures »."""

import streamlit as st

from dashboard.bulk.dry_run import order_links
from dashboard.files.state import await_file
from dashboard.focus import focus_first_field
from dashboard.markdown import escape_markdown
from dashboard.printing.fields import days_changed, show_fields
from dashboard.printing.opened import DIALOG
from db.domain import formats
from db.domain.actor import Actor
from db.domain.errors import MarketplaceError
from db.domain.papers import NothingToPrintError, Paper, PaperPlan, Wanted
from db.domain.time import local_day, utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.services.papers import ask_for_papers, plan_papers


def show_print_dialog(viewer: Viewer) -> None:
    """Draw the dialog that is open, if one is."""
    opened = DIALOG.opened()
    if opened is not None:
        title = f"Imprimer {what(opened.paper)}\u00a0?" if opened.paper else "Imprimer en nombre"
        st.dialog(title, on_dismiss=DIALOG.put_away)(_body)(viewer)


def what(paper: Paper) -> str:
    """Return « des bons de livraison », « une liste de prélèvement »."""
    if paper is Paper.PICKING_LIST:
        return f"une {_small(paper.one)}"
    return f"des {_small(paper.many)}"


def verb(plan: PaperPlan | None) -> str:
    """Return what the button says: « Imprimer 12 factures »."""
    if plan is None or not plan.papers:
        return "Imprimer"
    if plan.papers == 1:
        the = "l’" if plan.wanted.paper is Paper.CREDIT_NOTES else "la " if plan.wanted.paper.is_feminine else "le "
        return f"Imprimer {the}{_small(plan.wanted.paper.one)}"
    return f"Imprimer {plan.wanted.paper.counted(plan.papers)}"


def _small(name: str) -> str:
    return name[0].lower() + name[1:]


def _body(viewer: Viewer) -> None:
    opened = DIALOG.opened()
    if opened is None:
        st.rerun()  # It is asked for: the page is drawn anew, without the dialog.
    # What is known at once comes first; what depends on the fields comes after them.
    above = st.container(gap="small") if opened.paper else None
    wanted = show_fields(viewer, opened, local_day(utc_now()))
    plan = None
    with above or st.container(gap="small"):
        if wanted is None:
            st.caption("Indiquez les deux dates.")
        else:
            plan = _show_planned(viewer, wanted)
    if opened.refusal:
        st.error(escape_markdown(opened.refusal), icon=":material/error:")
    focus_first_field("print_focus")
    st.button(
        verb(plan),
        key="print_confirm",
        type="primary",
        icon=":material/print:",
        disabled=plan is None or not plan.papers,
        on_click=_confirm,
        args=(viewer, wanted),
    )


def _show_planned(viewer: Viewer, wanted: Wanted) -> PaperPlan | None:
    """Draw what would be printed now, or why nothing is."""
    try:
        with reading() as session:
            plan = plan_papers(session, Actor.person(viewer), wanted, utc_now())
    except MarketplaceError as refusal:
        st.error(escape_markdown(str(refusal)), icon=":material/error:")
        return None
    st.markdown(plan_words(plan))
    if plan.without:
        with st.expander(plan.without_words, icon=":material/block:", expanded=not plan.papers):
            st.markdown(order_links(plan.without, len(plan.without)))
    return plan


def plan_words(plan: PaperPlan) -> str:
    """Return « **12 factures** de 12 commandes. Dans l’ordre des numéros. », or that there is nothing, as Markdown."""
    if not plan.papers:
        return f"**{escape_markdown(str(NothingToPrintError(plan.wanted.paper)))}**"
    counted = f"**{plan.wanted.paper.counted(plan.papers)}** pour {formats.plural(plan.orders, 'commande')}."
    return f"{counted} {plan.order_words if plan.papers > 1 or plan.orders > 1 else ''}".strip()


def _confirm(viewer: Viewer, wanted: Wanted) -> None:
    opened = DIALOG.opened()
    if opened is None:
        return  # A second click on a button that has done its work.
    if days_changed(wanted):
        DIALOG.refuse(opened, "Les dates ont changé\u00a0: vérifiez ce qui sera imprimé, puis confirmez.")
        return
    try:
        with transaction() as session:
            file_id = ask_for_papers(session, Actor.person(viewer), wanted, utc_now())
    except MarketplaceError as refusal:
        DIALOG.refuse(opened, str(refusal))
        return
    DIALOG.close()
    await_file(file_id)
