"""The form that gives a voucher: for whom, how much, until when, why, and whether its code is sent."""

import datetime as dt
from dataclasses import replace

import streamlit as st

from dashboard.inputs import parse_amount
from dashboard.markdown import escape_markdown
from dashboard.vouchers.opened import DIALOG, Opened
from dashboard.vouchers.state import VouchersState, go
from db.domain import formats
from db.domain.actor import Actor
from db.domain.errors import InvalidInputError
from db.domain.time import local_day, utc_now
from db.domain.viewer import Viewer
from db.domain.vouchers import MAX_NOTE, MAX_VALID_DAYS, NewVoucher
from db.engine import reading, transaction
from db.queries.voucher_recipients import VoucherRecipient, voucher_recipient
from db.services.outbox import undo_window
from db.services.vouchers import give_voucher, voucher_days

_TO, _AMOUNT, _UNTIL, _NOTE, _TELLS = (DIALOG.field_key(name) for name in ("to", "amount", "until", "note", "tells"))


def show_giving(viewer: Viewer, _opened: Opened) -> None:
    """Draw the form with what it will do."""
    today = local_day(utc_now())
    with reading() as session:
        window_s = int(undo_window(session).total_seconds())
        st.session_state.setdefault(_UNTIL, today + dt.timedelta(days=voucher_days(session)))
    st.session_state.setdefault(_TELLS, True)
    typed = st.text_input(
        "Pour qui\u00a0?", key=_TO, placeholder="N° de commande, ou e-mail du client", autocomplete="off"
    )
    with reading() as session:
        recipient = voucher_recipient(session, viewer, typed or "")
    _show_recipient(typed, recipient)
    left, right = st.columns(2)
    left.text_input("Montant", key=_AMOUNT, placeholder="15,00", autocomplete="off")
    latest = today + dt.timedelta(days=MAX_VALID_DAYS)
    right.date_input("Utilisable jusqu’au", key=_UNTIL, format="DD/MM/YYYY", min_value=today, max_value=latest)
    st.text_area(
        "Motif",
        key=_NOTE,
        max_chars=MAX_NOTE,
        height=88,
        placeholder="Avec nos excuses pour le retard de votre colis.",
        help="Le client le lit dans l’e-mail.",
    )
    tells = st.toggle("Envoyer le code au client", key=_TELLS)
    st.caption(escape_markdown(_mail_words(recipient, window_s, tells=bool(tells))))


def _show_recipient(typed: str | None, recipient: VoucherRecipient | None) -> None:
    if recipient is not None:
        st.markdown(f":green[:material/check:] {escape_markdown(recipient_words(recipient))}")
    elif typed:
        st.markdown(
            ":orange[:material/person_search:] Aucune commande n’a ce numéro et aucun client cette adresse e-mail. "
            "Saisissez l’un ou l’autre en entier."
        )


def recipient_words(recipient: VoucherRecipient) -> str:
    """Return « Évelyne Morin, à la suite de la commande T-000012 »."""
    name = recipient.name or recipient.email
    return f"{name}, à la suite de la commande {recipient.order_number}" if recipient.order_number else name


def _mail_words(recipient: VoucherRecipient | None, window_s: int, *, tells: bool) -> str:
    if not tells:
        return "Aucun e-mail ne part\u00a0: donnez vous-même le code au client, ou son PDF."
    if recipient is not None and not recipient.email:
        return "Aucune adresse e-mail n’est connue\u00a0: donnez vous-même le code au client, ou son PDF."
    to = f" à {recipient.email}" if recipient else ""
    return f"E-mail « Bon d’achat »{to}, qui part dans {window_s}\u00a0s."


def give(actor: Actor, viewer: Viewer, opened: Opened, now: dt.datetime) -> str:
    """Give the voucher and show it beside the list; return what to say, in Markdown.

    Raises:
        MarketplaceError: It cannot be given; the sentence says why.
    """
    held = st.session_state
    typed, amount = (held.get(_TO) or "").strip(), (held.get(_AMOUNT) or "").strip()
    if not amount:
        raise InvalidInputError("Saisissez le montant du bon d’achat, comme 15,00.")
    with transaction() as session:
        recipient = voucher_recipient(session, viewer, typed)
        if recipient is None:
            raise InvalidInputError(
                "Dites pour qui est ce bon d’achat\u00a0: un numéro de commande, ou l’e-mail d’un client, en entier."
            )
        wanted = NewVoucher(
            parse_amount(amount),
            opened.key,
            order_id=recipient.order_id,
            customer_id=None if recipient.order_id else recipient.customer_id,
            note=held.get(_NOTE) or "",
            expires_on=held.get(_UNTIL),
            notifies=bool(held.get(_TELLS)),
        )
        given = give_voucher(session, actor, wanted, now)
    go(replace(VouchersState(), chosen=given.id))
    told = f" Son code part à {escape_markdown(given.recipient)}." if given.recipient else ""
    return f"Bon d’achat de {formats.money(given.amount_cents, given.currency)} donné.{told}"
