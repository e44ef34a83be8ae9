"""The parcel that a dialog is about."""

from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.form import Opened
from db.queries.order_rows import OrderPage, ShipmentRow
from db.services.parcels import ParcelNotFoundError


def parcel_of(opened: Opened) -> ShipmentRow:
    """Return the parcel that an open dialog is about."""
    return parcel_on(opened.page, opened.action)


def parcel_on(page: OrderPage, action: Action) -> ShipmentRow:
    """Return the parcel that an action is about.

    Raises:
        ParcelNotFoundError: It is not there any more: what sent it was taken back meanwhile.
    """
    found = next((each for each in page.shipments if each.id == action.parcel_id), None)
    if found is None:
        raise ParcelNotFoundError
    return found
