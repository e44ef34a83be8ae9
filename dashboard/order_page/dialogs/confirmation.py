"""« Renvoyer la confirmation »: for a customer who lost it, or never had it."""

import datetime as dt

from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from dashboard.order_page.dialogs.letters import show_recipients
from db.domain.actor import Actor
from db.domain.mail import EmailTemplate, RecipientKind
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.order_rows import OrderPage
from db.services.outbox import Letter
from db.services.resend import resend_confirmation


def _fields(_page: OrderPage, _action: Action) -> Fields:
    return {"example": False}


def _show(_viewer: Viewer, opened: Opened) -> bool:
    header = opened.page.header
    to = (header.customer_email, header.customer_name)
    show_recipients(opened, [Letter(header.id, EmailTemplate.ORDER_CONFIRMATION, RecipientKind.CUSTOMER, *to)])
    return True


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    with transaction() as session:
        resend_confirmation(session, actor, opened.order_id, now)
    return ""  # The line that lets it be taken back says it.


FORM = Form(
    question=lambda _opened: "Renvoyer la confirmation de cette commande\u00a0?",
    verb=lambda _opened: "Renvoyer la confirmation",
    fields=_fields,
    show=_show,
    act=_act,
)
