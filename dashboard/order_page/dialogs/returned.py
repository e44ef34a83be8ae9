"""The return that a dialog is about."""

from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.form import Opened
from db.domain.returns import ReturnNotFoundError
from db.queries.order_rows import OrderPage, ReturnRow


def return_of(opened: Opened) -> ReturnRow:
    """Return the return that an open dialog is about."""
    return return_on(opened.page, opened.action)


def return_on(page: OrderPage, action: Action) -> ReturnRow:
    """Return the return that an action is about, as the person sees it.

    Raises:
        ReturnNotFoundError: It is not there any more.
    """
    found = next((each for each in page.returns if each.id == action.return_id), None)
    if found is None:
        raise ReturnNotFoundError
    return found
