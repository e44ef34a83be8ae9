"""The dialog of each kind of action; messages have theirs in dashboard/mail."""

from collections.abc import Mapping

from dashboard.order_page.actions import Kind
from dashboard.order_page.dialogs import (
    address,
    confirmation,
    contact,
    credit_note,
    credit_settlement,
    delivery,
    follow_up_link,
    hand_over,
    hold_payout,
    invoice,
    move,
    note,
    parcel_arrival,
    parcel_correction,
    parcel_recall,
    payment,
    release_payout,
    reminder,
    repair,
    return_inspection,
    return_move,
    return_request,
    send_document,
    ship,
)
from dashboard.order_page.dialogs.form import Form
from dashboard.settlement import dialog as settlement

FORMS: Mapping[Kind, Form] = {
    Kind.MOVE: move.FORM,
    Kind.SHIP: ship.FORM,
    Kind.HAND_OVER: hand_over.FORM,
    Kind.CORRECT_PARCEL: parcel_correction.FORM,
    Kind.RECALL_PARCEL: parcel_recall.FORM,
    Kind.DELIVER_PARCEL: parcel_arrival.FORM,
    Kind.PAYMENT: payment.FORM,
    Kind.REPAIR: repair.FORM,
    Kind.NOTE: note.FORM,
    Kind.CONTACT: contact.FORM,
    Kind.ADDRESS: address.FORM,
    Kind.DELIVERY: delivery.FORM,
    Kind.CONFIRMATION: confirmation.FORM,
    Kind.REMINDER: reminder.FORM,
    Kind.FOLLOW_UP_LINK: follow_up_link.FORM,
    Kind.INVOICE: invoice.FORM,
    Kind.CREDIT_NOTE: credit_note.FORM,
    Kind.CREDIT_SETTLEMENT: credit_settlement.FORM,
    Kind.SEND_DOCUMENT: send_document.FORM,
    Kind.REQUEST_RETURN: return_request.FORM,
    Kind.MOVE_RETURN: return_move.FORM,
    Kind.INSPECT_RETURN: return_inspection.FORM,
    Kind.SETTLE: settlement.FORM,
    Kind.HOLD_PAYOUT: hold_payout.FORM,
    Kind.RELEASE_PAYOUT: release_payout.FORM,
}
