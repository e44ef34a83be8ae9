"""One voucher beside the list: what is left of it, where it comes from, each time it was spent, who was sent it."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from dashboard.badges import VOUCHER_BADGES, outbox_badge
from dashboard.customers.links import customer_params
from dashboard.links import order_url
from dashboard.markdown import escape_markdown
from dashboard.navigation import CUSTOMER, ORDER, RETURN
from dashboard.returns.links import return_params
from dashboard.vouchers.actions import show_actions
from dashboard.vouchers.table import until_words
from db.domain import formats
from db.domain.errors import MarketplaceError
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.vouchers import VoucherDetail, VoucherRow, VoucherUseRow, voucher_detail

_LONGEST_REFERENCE = 40
_STYLE = Path(__file__).parent / "style.css"


def show_voucher(viewer: Viewer, voucher_id: int, now: dt.datetime, on_close: Callable[[], None]) -> None:
    """Draw a voucher, or why there is none to draw."""
    st.html(_STYLE)
    st.button("Fermer", key="voucher_close", icon=":material/close:", type="tertiary", on_click=on_close)
    try:
        with reading() as session:
            voucher = voucher_detail(session, viewer, voucher_id)
    except MarketplaceError as refusal:
        st.info(escape_markdown(str(refusal)))
        return
    today = local_day(now)
    st.subheader(voucher.row.code, anchor=False)
    st.markdown(f"{VOUCHER_BADGES[voucher.row.state(today)].markdown} {amount_words(voucher.row)}")
    show_actions(viewer, voucher, today)
    st.markdown("  \n".join(map(escape_markdown, facts(voucher.row, today))))
    _show_origin(voucher)
    _show_uses(voucher)
    _show_mails(voucher, now)


def amount_words(row: VoucherRow) -> str:
    """Return « **7,50 €** sur 20,00 € », as Markdown: what is left and what it was."""
    left, given = formats.money(row.rest_cents, row.currency), formats.money(row.amount_cents, row.currency)
    return f"**{left}** sur {given}" if row.used_cents else f"**{given}**"


def facts(row: VoucherRow, today: dt.date) -> list[str]:
    """Return whom it is for, until when, who gave it and why, and why it was cancelled."""
    said = [f"Client\u00a0: {row.customer_name}"] if row.customer_name else []
    said.append(f"Utilisable jusqu’au {until_words(row, today)}")
    by = f" par {row.person_name}" if row.person_name else ""
    said.append(f"Donné le {formats.instant(row.created_at).replace(' ', ' à ')}{by}")
    if row.note:
        said.append(f"Motif\u00a0: {row.note}")
    if row.cancelled_at:
        said.append(f"Annulé le {formats.instant(row.cancelled_at).replace(' ', ' à ')}\u00a0: {row.cancel_reason}")
    return said


def _show_origin(voucher: VoucherDetail) -> None:
    """Draw the ways to its customer, to the order it makes up for, and to the return it settled."""
    row = voucher.row
    with st.container(horizontal=True, gap="medium"):
        if row.customer_id is not None:
            st.page_link(
                CUSTOMER.page(),
                label="Fiche du client",
                icon=CUSTOMER.icon,
                query_params=customer_params(row.customer_id),
            )
        if row.order_number is not None:
            st.page_link(
                ORDER.page(),
                label=f"Commande {escape_markdown(formats.short_number(row.order_number))}",
                icon=ORDER.icon,
                query_params={"n": row.order_number},
            )
        if voucher.return_id is not None:
            st.page_link(
                RETURN.page(),
                label=f"Retour n°\u00a0{voucher.return_id}",
                icon=RETURN.icon,
                query_params=return_params(voucher.return_id),
            )
    if row.settlement_id is not None:
        st.caption("Donné en remboursement de cette commande.")


def _show_uses(voucher: VoucherDetail) -> None:
    st.markdown("**Utilisations**")
    if not voucher.uses:
        st.caption("Pas encore utilisé. La boutique note ici chaque achat payé avec ce code.")
        return
    st.markdown(uses_table(voucher))


def uses_table(voucher: VoucherDetail) -> str:
    """Return each time it was spent and what it came to, as a Markdown table."""
    currency = voucher.row.currency
    rows = [
        [
            formats.instant(use.used_at),
            _paid_for(use),
            formats.money(use.amount_cents, currency),
        ]
        for use in voucher.uses
    ]
    total = ["**Total**", "", f"**{formats.money(voucher.row.used_cents, currency)}**"]
    lines = [["Le", "Pour la commande", "Montant"], [":---", ":---", "---:"], *rows, total]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _paid_for(use: VoucherUseRow) -> str:
    """Return what the shop calls the order, as Markdown; a link where it is one of ours."""
    words = escape_markdown(formats.shorten(use.order_reference, _LONGEST_REFERENCE)) or formats.DASH
    return f"[{words}]({order_url(use.order_number)})" if use.order_number else words


def _show_mails(voucher: VoucherDetail, now: dt.datetime) -> None:
    if not voucher.mails:
        return
    st.markdown("**E-mails**")
    for mail in voucher.mails:
        when = formats.short_instant(mail.created_at, now)
        st.markdown(f"{outbox_badge(mail.state)} à {escape_markdown(mail.recipient)} · {when}")
