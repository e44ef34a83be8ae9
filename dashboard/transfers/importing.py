"""Import what the bank answered: what would follow is shown first, then done."""

import datetime as dt
import hashlib

import pandas as pd
import streamlit as st

from dashboard.flash import flash, flash_refusal, telling_refusals
from dashboard.markdown import escape_markdown
from dashboard.transfers.state import TransfersState, go
from db.domain import formats
from db.domain.actor import Actor
from db.domain.bank_files import read_report
from db.domain.bank_matching import PlannedLine, ReportPlan, Verdict
from db.domain.bank_reports import BankReport
from db.domain.errors import MarketplaceError
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.domain.xml_files import MAX_BYTES
from db.engine import reading, transaction
from db.services.payouts.bank_report import ReportApplied, apply_report, plan_report

_READ = "transfers_report"
_ROW_HEIGHT, _HEADER_HEIGHT, _MAX_HEIGHT = 34, 36, 520
#: Refusals said one by one; more of them are a number.
_REFUSALS_SAID = 3
_COUNTED = {
    Verdict.PAY: ("payé", "payés"),
    Verdict.REJECT: ("rejeté", "rejetés"),
    Verdict.LOOK: ("à vérifier", "à vérifier"),
    Verdict.NOTHING: ("sans suite", "sans suite"),
}


def show_import(viewer: Viewer, now: dt.datetime) -> None:
    """Draw where the file is dropped, what follows from it, and the button that does it."""
    st.button(
        "Retour aux virements",
        key="transfers_back",
        icon=":material/arrow_back:",
        type="tertiary",
        on_click=lambda: go(TransfersState()),
    )
    st.subheader("Importer la réponse de la banque", anchor=False)
    uploaded = st.file_uploader(
        "Fichier de la banque",
        type=["xml"],
        key="transfers_file",
        max_upload_size=MAX_BYTES // 1024 // 1024,
        help="Compte rendu de virements (pain.002), relevé (camt.053) ou avis d’opérations (camt.054), tel que votre "
        "banque le donne.",
    )
    if uploaded is None:
        st.caption(
            "Rien n’est changé avant que vous ayez vu ce qui en suit. Le même fichier peut être importé deux fois."
        )
        return
    report = _report(uploaded.getvalue())
    if report is not None:
        _show_report(viewer, report, now)


def _report(content: bytes) -> BankReport | None:
    """Return the file as a report, or say why it is none; it is read once, whatever is clicked afterwards."""
    digest = hashlib.sha256(content).hexdigest()
    kept: tuple[str, BankReport | str] | None = st.session_state.get(_READ)
    if kept is None or kept[0] != digest:
        try:
            kept = (digest, read_report(content))
        except MarketplaceError as refusal:
            kept = (digest, str(refusal))
        st.session_state[_READ] = kept
    if isinstance(kept[1], BankReport):
        return kept[1]
    st.error(escape_markdown(kept[1]), icon=":material/error:")
    return None


def _show_report(viewer: Viewer, report: BankReport, now: dt.datetime) -> None:
    with reading() as session:
        planned = plan_report(session, Actor.person(viewer), report, now)
    st.markdown(summary(report, planned))
    if planned.to_do:
        st.button(
            do_words(planned),
            key="transfers_apply",
            type="primary",
            icon=":material/task_alt:",
            on_click=_apply,
            args=(viewer, report),
        )
    if planned.lines:
        _show_lines(planned.lines)


def summary(report: BankReport, planned: ReportPlan) -> str:
    """Return what the file is, and what follows from it, as Markdown."""
    of_day = f" du {formats.date(report.created_on)}" if report.created_on else ""
    counts = [
        f"**{formats.plural(len(planned.of(verdict)), *words)}**"
        for verdict, words in _COUNTED.items()
        if planned.of(verdict)
    ] or ["rien n’y concerne un reversement"]
    others = formats.plural(planned.other_lines, "autre ligne", "autres lignes") if planned.other_lines else ""
    return " · ".join([f"{report.label}{of_day}", *counts, *([others] if others else [])])


def do_words(planned: ReportPlan) -> str:
    """Return what the button does: « Noter 5 payés et 1 rejeté »."""
    paid, rejected = len(planned.of(Verdict.PAY)), len(planned.of(Verdict.REJECT))
    parts = [formats.plural(paid, "payé")] if paid else []
    parts += [formats.plural(rejected, "rejeté")] if rejected else []
    return f"Noter {formats.enumeration(parts)}"


def _show_lines(lines: tuple[PlannedLine, ...]) -> None:
    st.dataframe(
        lines_data(lines),
        hide_index=True,
        height=min(_MAX_HEIGHT, _HEADER_HEIGHT + _ROW_HEIGHT * len(lines) + 2),
        row_height=_ROW_HEIGHT,
        placeholder=formats.DASH,
        column_config={
            "Ce qui suit": st.column_config.TextColumn(width=140),
            "Référence": st.column_config.TextColumn(width=170),
            "Vendeur": st.column_config.TextColumn(width=190),
            "Montant": st.column_config.TextColumn(width=100, alignment="right"),
            "Ce que dit la banque": st.column_config.TextColumn(width=620),
        },
    )


def lines_data(lines: tuple[PlannedLine, ...]) -> pd.DataFrame:
    """Return the cells in words."""
    payouts = [line.payout for line in lines]
    return pd.DataFrame(
        {
            "Ce qui suit": [
                f"⚠ {line.verdict.label}" if line.verdict is Verdict.LOOK else line.verdict.label for line in lines
            ],
            "Référence": [line.reference for line in lines],
            "Vendeur": [formats.shorten(each.seller_name, 28) if each else None for each in payouts],
            "Montant": [formats.money(each.net_cents, each.currency) if each else None for each in payouts],
            "Ce que dit la banque": [line.sentence for line in lines],
        }
    )


@telling_refusals()
def _apply(viewer: Viewer, report: BankReport) -> None:
    with transaction() as session:
        applied = apply_report(session, Actor.person(viewer), report, utc_now())
    _tell(applied)


def _tell(applied: ReportApplied) -> None:
    """Say what was done, and why some payouts stayed as they were; what is to be looked at stays on the screen."""
    parts = [formats.plural(applied.paid, "reversement payé", "reversements payés")] if applied.paid else []
    if applied.rejected:
        parts.append(formats.plural(applied.rejected, "rejeté et de nouveau dû", "rejetés et de nouveau dus"))
    if parts:
        flash(f"{formats.enumeration(parts)}.")
    for refused in applied.refused[:_REFUSALS_SAID]:
        flash_refusal(str(refused.error))
    if len(applied.refused) > _REFUSALS_SAID:
        flash_refusal(f"{formats.plural(len(applied.refused) - _REFUSALS_SAID, 'autre')} de même.")
