"""A card with the account on which a seller is paid: masked, since when, until when it rests, who changed it."""

import datetime as dt

import streamlit as st

from dashboard.bank_details.dialog import show_change_button, show_dialog
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.permissions import Permission
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.bank_details import BankAccount, BankChange, bank_account, bank_changes


def show_bank_details(viewer: Viewer, seller_id: int, now: dt.datetime) -> None:
    """Draw the card, with the button that changes the account for whoever may; nothing for whoever may not see it."""
    if not viewer.may(Permission.READ_PAYOUTS):
        return
    with reading() as session:
        account = bank_account(session, viewer, seller_id, now)
        changes = bank_changes(session, viewer, seller_id)
    if account is None:
        return
    may_change = viewer.may(Permission.CHANGE_BANK_DETAILS)
    with st.container(border=True, key="bank_details"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Compte bancaire**", width="stretch")
            if may_change:
                show_change_button(account)
        _show_account(account)
        _show_changes(changes)
    if may_change:
        show_dialog(viewer, account, now)


def _show_account(account: BankAccount) -> None:
    if not account.details.iban:
        st.caption(
            ":orange[:material/warning:] Aucun IBAN\u00a0: les reversements sont retenus jusqu’à ce qu’il soit saisi."
        )
        return
    st.markdown(f"`{account.masked}`" + (f" · {escape_markdown(account.bank)}" if account.bank else ""))
    facts = [f"Titulaire\u00a0: {escape_markdown(account.holder)}"]
    facts += [f"BIC {escape_markdown(account.details.bic)}"] if account.details.bic else []
    facts += [f"depuis le {formats.date(local_day(account.changed_at))}"] if account.changed_at else []
    st.caption(" · ".join(facts))
    if not account.is_valid:
        st.caption(
            ":red[:material/error:] Cet IBAN n’est pas valable\u00a0: les reversements sont retenus jusqu’à ce qu’il "
            "soit corrigé."
        )
    elif account.rests_until:
        st.caption(
            f":orange[:material/schedule:] Changé récemment\u00a0: rien n’y est versé avant le "
            f"{formats.instant(account.rests_until)}."
        )


def _show_changes(changes: list[BankChange]) -> None:
    if not changes:
        return
    with st.expander("Changements", icon=":material/history:"):
        for change in changes:
            before, after = (escape_markdown(value) or formats.DASH for value in (change.before, change.after))
            st.caption(
                f"{formats.instant(change.at)} · {change.subject.label}\u00a0: {before} → {after} · "
                f"{escape_markdown(change.person_name)}"
            )
