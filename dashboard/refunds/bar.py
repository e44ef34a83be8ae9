"""At the foot of the screen: what can be done with the ticked refunds."""

import streamlit as st

from dashboard.flash import flash, flash_refusal, telling_refusals
from dashboard.markdown import escape_markdown
from dashboard.refunds.opened import DIALOG, Opened
from db.domain import formats
from db.domain.actor import Actor
from db.domain.orders import PaymentMethod
from db.domain.permissions import Permission
from db.domain.refunds import RefundAct, asked_words
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.refunds import RefundRow
from db.services.refund_moves import RefundsMoved
from db.services.refunds import do_again, mark_sent

#: What a button says, the usual next step first.
VERBS = {
    RefundAct.DO_AGAIN: ("Refaire", "replay"),
    RefundAct.FINISH: ("Marquer comme fait", "check"),
    RefundAct.SEND: ("Marquer comme transmis", "outgoing_mail"),
    RefundAct.CHANGE_MEANS: ("Moyen et IBAN", "account_balance"),
    RefundAct.REFUSE: ("Refusé ou revenu", "block"),
}
_DONE_WORDS = {
    RefundAct.FINISH: "fait",
    RefundAct.SEND: "transmis",
    RefundAct.REFUSE: "refusé",
    RefundAct.DO_AGAIN: "à refaire",
    RefundAct.CHANGE_MEANS: "modifié",
}
#: Where all that is ticked is made by voucher.
GIVE_VOUCHER = "Donner le bon d’achat"
#: Refusals said one by one; more of them are a number.
_REFUSALS_SAID = 3


def show_bar(viewer: Viewer, ticked: tuple[RefundRow, ...]) -> None:
    """Draw the bar while refunds are ticked, for whoever gives money back."""
    if not ticked or not viewer.may(Permission.REFUND):
        return
    acts = possible_acts(ticked)
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="refunds_selection"):
        st.markdown(f"**{formats.plural(len(ticked), 'sélectionné')}** · {worth_of(ticked)}", width="content")
        for place, act in enumerate(acts):
            label, icon = _verb(act, ticked)
            st.button(
                label,
                key=f"refunds_{act}",
                icon=f":material/{icon}:",
                type="secondary" if place else "primary",
                on_click=_start,
                args=(viewer, act, ticked),
            )
        if not acts:
            st.caption(escape_markdown(_nothing_to_do(ticked)))


def _verb(act: RefundAct, ticked: tuple[RefundRow, ...]) -> tuple[str, str]:
    return (GIVE_VOUCHER, "redeem") if _gives_vouchers(act, ticked) else VERBS[act]


def _gives_vouchers(act: RefundAct, ticked: tuple[RefundRow, ...]) -> bool:
    return act is RefundAct.FINISH and all(row.facts.is_voucher for row in ticked)


def _nothing_to_do(ticked: tuple[RefundRow, ...]) -> str:
    """Say why no button is there."""
    asked = next((row.facts for row in ticked if row.facts.is_being_asked), None)
    if asked is not None:
        return asked_words(asked)
    if all(row.facts.is_voucher for row in ticked):
        return "Le bon d’achat est donné\u00a0: il se retrouve, et s’annule, dans « Bons d’achat »."
    return "Ces remboursements n’ont pas d’étape en commun\u00a0: cochez-en moins."


def possible_acts(ticked: tuple[RefundRow, ...]) -> list[RefundAct]:
    """Return what can be done with all of some refunds.

    How one is given back is chosen for it alone; to give vouchers and to note that money left are two things.
    """
    acts = [act for act in VERBS if all(row.facts.allows(act) for row in ticked)]
    if len(ticked) > 1:
        acts = [act for act in acts if act is not RefundAct.CHANGE_MEANS]
    if len({row.facts.is_voucher for row in ticked}) > 1:
        acts = [act for act in acts if act is not RefundAct.FINISH]
    return acts


def worth_of(rows: tuple[RefundRow, ...]) -> str:
    """Return what refunds come to, by currency, and by which means."""
    totals: dict[str, int] = {}
    for row in rows:
        totals[row.facts.currency] = totals.get(row.facts.currency, 0) + row.facts.amount_cents
    worth = " · ".join(formats.money(cents, currency) for currency, cents in totals.items())
    used = {row.facts.method for row in rows}
    return f"{worth} · {formats.enumeration([method.word for method in PaymentMethod if method in used])}"


def tell_done(act: RefundAct, moved: RefundsMoved) -> None:
    """Say what was done, and why some refunds stayed as they were."""
    count = len(moved.history_ids)
    if count:
        word = _DONE_WORDS[act]
        many = word if word.startswith("à") or word.endswith("s") else f"{word}s"
        flash(f"{formats.plural(count, f'remboursement {word}', f'remboursements {many}')}.")
    for refused in moved.refused[:_REFUSALS_SAID]:
        number = f"{refused.order_number}\u00a0: " if refused.order_number else ""
        flash_refusal(f"{number}{refused.error}")
    if len(moved.refused) > _REFUSALS_SAID:
        others = formats.plural(len(moved.refused) - _REFUSALS_SAID, "autre")
        flash_refusal(f"{others} de même\u00a0: rechargez la liste.")


def _start(viewer: Viewer, act: RefundAct, ticked: tuple[RefundRow, ...]) -> None:
    refund_ids = tuple(row.id for row in ticked)
    if act in {RefundAct.SEND, RefundAct.DO_AGAIN}:  # Nobody is told, and it leads back by another button.
        _do_at_once(viewer, act, refund_ids)
    else:
        DIALOG.open(Opened(act, refund_ids, _gives_vouchers(act, ticked)))


@telling_refusals()
def _do_at_once(viewer: Viewer, act: RefundAct, refund_ids: tuple[int, ...]) -> None:
    service = mark_sent if act is RefundAct.SEND else do_again
    with transaction() as session:
        moved = service(session, Actor.person(viewer), refund_ids, utc_now())
    tell_done(act, moved)
