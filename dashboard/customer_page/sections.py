"""The cards of a customer's page that only show: what they ordered, sent back, got and were told."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import streamlit as st

from dashboard.customer_page.facts import account_facts, address_block
from dashboard.customer_page.rows import ListRow, document_row, mail_row, return_row, voucher_row
from dashboard.links import orders_params
from dashboard.mail.state import MailboxState, to_query
from dashboard.navigation import MAILBOX, ORDERS
from dashboard.order_page.drawing import draw
from dashboard.order_page.rows import other_row
from db.domain import formats
from db.domain.mailbox import MailTab
from db.domain.order_filter import ALL_STATUSES, OrderFilter
from db.domain.time import local_day
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
            st.page_link(ORDERS.page(), label=label, query_params=orders_params(theirs))


def show_returns(customer: CustomerDetail) -> None:
    """Draw the newest return requests."""
    _show_list("Retours", "returns", customer.returns, return_row, "Aucun retour.")


def show_documents(customer: CustomerDetail) -> None:
    """Draw the newest invoices and credit notes; each opens its PDF."""
    _show_list("Factures et avoirs", "documents", customer.documents, document_row, "Aucune facture.")


def show_vouchers(customer: CustomerDetail, now: dt.datetime) -> None:
    """Draw the newest vouchers and what is left of them."""
    today = local_day(now)
    _show_list("Bons d’achat", "vouchers", customer.vouchers, lambda each: voucher_row(each, today), "Aucun bon.")


def show_mails(customer: CustomerDetail, now: dt.datetime) -> None:
    """Draw the newest e-mails and SMS, and the way to all of them."""
    nothing = "Aucun e-mail ni SMS."
    _show_list("E-mails et SMS reçus", "mails", customer.mails, lambda each: mail_row(each, now), nothing)
    if len(customer.mails) > SHOWN and customer.account.email:
        everything = MailboxState(tab=MailTab.ALL, text=customer.account.email)
        st.page_link(MAILBOX.page(), label="Voir tout dans la boîte d’envoi", query_params=to_query(everything))


def _show_list(title: str, key: str, found: Sequence[T], row: Callable[[T], ListRow], nothing: str) -> None:
    with card(title, key):
        if not found:
            st.caption(nothing)
            return
        draw("list.html", rows=[row(each) for each in found[:SHOWN]])
        if len(found) > SHOWN:
            st.caption(f"Les {formats.integer(SHOWN)} plus récents.")


def show_contact(customer: CustomerDetail) -> None:
    """Draw how to reach the customer."""
    with card("Coordonnées", "contact"):
        draw("facts.html", facts=account_facts(customer.account))


def show_addresses(customer: CustomerDetail) -> None:
    """Draw the address book with its links to a map."""
    with card("Carnet d’adresses", "addresses"):
        if customer.addresses:
            draw("addresses.html", blocks=[address_block(each) for each in customer.addresses])
        else:
            st.caption("Aucune adresse enregistrée\u00a0: chaque commande garde les siennes.")
