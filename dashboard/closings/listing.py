"""The closed months, what was frozen of the chosen one, and what came after."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard.closings.next_month import part_words
from dashboard.links import order_url
from dashboard.markdown import escape_markdown
from dashboard.row_choice import opening_column
from db.domain import formats
from db.domain.closing import Part, month_words
from db.queries.closings import LATE_SHOWN, ClosedMonth, LateSale

MONTH_PARAMETER = "mois"
_ROW_HEIGHT = 34


def show_closed(months: Sequence[ClosedMonth], faults: Mapping[str, Sequence[str]] | None) -> None:
    """Draw the list; the first column shows what was frozen of a month."""
    data = table_data(months, faults)
    text = st.column_config.TextColumn
    config: dict[str, object] = {name: text(width=170) for name in data.columns}
    config["Mois"] = opening_column("Mois", "closings_open", 140, lambda row: _choose(months[row]))
    st.dataframe(
        data,
        key=f"closings_{len(months)}_{faults is None}",
        hide_index=True,
        height=2 + _ROW_HEIGHT * (min(len(months), 12) + 1),
        row_height=_ROW_HEIGHT,
        column_config=config,
        placeholder=formats.DASH,
    )


def table_data(months: Sequence[ClosedMonth], faults: Mapping[str, Sequence[str]] | None) -> pd.DataFrame:
    """Return the cells in words."""
    data = {
        "Mois": [month_words(each.month) for each in months],
        "Clos le": [formats.instant(each.closed_at) for each in months],
        "Par": [each.person_name for each in months],
        **{
            part.label: [part_words(each.figures, part) or None for each in months]
            for part in (Part.SALES, Part.DOCUMENTS, Part.MONEY)
        },
        "Empreinte": [each.content_hash[:16] for each in months],
    }
    if faults is not None:
        data["Vérification"] = ["Modifiée" if faults.get(each.month.isoformat()) else "Intacte" for each in months]
    return pd.DataFrame(data)


def show_faults(faults: Mapping[str, Sequence[str]], months: Sequence[ClosedMonth]) -> None:
    """Say what a verification found."""
    wrong = [each for each in months if faults.get(each.month.isoformat())]
    if not wrong:
        st.success(
            f"{formats.plural(len(months), 'mois clos vérifié', 'mois clos vérifiés')}\u00a0: chaîne entière, chiffres "
            "inchangés.",
            icon=":material/verified:",
        )
        return
    for each in wrong:
        lines = "\n".join(f"- {escape_markdown(sentence)}" for sentence in faults[each.month.isoformat()])
        st.error(f"**{month_words(each.month).capitalize()}**\n\n{lines}", icon=":material/gpp_maybe:")


def show_details(closed: ClosedMonth, late: Sequence[LateSale]) -> None:
    """Draw what was frozen of one month, and the sales that came after it was closed."""
    with st.container(border=True):
        st.subheader(month_words(closed.month).capitalize(), anchor=False)
        lines = [f"- {part.label}\u00a0: {part_words(closed.figures, part) or formats.DASH}" for part in Part]
        st.markdown("\n".join(lines))
        if closed.note:
            st.caption(escape_markdown(f"Justification\u00a0: {closed.note}"))
        st.caption(f"Empreinte SHA-256\u00a0: `{closed.content_hash}`")
        if not late:
            st.caption("Aucune vente de ce mois n’est arrivée après la clôture.")
            return
        total = formats.plural(len(late), "vente arrivée après clôture", "ventes arrivées après clôture")
        st.markdown(f"**{total}**" + (f" (les {LATE_SHOWN} dernières)" if len(late) == LATE_SHOWN else ""))
        st.markdown("\n".join(_late_line(sale) for sale in late))


def _late_line(sale: LateSale) -> str:
    number, seller = escape_markdown(formats.short_number(sale.number)), escape_markdown(sale.seller_name)
    came = f"arrivée le {formats.instant(sale.intake_at)}" if sale.intake_at else "prise en charge en cours"
    amount = formats.money(sale.total_cents, sale.currency)
    return f"- [{number}]({order_url(sale.number)}) · {amount} · {seller} · du {formats.date(sale.placed_on)}, {came}"


def _choose(closed: ClosedMonth) -> None:
    st.query_params[MONTH_PARAMETER] = closed.month.isoformat()


def chosen_of(months: Sequence[ClosedMonth]) -> ClosedMonth | None:
    """Return the month that the URL names."""
    named = st.query_params.get(MONTH_PARAMETER)
    return next((each for each in months if each.month.isoformat() == named), None)
