"""« Paiement reçu »: what arrived, and what it makes of the order while it is typed."""

import datetime as dt

import streamlit as st

from dashboard.inputs import parse_amount
from dashboard.markdown import escape_markdown
from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.effects import INVOICED, move_effects
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from dashboard.order_page.dialogs.letters import EXAMPLE, MUTED, show_letters
from dashboard.order_page.undo_bar import payment_words
from db.domain import formats
from db.domain.actor import Actor
from db.domain.errors import MarketplaceError
from db.domain.orders import ORDER_PAYMENT_METHODS
from db.domain.payments import Coverage, Receipt, ReceiptOutcome
from db.domain.time import local_day, utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.order_rows import OrderPage
from db.services.payments import PlannedReceipt, invoices_owed, plan_payment, record_payment


def _question(opened: Opened) -> str:
    header = opened.page.header
    due = formats.money(max(0, header.due_cents), header.currency)
    return f"Quel paiement avez-vous reçu\u00a0? ({due} à régler)"


def _fields(page: OrderPage, _action: Action) -> Fields:
    header = page.header
    return {
        "day": local_day(utc_now()),
        "amount": _typed_as(max(0, header.due_cents)),
        "method": header.payment_method,
        "reference": "",
        MUTED: False,
        EXAMPLE: False,
    }


def _typed_as(cents: int) -> str:
    """Return an amount as a person types it."""
    return f"{cents // 100},{cents % 100:02d}" if cents else ""


def _show(viewer: Viewer, opened: Opened) -> bool:
    left, right = st.columns(2)
    left.text_input(
        f"Montant ({formats.symbol(opened.page.header.currency)})", key=opened.key("amount"), autocomplete="off"
    )
    right.date_input("Reçu le", key=opened.key("day"), format="DD/MM/YYYY", max_value=local_day(utc_now()))
    left.selectbox("Moyen", ORDER_PAYMENT_METHODS, key=opened.key("method"), format_func=lambda method: method.label)
    right.text_input("Référence", key=opened.key("reference"), placeholder="N° de chèque, libellé…", autocomplete="off")
    try:
        with reading() as session:
            plan = plan_payment(session, Actor.person(viewer), opened.order_id, _receipt(opened), utc_now())
    except MarketplaceError as refusal:
        st.info(escape_markdown(str(refusal)), icon=":material/info:")
    else:
        _show_plan(opened, plan, _receipt(opened))
    return True  # What is typed may have been typed wrong; the button says so again.


def _show_plan(opened: Opened, plan: PlannedReceipt, receipt: Receipt) -> None:
    words = escape_markdown(expected(plan.outcome, plan.order.currency))
    if plan.outcome.coverage is Coverage.EXACT:
        st.success(words, icon=":material/check:")
    else:
        st.warning(words, icon=":material/balance:")
    if plan.move is not None:
        st.markdown("  \n".join(move_effects(plan.move)))
        show_letters(opened, plan.move.letters, "Aucun e-mail ne part pour ce paiement.")
    elif invoices_owed([(plan.order, plan.order.paid_cents + receipt.amount_cents, 0)]):
        st.markdown(INVOICED)


def expected(outcome: ReceiptOutcome, currency: str) -> str:
    """Return what a payment will make of the order."""
    difference = formats.money(outcome.difference_cents, currency)
    if outcome.coverage is Coverage.LESS:
        return f"Il restera {difference} à régler."
    paid = "La commande sera payée" if outcome.pays else "La commande sera réglée"
    return f"{paid}." if outcome.coverage is Coverage.EXACT else f"{paid}, avec un trop-perçu de {difference}."


def _receipt(opened: Opened) -> Receipt:
    return Receipt(
        received_on=opened.value("day"),
        amount_cents=parse_amount(opened.text("amount")),
        method=opened.value("method"),
        reference=opened.text("reference"),
    )


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    receipt = _receipt(opened)
    notifies = not st.session_state.get(opened.key(MUTED))
    with transaction() as session:
        done = record_payment(session, actor, opened.order_id, opened.version, receipt, now, notifies=notifies)
    header = opened.page.header
    if opened.page.undo_window:
        return ""  # The line that lets it be taken back says it.
    left_cents = header.due_cents - receipt.amount_cents
    words = payment_words(receipt.amount_cents, left_cents, header.currency, pays=done.outcome.pays)
    return escape_markdown(f"{words}.")


FORM = Form(question=_question, verb=lambda _opened: "Enregistrer le paiement", fields=_fields, show=_show, act=_act)
