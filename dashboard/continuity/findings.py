"""What a check found: its verdict in a calm sentence, and each anomaly with what it means and what to do."""

import datetime as dt
from collections.abc import Iterator
from itertools import groupby

import streamlit as st

from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.continuity import Anomaly, AnomalyKind, Check, SeriesReport

#: Of one kind in one series; the others are a click away.
_SHOWN = 3
#: Series whose anomalies are drawn; a database that was torn apart has them in all.
_SERIES_SHOWN = 12


def show_verdict(check: Check, now: dt.datetime) -> None:
    """Draw the verdict, and when and by whom it was found."""
    words = escape_markdown(check.verdict)
    if check.is_sound:
        st.success(words, icon=":material/verified:")
    else:
        st.error(words, icon=":material/gpp_maybe:")
    st.caption(when_words(check, now))


def when_words(check: Check, now: dt.datetime) -> str:
    """Return « Contrôle de 2026, hier 02:10, par Zoé », as Markdown."""
    what = f"Contrôle de {check.year}" if check.year else "Contrôle de toutes les années"
    who = "fait automatiquement dans la nuit"
    if check.person_name:
        who = f"demandé par {escape_markdown(check.person_name)}"
    return f"{what}\u00a0: {formats.short_instant(check.checked_at, now)}, {who}."


def show_anomalies(check: Check) -> None:
    """Draw what is wrong, series by series."""
    unsound = [report for report in check.reports if not report.is_sound]
    for report in unsound[:_SERIES_SHOWN]:
        _show_report(report)
    if len(unsound) > _SERIES_SHOWN:
        more = formats.plural(len(unsound) - _SERIES_SHOWN, "autre série", "autres séries")
        st.caption(f"Et {more} à examiner, en tête du tableau\u00a0: choisissez un vendeur, ou imprimez le rapport.")


def _show_report(report: SeriesReport) -> None:
    with st.container(border=True, gap="small", key=f"anomalies_{report.code}"):
        st.markdown(f"**{escape_markdown(report.code)}** · {escape_markdown(report.seller)}")
        for kind, found in by_kind(report):
            _show_kind(kind, found)
        if report.anomaly_count > len(report.anomalies):
            more = report.anomaly_count - len(report.anomalies)
            words = formats.plural(more, "autre anomalie", "autres anomalies")
            st.caption(f"Et {words} dans cette série, que le contrôle ne nomme pas une à une.")


def by_kind(report: SeriesReport) -> Iterator[tuple[AnomalyKind, list[Anomaly]]]:
    """Return the anomalies of a series, those of a kind together, in the order of ``AnomalyKind``."""
    order = list(AnomalyKind)
    ranked = sorted(report.anomalies, key=lambda anomaly: order.index(anomaly.kind))
    for kind, found in groupby(ranked, key=lambda anomaly: anomaly.kind):
        yield kind, list(found)


def _show_kind(kind: AnomalyKind, found: list[Anomaly]) -> None:
    with st.container(gap="xxsmall"):
        st.badge(kind.label, icon=":material/error:", color="red")
        st.markdown(_listed(found[:_SHOWN]))
        if len(found) > _SHOWN:
            with st.expander(formats.plural(len(found) - _SHOWN, "autre", "autres")):
                st.markdown(_listed(found[_SHOWN:]))
        st.caption(f"{kind.meaning}  \n**À faire\u00a0:** {kind.remedy}")


def _listed(found: list[Anomaly]) -> str:
    return "\n".join(f"- {escape_markdown(anomaly.words)}" for anomaly in found)
