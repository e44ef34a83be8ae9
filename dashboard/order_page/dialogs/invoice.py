"""« Générer la facture »: what it will state, and that nobody can change it afterwards."""

import datetime as dt

import streamlit as st

from dashboard.markdown import escape_markdown
from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from dashboard.order_page.dialogs.planned import show_refusal
from db.domain import formats
from db.domain.actor import Actor
from db.domain.errors import MarketplaceError
from db.domain.snapshot import Snapshot
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.order_rows import OrderPage
from db.services.documents.issue import issue_invoice
from db.services.documents.planning import plan_invoice
from db.services.documents.sending import may_send, send_document

_SENDS = "sends"
#: The amount that is announced in the effects: no other is issued.
_ANNOUNCED = "announced"


def _fields(_page: OrderPage, _action: Action) -> Fields:
    return {_SENDS: False}


def _show(viewer: Viewer, opened: Opened) -> bool:
    try:
        with reading() as session:
            plan = plan_invoice(session, Actor.person(viewer), opened.order_id, utc_now())
    except MarketplaceError as refusal:
        show_refusal(opened, refusal)
        return False
    st.session_state[opened.key(_ANNOUNCED)] = plan.gross_cents
    st.markdown("  \n".join(invoice_effects(plan)))
    st.warning(
        "Une facture ne se modifie pas et ne se supprime pas\u00a0: seul un avoir la corrige.", icon=":material/lock:"
    )
    if may_send(Actor.person(viewer)) and (email := opened.page.header.customer_email.strip()):
        st.toggle(f"L’envoyer au client dès qu’elle est prête ({escape_markdown(email)})", key=opened.key(_SENDS))
    return True


def invoice_effects(plan: Snapshot) -> list[str]:
    """Return what the invoice will state, a sentence of Markdown each."""
    buyer, seller = escape_markdown(plan.buyer.company or plan.buyer.name), escape_markdown(plan.issuer.name)
    series = f"Elle prendra le prochain numéro de la série **{escape_markdown(plan.series)}**"
    said = [
        f"**{_money(plan, plan.gross_cents)}** TTC, dont {_money(plan, plan.vat_cents)} de TVA, au nom de **{buyer}**.",
        f"{series}, au nom et pour le compte de {seller}.",
    ]
    until = f" au plus tard le {formats.date(plan.due_on)}" if plan.due_on else ""
    if not plan.due_cents:
        said.append("Elle dira que la commande est réglée.")
    elif plan.paid_cents:
        paid, due = _money(plan, plan.paid_cents), _money(plan, plan.due_cents)
        said.append(f"Elle dira\u00a0: {paid} réglés, **{due} à régler**{until}.")
    else:
        said.append(f"Cette commande n’est pas payée\u00a0: elle dira que **tout reste à régler**{until}.")
    return said


def _money(plan: Snapshot, cents: int) -> str:
    return escape_markdown(formats.money(cents, plan.currency))


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    announced = st.session_state.get(opened.key(_ANNOUNCED))
    with transaction() as session:
        issued = issue_invoice(session, actor, opened.order_id, now, expected_cents=announced)
        if st.session_state.get(opened.key(_SENDS)):
            send_document(session, actor, issued.document_id, now)
    amount = formats.money(issued.gross_cents, opened.page.header.currency)
    return escape_markdown(f"Facture {issued.number} de {amount} établie\u00a0: son PDF se prépare.")


FORM = Form(
    question=lambda _opened: "Générer la facture de cette commande\u00a0?",
    verb=lambda _opened: "Générer la facture",
    fields=_fields,
    show=_show,
    act=_act,
)
