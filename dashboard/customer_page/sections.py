"""The cards of a customer's page that only show: what they ordered, sent back, got and were told."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import streamlit as st

from dashboard.customer_page.facts import account_facts, address_block
from dashboard.customer_page.rows import ListRow, document_row, mail_row, return_row, voucher_row
from dashboard.documents.state import DocumentPeriod, DocumentsState
from dashboard.documents.state import to_query as documents_query
from dashboard.links import orders_params
from dashboard.mail.state import MailboxState
from dashboard.mail.state import to_query as mailbox_query
from dashboard.navigation import INVOICES, MAILBOX, ORDERS, VOUCHERS, Screen
from dashboard.order_page.drawing import draw
from dashboard.order_page.rows import other_row
from dashboard.vouchers.state import NEW_PARAMETER, VouchersState
from dashboard.vouchers.state import to_query as vouchers_query
from db.domain import formats
from db.domain.mailbox import MailTab
from db.domain.order_filter import ALL_STATUSES, OrderFilter
from db.domain.permissions import Permission
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.domain.voucher_filter import VoucherTab
from db.queries.customer_detail import SHOWN
from db.queries.customer_rows import CustomerDetail

T = TypeVar("T")


@contextmanager
def card(title: str, key: str) -> Iterator[None]:
    """Draw a titled block."""
    with st.container(border=True, gap="xsmall", key=f"customer_{key}"):
        st.markdown(f"**{title}**")
        yield


def show_orders(customer: CustomerDetail) -> None:
    """Draw the newest orders and the way to all of them."""
    with card("Commandes", "orders"):
        if not customer.orders:
            st.caption("Aucune commande.")
            return
        draw("others.html", others=[other_row(order) for order in customer.orders[:SHOWN]])
        if len(customer.orders) > SHOWN:
            theirs = OrderFilter(statuses=ALL_STATUSES, customer_id=customer.account.id)
            label = f"Voir les {formats.plural(customer.bought.order_count, 'commande')}"
            _show_way(ORDERS, label, orders_params(theirs))


def show_returns(customer: CustomerDetail) -> None:
    """Draw the newest return requests."""
    with card("Retours", "returns"):
        _show_rows(customer.returns, return_row, "Aucun retour.")


def show_documents(customer: CustomerDetail) -> None:
    """Draw the newest invoices and credit notes, each of which opens its PDF, and the way to all of them."""
    with card("Factures et avoirs", "documents"):
        has_more = _show_rows(customer.documents, document_row, "Aucune facture.")
        if has_more and customer.account.email:
            theirs = DocumentsState(customer=customer.account.email, period=DocumentPeriod.ALL)
            _show_way(INVOICES, "Voir tout dans Factures", documents_query(theirs))


def show_vouchers(viewer: Viewer, customer: CustomerDetail, now: dt.datetime) -> None:
    """Draw the newest vouchers and what is left of them, the way to all, and to another one for who may give it."""
    today, account = local_day(now), customer.account
    with card("Bons d’achat", "vouchers"):
        if _show_rows(customer.vouchers, lambda each: voucher_row(each, today), "Aucun bon d’achat."):
            theirs = VouchersState(VoucherTab.ALL, customer_id=account.id)
            _show_way(VOUCHERS, "Voir tout dans Bons d’achat", vouchers_query(theirs))
        if account.email and viewer.may(Permission.REFUND):
            _show_way(VOUCHERS, "Donner un bon d’achat", {NEW_PARAMETER: account.email})


def show_mails(customer: CustomerDetail, now: dt.datetime) -> None:
    """Draw the newest e-mails and SMS, and the way to all of them."""
    with card("E-mails et SMS reçus", "mails"):
        has_more = _show_rows(customer.mails, lambda each: mail_row(each, now), "Aucun e-mail ni SMS.")
        if has_more and customer.account.email:
            everything = MailboxState(tab=MailTab.ALL, text=customer.account.email)
            _show_way(MAILBOX, "Voir tout dans la boîte d’envoi", mailbox_query(everything))


def _show_rows(found: Sequence[T], row: Callable[[T], ListRow], nothing: str) -> bool:
    """Draw the newest rows, or that there is nothing; tell whether there are more."""
    if not found:
        st.caption(nothing)
        return False
    draw("list.html", rows=[row(each) for each in found[:SHOWN]])
    return len(found) > SHOWN


def _show_way(screen: Screen, label: str, params: dict[str, str]) -> None:
    st.page_link(screen.page(), label=label, icon=screen.icon, query_params=params)


def show_contact(customer: CustomerDetail) -> None:
    """Draw how to reach the customer."""
    with card("Coordonnées", "contact"):
        draw("facts.html", facts=account_facts(customer.account))


def show_addresses(customer: CustomerDetail) -> None:
    """Draw the address book with its links to a map; nothing of an erased account."""
    if customer.is_erased and not customer.addresses:
        return
    with card("Carnet d’adresses", "addresses"):
        if customer.addresses:
            draw("addresses.html", blocks=[address_block(each) for each in customer.addresses])
        else:
            st.caption("Aucune adresse enregistrée\u00a0: chaque commande garde les siennes.")
