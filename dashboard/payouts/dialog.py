"""The dialogs of payouts: what will happen, said before; one that cannot go says why, and the others go."""

import streamlit as st

from dashboard.flash import flash, flash_refusal, has_flashes
from dashboard.focus import focus_first_field
from dashboard.markdown import escape_markdown
from dashboard.payouts.bar import worth_of
from dashboard.payouts.doing import do, done_words
from dashboard.payouts.fields import show_fields
from dashboard.payouts.going import going_of
from dashboard.payouts.opened import DIALOG, Opened
from db.domain import formats
from db.domain.errors import MarketplaceError
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.queries.payouts import PayoutRow
from db.services.payouts.acts import Refused

#: Payouts and refusals said one by one; more of them are a number.
_SAID = 5
_REFUSALS_SAID = 3


def show_dialog(viewer: Viewer) -> None:
    """Draw the dialog that is open, if one is."""
    opened = DIALOG.opened()
    if opened is None:
        return
    look = opened.act.look
    question = look.questions if len(opened.shown) > 1 else look.question
    st.dialog(question, width="medium", on_dismiss=DIALOG.put_away)(_body)(viewer)


def _body(viewer: Viewer) -> None:
    opened = DIALOG.opened()
    if opened is None or has_flashes():
        st.rerun()  # It is done: the page is drawn anew, without the dialog.
    going = going_of(viewer, opened, utc_now())
    _show_payouts(going.rows)
    _show_refused(going.refused)
    if going.rows:
        chosen = show_fields(opened.act, going)
        if opened.refusal:
            st.error(escape_markdown(opened.refusal), icon=":material/error:")
        focus_first_field("payouts_focus")
    with st.container(horizontal=True, gap="small"):
        if going.rows:
            st.button(
                verb_words(opened, chosen),
                key="payouts_confirm",
                type="primary",
                disabled=not chosen,
                on_click=_confirm,
                args=(viewer, chosen),
            )
        st.button("Ne rien faire", key="payouts_leave", on_click=DIALOG.put_away)


def verb_words(opened: Opened, chosen: tuple[PayoutRow, ...]) -> str:
    """Return the verb again with what it is done to: « Approuver · 12 reversements · 3 400,00 € »."""
    verb = opened.act.look.verb
    if not chosen:
        return verb
    if opened.act.is_of_sellers:
        return f"{verb} · {formats.plural(len({row.seller_id for row in chosen}), 'vendeur')}"
    many = f"{formats.plural(len(chosen), 'reversement')} · " if len(opened.shown) > 1 else ""
    return f"{verb} · {many}{worth_of(chosen)}"


def _show_payouts(rows: tuple[PayoutRow, ...]) -> None:
    """Draw which payouts these are: the first of them by their names, and what all come to."""
    if not rows:
        return
    if len(rows) > 1:
        st.markdown(f"**{formats.plural(len(rows), 'reversement')} · {worth_of(rows)}**")
    said = [
        f"{row.reference} · {escape_markdown(row.seller_name)} · {formats.money(row.net_cents, row.currency)}"
        for row in rows[:_SAID]
    ]
    if len(rows) > _SAID:
        said.append(f"et {formats.plural(len(rows) - _SAID, 'autre')}")
    st.markdown("  \n".join(said))


def _show_refused(refused: tuple[Refused, ...]) -> None:
    """Draw those that stay as they are, each with its reason."""
    if not refused:
        return
    stay = formats.plural(len(refused), "reversement reste tel quel", "reversements restent tels quels")
    said = "  \n".join(escape_markdown(str(each.error)) for each in refused)
    st.warning(f"**{stay}\u00a0:**  \n{said}", icon=":material/block:")


def _confirm(viewer: Viewer, chosen: tuple[PayoutRow, ...]) -> None:
    opened = DIALOG.opened()
    if opened is None:
        return  # A second click on a button that has done its work.
    try:
        outcome = do(viewer, opened, chosen, utc_now())
    except MarketplaceError as refusal:
        DIALOG.refuse(opened, str(refusal))
        return
    if not outcome.done:  # Nothing typed is lost: what is wrong with it is said where it was typed.
        DIALOG.refuse(opened, " ".join(str(each.error) for each in outcome.refused[:_REFUSALS_SAID]))
        return
    _tell(opened, len(outcome.done), outcome.refused)
    DIALOG.close()


def _tell(opened: Opened, done: int, refused: tuple[Refused, ...]) -> None:
    flash(f"{done_words(opened.act, done)}.")
    for each in refused[:_REFUSALS_SAID]:
        flash_refusal(str(each.error))
    if len(refused) > _REFUSALS_SAID:
        flash_refusal(f"{formats.plural(len(refused) - _REFUSALS_SAID, 'autre')} de même\u00a0: rechargez la liste.")
