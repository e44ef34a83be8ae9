"""One rule: its switch and numbers, whom it would concern now, what its job last did."""

import datetime as dt
from collections.abc import Mapping

import streamlit as st

from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from dashboard.navigation import TASKS
from db.domain import formats
from db.domain.jobs import JobName
from db.domain.timed import TimedRule, TimedValues
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.work import JobRow
from db.services.timed_settings import MAX_DELAY, MAX_EXTRA, save_timed_rule

JOBS: Mapping[TimedRule, JobName] = {
    TimedRule.RECEIPT: JobName.CONFIRM_RECEIPTS,
    TimedRule.PAYMENT_REMINDER: JobName.REMIND_PAYMENTS,
    TimedRule.UNPAID_CANCEL: JobName.CANCEL_UNPAID,
    TimedRule.PICKUP_REMINDER: JobName.REMIND_PICKUPS,
    TimedRule.SELLER_REMINDER: JobName.REMIND_SELLERS,
}
#: Counts stop there: « 200+ ».
COUNT_CAP = 200


def show_fields(rule: TimedRule, saved: TimedValues) -> TimedValues:
    """Draw what a rule does, its switch and its numbers; return what they hold."""
    plan, key = rule.plan, f"timed_{rule}_{hash(saved)}"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(plan.title, anchor=False, width="content")
        is_on = st.toggle("Activer cette règle", saved.is_on, key=f"{key}_on")
    st.markdown(plan.meaning)
    with st.container(horizontal=True):
        delay = st.number_input(plan.delay_label, 1, MAX_DELAY, saved.delay, key=f"{key}_delay", width=230)
        extra = saved.extra
        if plan.extra_label:
            extra = st.number_input(plan.extra_label, 1, MAX_EXTRA[rule], saved.extra, key=f"{key}_extra", width=230)
    return TimedValues(is_on, int(delay), int(extra))


def show_buttons(viewer: Viewer, rule: TimedRule, typed: TimedValues, saved: TimedValues, count: int) -> None:
    """Draw what saving does where that is grave, and the buttons."""
    begins_to_cancel = rule is TimedRule.UNPAID_CANCEL and typed.is_on and not saved.is_on
    if begins_to_cancel:
        st.warning(cancel_warning(typed, count), icon=":material/warning:")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Activer l’annulation" if begins_to_cancel else "Enregistrer",
            type="primary",
            key=f"timed_save_{rule}",
            disabled=typed == saved,
            on_click=_save,
            args=(viewer, rule, typed),
        )
        if saved != rule.plan.default:
            st.button(
                "Revenir au réglage par défaut",
                key=f"timed_reset_{rule}",
                on_click=_save,
                args=(viewer, rule, rule.plan.default),
            )
        if typed != saved:
            st.caption("Modifications non enregistrées")


def cancel_warning(values: TimedValues, count: int) -> str:
    """Return what switching the cancellation on sets going, as Markdown."""
    notice = formats.plural(values.extra, "jour")
    whom = f"**{concerned_words(count)} aujourd’hui**\u00a0: " if count else ""
    return (
        f"{whom}le client d’une commande non réglée est prévenu par e-mail, puis la commande est **annulée d’office** "
        f"{notice} plus tard, {formats.plural(values.delay, 'jour')} au moins après avoir été passée. Ses articles "
        "reviennent en stock. Une annulation est définitive."
    )


def concerned_words(count: int) -> str:
    """Return « 12 commandes concernées », which stops somewhere: « 200+ commandes concernées »."""
    if count > COUNT_CAP:
        return f"{formats.integer(COUNT_CAP)}+ commandes concernées"
    return formats.plural(count, "commande concernée", "commandes concernées") if count else "Aucune commande concernée"


def run_words(job: JobRow, now: dt.datetime) -> str:
    """Return what the rule's job last did, as plain text."""
    run = job.last_run
    if run is None:
        return "N’a encore rien eu à faire"
    when = formats.short_instant(run.finished_at, now)
    if run.error:
        return f"A échoué {when}"
    return f"Dernière fois {when}\u00a0: {formats.plural(run.done, job.name.plan.unit)}"


def show_state(typed: TimedValues, saved: TimedValues, count: int, job: JobRow, now: dt.datetime) -> None:
    """Draw whom the rule concerns now, what its job last did and the way to the jobs."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        words = f"{concerned_words(count)} aujourd’hui"
        st.markdown(
            f":small[**{words}**{'' if saved.is_on or typed.is_on else ', si elle était active'}]", width="content"
        )
        st.markdown(f":small[:gray[{escape_markdown(run_words(job, now))}]]", width="content")
        st.page_link(TASKS.page(), label=":small[Tâches]")


@telling_refusals()
def _save(viewer: Viewer, rule: TimedRule, values: TimedValues) -> None:
    with transaction() as session:
        save_timed_rule(session, viewer, rule, values)
    flash(f"« {rule.plan.title} »\u00a0: règle {'activée' if values.is_on else 'désactivée'}, réglage enregistré.")
