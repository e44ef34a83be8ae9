"""« Remboursement de produits »: fields, every effect said before, one confirmation, done once."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from dashboard.markdown import escape_markdown
from dashboard.order_page.dialogs.credit_fields import reason_of, show_reason
from dashboard.order_page.dialogs.form import Form, Opened
from dashboard.order_page.dialogs.letters import MUTED, keep_letter_choices, show_letters
from dashboard.order_page.dialogs.planned import show_refusal
from dashboard.settlement.beyond import beyond_words
from dashboard.settlement.effects import (
    BY_ACCOUNT,
    credit_note_table,
    credit_note_words,
    settlement_effects,
    settlement_letters,
)
from dashboard.settlement.fields import (
    DEDUCTION,
    IBAN,
    left_of,
    request_of,
    settlement_fields,
    show_articles,
    show_choices,
    show_deduction,
)
from db.domain import formats
from db.domain.actor import Actor
from db.domain.errors import MarketplaceError, OrderNotFoundError
from db.domain.iban import iban_end
from db.domain.order_facts import OrderFacts
from db.domain.settlement import NothingGivenBackError
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.services.order_facts import load_facts
from db.services.refund_rows import payer_iban
from db.services.settlement_rows import SettledOrder
from db.services.settlements import PlannedSettlement, plan_settlement, settle_order

#: What was announced, in the effects and on the button: nothing else is done.
_ANNOUNCED, _KEY = "announced", "settlement_key"
#: Stands for a reason that is not typed yet: the amounts are shown meanwhile.
_SOME_REASON = "…"


class NotAsAnnouncedError(MarketplaceError):
    """Something was typed after the effects were shown, or the order changed."""

    def __init__(self) -> None:
        super().__init__("Les montants viennent de changer\u00a0: relisez les effets, puis confirmez.")


def _question(opened: Opened) -> str:
    what = "Terminer ce retour et rembourser" if opened.action.return_id else "Rembourser des produits"
    return f"{what}\u00a0?"


def _show(viewer: Viewer, opened: Opened) -> bool:
    """Draw the fields with what they come to: the plan is computed first, from what they hold already."""
    st.session_state.pop(opened.key(_ANNOUNCED), None)
    st.session_state.setdefault(opened.key(_KEY), uuid.uuid4().hex)
    actor = Actor.person(viewer)
    with reading() as session:
        order = _only(load_facts(session, actor, [opened.order_id]), opened)
        known_iban = payer_iban(session, opened.order_id)
    plan, refusal = _planned(actor, opened, order)
    left = left_of(opened, order)
    show_articles(opened, left, plan.settled if plan else None)
    choices, effects = st.columns([2, 3], gap="medium")
    with choices:
        show_choices(opened, order, plan.no_credit_note if plan else "", left)
    with effects:
        _show_beyond(opened, plan)
        show_deduction(opened, plan.settled if plan else None)
        show_reason(opened, is_printed=plan is None or plan.credited is not None)
        _show_account(opened, plan, known_iban)
        if plan is None:
            keep_letter_choices(opened)
            _show_why_not(opened, refusal)
            return False
        st.session_state[opened.key(_ANNOUNCED)] = _figures(plan)
        _show_effects(opened, plan, known_iban)
    return True


def _planned(
    actor: Actor, opened: Opened, order: OrderFacts
) -> tuple[PlannedSettlement | None, MarketplaceError | None]:
    """Return what would be done as things stand, or why nothing would."""
    try:
        request = request_of(opened, order, left_of(opened, order))
        deduction = request.deduction_reason.strip() or _SOME_REASON
        request = replace(request, reason=_SOME_REASON, deduction_reason=deduction)
        with reading() as session:
            return plan_settlement(session, actor, opened.order_id, request, utc_now()), None
    except MarketplaceError as refusal:
        return None, refusal


def _show_beyond(opened: Opened, plan: PlannedSettlement | None) -> None:
    """Say where a return is settled with more than it brought: staff may, and are told whom it is taken from."""
    if plan is None or opened.action.return_id is None:
        return
    units = {each.line.id: each.units for each in plan.settled.lines}
    said = beyond_words(opened.page, opened.action.return_id, units)
    if said:
        st.warning("  \n".join(map(escape_markdown, said)), icon=":material/assignment_return:")


def _show_account(opened: Opened, plan: PlannedSettlement | None, known_iban: str) -> None:
    """Draw where the money goes, where it may go to an account."""
    if plan is None or not any(method in BY_ACCOUNT for method, _ in plan.refunds):
        opened.keep(IBAN)
        return
    known = f"Laissez vide\u00a0: {iban_end(known_iban)}, d’où il a payé" if known_iban else "FR76 3000 6000 …"
    st.text_input("IBAN du client", key=opened.key(IBAN), placeholder=known, autocomplete="off")


def _show_why_not(opened: Opened, refusal: MarketplaceError | None) -> None:
    if isinstance(refusal, NothingGivenBackError):
        st.caption(escape_markdown(str(refusal)))
    elif refusal is not None:
        show_refusal(opened, refusal)


def _show_effects(opened: Opened, plan: PlannedSettlement, known_iban: str) -> None:
    of_return = opened.action.return_id is not None
    names = {line.id: line.name for line in opened.page.lines}
    iban = opened.text(IBAN).strip() or known_iban
    with st.container(border=True, gap="xsmall", key=opened.key("effects")):
        st.markdown("  \n".join(settlement_effects(plan, opened.page.lines, iban, of_return=of_return)))
        st.markdown(credit_note_words(plan))
        if plan.credited is not None:
            st.markdown(credit_note_table(plan.credited, plan.order.currency))
    nothing = "Aucun e-mail ne part pour ce remboursement."
    if not opened.page.header.customer_email.strip():
        nothing = "Aucun e-mail ne part\u00a0: l’adresse du client n’est pas renseignée."
    came = next((row for row in opened.page.returns if row.id == opened.action.return_id), None)
    letters = settlement_letters(plan, came, names, opened.text(DEDUCTION))
    show_letters(opened, letters, nothing, is_undoable=False)


def _verb(opened: Opened) -> str:
    announced = st.session_state.get(opened.key(_ANNOUNCED))
    if not announced:
        return "Remboursement de produits"
    total, refund, voucher = announced
    return f"Remboursement de produits · {formats.money(refund + voucher or total, opened.page.header.currency)}"


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    reason = reason_of(opened)
    with transaction() as session:
        order = _only(load_facts(session, actor, [opened.order_id]), opened)
        request = replace(request_of(opened, order, left_of(opened, order)), reason=reason)
        plan = plan_settlement(session, actor, opened.order_id, request, now)
        if opened.version == order.version and _figures(plan) != st.session_state.get(opened.key(_ANNOUNCED)):
            raise NotAsAnnouncedError
        done = settle_order(
            session,
            actor,
            opened.order_id,
            opened.version,
            request,
            st.session_state[opened.key(_KEY)],
            now,
            notifies=not st.session_state.get(opened.key(MUTED)),
        )
    del st.session_state[opened.key(_KEY)]
    return escape_markdown(done_words(done, opened.page.header.currency))


def done_words(done: SettledOrder, currency: str) -> str:
    """Return what was done, for the toast: « 25,00 € à rembourser · bon de 5,00 € · avoir AV2026-…-000012. »."""
    said = [
        f"{formats.money(done.refund_cents, currency)} à rembourser" if done.refund_cents else "",
        f"bon d’achat de {formats.money(done.voucher_cents, currency)}" if done.voucher_cents else "",
        f"avoir {done.document_number}" if done.document_number else "",
    ]
    return f"{' · '.join(part for part in said if part) or 'Remboursement enregistré'}."


def _only(found: Mapping[int, OrderFacts], opened: Opened) -> OrderFacts:
    if opened.order_id not in found:
        raise OrderNotFoundError(opened.page.header.number)
    return found[opened.order_id]


def _figures(plan: PlannedSettlement) -> tuple[int, int, int]:
    return plan.settled.total_cents, plan.settled.refund_cents, plan.settled.voucher_cents


FORM = Form(question=_question, verb=_verb, fields=settlement_fields, show=_show, act=_act, is_wide=True)
