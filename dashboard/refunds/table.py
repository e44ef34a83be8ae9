"""The list of refunds: what is owed from the oldest, with its last day; ticks are ids, and a number opens its order."""

import datetime as dt
import hashlib
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboard.navigation import ORDER
from dashboard.pager import NEWEST_FIRST, OLDEST_FIRST, show_pages
from dashboard.refunds.state import RefundsState, go, widget_key
from dashboard.returns.deadlines import left_words
from dashboard.row_choice import opening_column
from db.domain import formats
from db.domain.iban import iban_in_groups
from db.domain.orders import PaymentMethod
from db.domain.refund_list import RefundTab
from db.domain.refunds import RefundAct
from db.domain.time import local_day
from db.queries.refunds import Owed, RefundPage, RefundRow

_HEADER_HEIGHT = _ROW_HEIGHT = 35
_MAX_HEIGHT = 562
#: As many letters as their columns have room for: the grid is a canvas, which cuts in the middle of one.
_NAME, _REASON = 18, 22

#: Of what is done, what the provider said after: only where there is such a thing.
_DOUBT = "À vérifier"
_COLUMNS = {
    RefundTab.TO_DO: ("Commande", "Client", "Montant", "Moyen", "IBAN", "À rembourser avant", "Motif", "Vendeur"),
    RefundTab.SENT: ("Commande", "Client", "Montant", "Moyen", "IBAN", "À rembourser avant", "Transmis"),
    RefundTab.REFUSED: ("Commande", "Client", "Montant", "Moyen", "IBAN", "À rembourser avant", "Refus"),
    RefundTab.DONE: ("Commande", "Client", "Montant", "Moyen", "Fait le", "Référence", _DOUBT, "Motif", "Vendeur"),
}
_NO_IBAN = "IBAN à demander"
_DUE_HELP = "La fin de ce jour\u00a0: 14 jours après la demande du retour ou, sans retour, après la décision"


def show_list(
    page: RefundPage, state: RefundsState, owed: Mapping[RefundTab, Owed], now: dt.datetime
) -> tuple[int, ...]:
    """Draw a page of the list with the ways to the next, or say that there is nothing; return what is ticked."""
    if not page.rows:
        _show_empty(state, owed)
        return ()
    ids = [row.id for row in page.rows]
    key = widget_key(hashlib.sha256(str(ids).encode()).hexdigest()[:16], state)
    chosen = st.dataframe(
        table_data(page.rows, now),
        key=key,
        hide_index=True,
        height=min(_MAX_HEIGHT, _HEADER_HEIGHT + _ROW_HEIGHT * len(ids) + 2),
        row_height=_ROW_HEIGHT,
        column_order=_columns(page.rows, state.tab),
        column_config=_config(page.rows, key),
        selection_mode="multi-row",
        on_select="rerun",
        placeholder=formats.DASH,
    )
    show_pages(page, ids, state, go, OLDEST_FIRST if state.tab.is_owed else NEWEST_FIRST)
    return tuple(ids[row] for row in chosen.selection.rows if row < len(ids))


def _columns(rows: tuple[RefundRow, ...], tab: RefundTab) -> list[str]:
    """Return the columns of a list; accounts only where something may go to one, doubts where there are any."""
    hidden = set() if any(row.refusal for row in rows) else {_DOUBT}
    has_account = any(row.facts.iban or row.facts.method is PaymentMethod.TRANSFER for row in rows)
    if not has_account:
        hidden.add("IBAN")
    return [name for name in _COLUMNS[tab] if name not in hidden]


def table_data(rows: tuple[RefundRow, ...], now: dt.datetime) -> pd.DataFrame:
    """Return the cells in words."""
    return pd.DataFrame(
        {
            "Commande": [formats.short_number(row.order_number) for row in rows],
            "Client": [formats.shorten(row.customer_name, _NAME) for row in rows],
            "Montant": [formats.money(row.facts.amount_cents, row.facts.currency) for row in rows],
            "Moyen": [row.facts.method.label for row in rows],
            "IBAN": [_iban(row) for row in rows],
            "À rembourser avant": [due_words(row, local_day(now)) for row in rows],
            "Transmis": [_sent_words(row, now) for row in rows],
            "Fait le": [formats.short_instant(row.ended_at, now) if row.ended_at else None for row in rows],
            "Référence": [row.reference or None for row in rows],
            "Motif": [formats.shorten(row.reason, _REASON) or None for row in rows],
            "Refus": [row.refusal or None for row in rows],
            _DOUBT: [row.refusal or None for row in rows],
            "Vendeur": [formats.shorten(row.seller_name, _NAME) for row in rows],
        }
    )


def due_words(row: RefundRow, today: dt.date) -> str | None:
    """Return « 05/12/2026 », or « 18/11/2026 · en retard de 3 j » once the law's time has passed."""
    deadline = row.deadline(today)
    if deadline is None:
        return None
    day = formats.date(deadline.last_day)
    return f"{day} · {left_words(deadline)}" if deadline.has_passed else day


def _iban(row: RefundRow) -> str | None:
    if row.facts.iban:
        return iban_in_groups(row.facts.iban)
    is_asked_for = row.facts.method is PaymentMethod.TRANSFER and row.facts.allows(RefundAct.CHANGE_MEANS)
    return _NO_IBAN if is_asked_for else None


def _sent_words(row: RefundRow, now: dt.datetime) -> str | None:
    if row.sent_at is None:
        return None
    answer = " · à vérifier chez le prestataire" if row.refusal else ""
    if row.facts.is_being_asked:
        answer = " · réponse attendue"
    return f"{formats.short_instant(row.sent_at, now)}{answer}"


def _config(rows: tuple[RefundRow, ...], key: str) -> dict[str, object]:
    text = st.column_config.TextColumn
    return {
        "Commande": opening_column("Commande", f"{key}_open", 126, lambda row: _open(rows[row].order_number)),
        "Client": text(width=130),
        "Montant": text(width=82, alignment="right"),
        "Moyen": text(width=104),
        "IBAN": text(width=246),
        "À rembourser avant": text(width=182, help=_DUE_HELP),
        "Transmis": text(width=250),
        "Fait le": text(width=100),
        "Référence": text(width=170),
        "Motif": text(width=150),
        "Refus": text(width=330),
        _DOUBT: text(width=330),
        "Vendeur": text(width=126),
    }


def _open(number: str) -> None:
    st.switch_page(ORDER.page(), query_params={"n": number})


def _show_empty(state: RefundsState, owed: Mapping[RefundTab, Owed]) -> None:
    if state.is_filtered:
        st.info("Aucun remboursement ne correspond à ces filtres. Effacez-les, ou cherchez dans une autre liste.")
    elif state.tab is RefundTab.TO_DO and owed[RefundTab.REFUSED].count:
        _show_refused(owed[RefundTab.REFUSED].count)
    elif state.tab is RefundTab.TO_DO:
        st.success("Rien à rembourser pour l’instant.")
    elif state.tab is RefundTab.DONE:
        st.info(
            "Aucun remboursement n’est encore fait. Ils se décident sur la commande, par « Rembourser des produits », "
            "sur le retour, ou suivent d’une annulation."
        )
    else:
        what = "transmis" if state.tab is RefundTab.SENT else "refusé"
        st.info(f"Aucun remboursement n’est {what}.")


def _show_refused(count: int) -> None:
    """Say that nothing else is to do, but that somebody still waits for what was refused, with the way there."""
    still = formats.plural(count, "remboursement refusé reste dû", "remboursements refusés restent dus")
    with st.container(border=True, horizontal_alignment="center", key="refunds_empty"):
        st.markdown(f"**Rien d’autre à faire, mais {still}.**")
        st.button("Voir les refusés", type="primary", on_click=lambda: go(RefundsState(RefundTab.REFUSED)))
