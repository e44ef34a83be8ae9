"""The dialog of each kind of action; messages have theirs in dashboard/mail."""

from collections.abc import Mapping

from dashboard.order_page.actions import Kind
from dashboard.order_page.dialogs import (
    address,
    confirmation,
    contact,
    delivery,
    follow_up_link,
    move,
    note,
    payment,
    reminder,
    repair,
)
from dashboard.order_page.dialogs.form import Form

FORMS: Mapping[Kind, Form] = {
    Kind.MOVE: move.FORM,
    Kind.PAYMENT: payment.FORM,
    Kind.REPAIR: repair.FORM,
    Kind.NOTE: note.FORM,
    Kind.CONTACT: contact.FORM,
    Kind.ADDRESS: address.FORM,
    Kind.DELIVERY: delivery.FORM,
    Kind.CONFIRMATION: confirmation.FORM,
    Kind.REMINDER: reminder.FORM,
    Kind.FOLLOW_UP_LINK: follow_up_link.FORM,
}
