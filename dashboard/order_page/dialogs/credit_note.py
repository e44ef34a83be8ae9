"""« Établir un avoir »: what is given back of an invoice, with the exact amount before it is done."""

import datetime as dt

import streamlit as st

from dashboard.markdown import escape_markdown
from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.credit_fields import (
    credit_fields,
    reason_of,
    request_of,
    show_reason,
    show_scope,
)
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from dashboard.order_page.dialogs.planned import show_refusal
from db.domain import formats
from db.domain.actor import Actor
from db.domain.credit import Credited, creditable
from db.domain.documents import NothingToCreditError
from db.domain.errors import MarketplaceError
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.order_rows import OrderPage
from db.services.documents.due import tell_of_credit_note
from db.services.documents.issue import issue_credit_note
from db.services.documents.planning import CreditBasis, credit_basis
from db.services.order_facts import load_facts

_TELLS = "tells"
#: The amount that is announced, in the effects and on the button: no other is issued.
_ANNOUNCED = "announced"


def _question(opened: Opened) -> str:
    numbers = {each.id: each.number for each in opened.page.documents.issued}
    return f"Établir un avoir sur la facture {numbers.get(_invoice_id(opened), '')}\u00a0?"


def _fields(page: OrderPage, _action: Action) -> Fields:
    return {**credit_fields(page), _TELLS: True}


def _show(viewer: Viewer, opened: Opened) -> bool:
    st.session_state.pop(opened.key(_ANNOUNCED), None)
    try:
        with reading() as session:
            basis = credit_basis(session, Actor.person(viewer), _invoice_id(opened), utc_now())
    except MarketplaceError as refusal:
        show_refusal(opened, refusal)
        return False
    left = creditable(basis.invoice, basis.credit_notes)
    show_scope(opened, left, basis.invoice.currency)
    show_reason(opened)
    can_act = _show_plan(opened, basis)
    _show_telling(opened)
    return can_act


def _show_plan(opened: Opened, basis: CreditBasis) -> bool:
    """Draw what the credit note comes to, or why there is none as things stand."""
    left = creditable(basis.invoice, basis.credit_notes)
    try:
        credited = basis.credited(request_of(opened, left))
    except NothingToCreditError as refusal:
        st.caption(escape_markdown(str(refusal)))
        return False
    except MarketplaceError as refusal:
        show_refusal(opened, refusal)
        return False
    st.session_state[opened.key(_ANNOUNCED)] = -credited.gross_cents
    st.markdown("  \n".join(credit_effects(basis, credited)))
    return True


def credit_effects(basis: CreditBasis, credited: Credited) -> list[str]:
    """Return what the credit note will state, a sentence of Markdown each."""
    invoice = basis.invoice

    def money(cents: int) -> str:
        return escape_markdown(formats.money(cents, invoice.currency))

    number, day = escape_markdown(invoice.number), formats.date(invoice.issued_on)
    gross, vat = -credited.gross_cents, -sum(each.vat_cents for each in credited.vat)
    rest = basis.left_cents - gross
    left = f"il restera {money(rest)} facturés" if rest else "il n’en restera rien"
    series = escape_markdown(basis.series)
    return [
        f"**Avoir de {money(gross)}** TTC, dont {money(vat)} de TVA, sur la facture {number} du {day}\u00a0: {left}.",
        f"Il prendra le prochain numéro de la série **{series}** et ne pourra être ni modifié ni supprimé.",
        "Il ne rend pas d’argent et ne remet rien en stock\u00a0: pour cela, choisissez « Rembourser des produits ».",
    ]


def _show_telling(opened: Opened) -> None:
    email = opened.page.header.customer_email.strip()
    if not email:
        st.caption("Aucun e-mail ne part\u00a0: l’adresse du client n’est pas renseignée.")
        return
    if st.toggle("Envoyer au client", key=opened.key(_TELLS)):
        st.caption(escape_markdown(f"E-mail à {email}, avec l’avoir en pièce jointe."))


def _verb(opened: Opened) -> str:
    announced = st.session_state.get(opened.key(_ANNOUNCED))
    if not announced:
        return "Établir un avoir"
    return f"Établir un avoir de {formats.money(announced, opened.page.header.currency)}"


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    reason, announced = reason_of(opened), st.session_state.get(opened.key(_ANNOUNCED))
    with transaction() as session:
        basis = credit_basis(session, actor, _invoice_id(opened), now)
        request = request_of(opened, creditable(basis.invoice, basis.credit_notes))
        issued = issue_credit_note(session, actor, basis.invoice_id, request, reason, now, expected_cents=announced)
        if st.session_state.get(opened.key(_TELLS)):
            order = load_facts(session, actor, [opened.order_id])[opened.order_id]
            tell_of_credit_note(session, actor, order, issued, now)
    amount = formats.money(-issued.gross_cents, opened.page.header.currency)
    return escape_markdown(f"Avoir {issued.number} de {amount} établi\u00a0: son PDF se prépare.")


def _invoice_id(opened: Opened) -> int:
    if opened.action.document_id is None:
        raise ValueError("a credit note corrects an invoice")
    return opened.action.document_id


FORM = Form(
    question=_question,
    verb=_verb,
    fields=_fields,
    show=_show,
    act=_act,
)
