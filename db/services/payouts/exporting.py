"""Approved payouts go to the bank in one file of transfers; from that moment the sellers' accounts are settled."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.errors import MarketplaceError
from db.domain.files import FileKind, FileState
from db.domain.formats import money, plural
from db.domain.payout_acts import (
    SEPA_CURRENCY,
    DebtorMissingError,
    ShownPayout,
    check_requested_on,
    check_transferable,
    checked_note,
    joined_notes,
)
from db.domain.payouts import (
    PayoutEvent,
    PayoutRefusedError,
    PayoutState,
    reference_of,
)
from db.domain.permissions import Permission
from db.domain.time import local_day
from db.models import LedgerEntry, Order, Payout, PayoutEntry, PayoutHold, PayoutSettings, StoredFile, TransferBatch
from db.services.audit import Act, note_act
from db.services.files import ask_for_file
from db.services.payouts.acts import Refused, as_shown, other_person
from db.services.payouts.closing import open_again, settle
from db.services.payouts.rows import locked_payouts, tell
from db.services.payouts.standing import limits_of, standing_of

#: As many refusals are told in words as one reads.
_TOLD = 5


@dataclass(frozen=True, slots=True)
class Debtor:
    """The account that pays."""

    name: str
    iban: str
    bic: str


def export_payouts(
    session: Session,
    actor: Actor,
    shown: Sequence[ShownPayout],
    requested_on: dt.date,
    key: str,
    now: dt.datetime,
) -> int:
    """Put approved payouts into one file for the bank, all of them or none; return the batch's id.

    Args:
        session: The caller's transaction.
        actor: Who transmits; not who approved one of them, unless the control is off, which their history then says.
        shown: The payouts, as they were seen.
        requested_on: When the bank is to pay: a day on which banks settle transfers.
        key: Drawn when the form opened: asked again with it, the same batch is returned and nothing is written.
        now: The instant.

    Raises:
        NotAllowedError: The actor may not prepare payouts.
        InvalidInputError: The day cannot be; the sentence proposes the next one that can.
        PayoutRefusedError: Nothing was chosen, the account that pays is missing, or a payout cannot be transmitted:
            the sentence says each one and why.
    """
    actor.require(Permission.PREPARE_PAYOUTS)
    payouts = locked_payouts(session, actor, [each.payout_id for each in shown])
    known = session.scalar(sa.select(TransferBatch.id).where(TransferBatch.key == key))
    if known is not None:
        return known
    debtor = _debtor(session)
    check_requested_on(requested_on, local_day(now))
    notes = _checked(session, actor, shown, payouts, now)
    batch = _batch(session, actor, list(payouts.values()), debtor, requested_on, key, now)
    for payout in payouts.values():
        payout.state, payout.batch_id = PayoutState.EXPORTED, batch.id
        settle(session, actor, payout, now)
        tell(session, actor, payout, PayoutEvent.EXPORTED, now, joined_notes(batch.message_id, notes[payout.id]))
    said = {"payouts": batch.payout_count, "total_cents": batch.total_cents, "currency": batch.currency}
    act = Act(AuditArea.PAYOUTS, "transfers_exported", "transfer_batch", batch.id, batch.message_id, after=said)
    note_act(session, actor, act, now)
    return batch.id


def refused_exports(
    session: Session, actor: Actor, shown: Sequence[ShownPayout], now: dt.datetime
) -> tuple[Refused, ...]:
    """Return which payouts ``export_payouts`` would refuse now, and why; nothing is written.

    Raises:
        NotAllowedError: The actor may not prepare payouts.
    """
    actor.require(Permission.PREPARE_PAYOUTS)
    found = session.scalars(sa.select(Payout).where(Payout.id.in_([each.payout_id for each in shown])))
    payouts = {payout.id: payout for payout in found}
    return tuple(_refusals(session, actor, shown, payouts, now)[1])


def undo_export(session: Session, actor: Actor, batch_id: int, reason: str, now: dt.datetime) -> None:
    """Take payouts out of a batch of which there is no file: they are approved again, and may be transmitted anew.

    Args:
        session: The caller's transaction.
        actor: Who does it.
        batch_id: Which batch.
        reason: Why, for their history.
        now: The instant.

    Raises:
        NotAllowedError: The actor may not prepare payouts.
        PayoutRefusedError: There is no such batch, or its file is there, or may still come.
        InvalidInputError: There is no reason, or one that is too long.
    """
    actor.require(Permission.PREPARE_PAYOUTS)
    why = checked_note(reason, "Retirer une remise")
    batch = _undoable(session, batch_id)
    in_it = session.scalars(sa.select(Payout.id).where(Payout.batch_id == batch_id))
    for payout in locked_payouts(session, actor, list(in_it)).values():
        if payout.state is not PayoutState.EXPORTED:
            continue  # Somebody paid it otherwise, and noted it here.
        open_again(session, actor, payout, now)
        payout.state, payout.batch_id = PayoutState.APPROVED, None
        tell(session, actor, payout, PayoutEvent.EXPORT_UNDONE, now, joined_notes(batch.message_id, why))
    batch.undone_at = now
    session.flush()
    act = Act(AuditArea.PAYOUTS, "export_undone_whole", "transfer_batch", batch.id, batch.message_id, note=why)
    note_act(session, actor, act, now)


def _debtor(session: Session) -> Debtor:
    kept = session.execute(
        sa.select(PayoutSettings.debtor_name, PayoutSettings.debtor_iban, PayoutSettings.debtor_bic)
    ).one_or_none()
    if kept is None or not (kept.debtor_name and kept.debtor_iban):
        raise DebtorMissingError
    return Debtor(*kept)


def _checked(
    session: Session, actor: Actor, shown: Sequence[ShownPayout], payouts: dict[int, Payout], now: dt.datetime
) -> dict[int, str]:
    """Return what the history of each payout says beside; refuse all of them where one cannot go."""
    if not shown:
        raise PayoutRefusedError("Choisissez au moins un reversement à transmettre à la banque.")
    notes, refusals = _refusals(session, actor, shown, payouts, now)
    if refusals:
        told = [str(each.error) for each in refusals[:_TOLD]]
        more = len(refusals) - len(told)
        if more:
            told.append(f"Et {plural(more, 'autre')}.")
        raise PayoutRefusedError(f"Rien n’a été transmis. {' '.join(told)}") from refusals[0].error
    return notes


def _refusals(
    session: Session, actor: Actor, shown: Sequence[ShownPayout], payouts: dict[int, Payout], now: dt.datetime
) -> tuple[dict[int, str], list[Refused]]:
    limits, notes, refusals = limits_of(session), dict[int, str](), list[Refused]()
    held_orders = _held_orders(session, payouts)
    for each in sorted(set(shown), key=lambda one: one.payout_id):
        try:
            payout = as_shown(each, payouts.get(each.payout_id), PayoutState.APPROVED)
            standing = standing_of(session, payout.seller_id)
            check_transferable(payout.id, payout.currency, payout.iban, standing, limits, now)
            _check_no_order_held(payout.id, held_orders)
            notes[payout.id] = other_person(session, actor, payout, payout.approved_by_id, "approuvé")
        except MarketplaceError as error:
            refusals.append(Refused(each.payout_id, error))
    return notes, refusals


def _held_orders(session: Session, payout_ids: Collection[int]) -> dict[int, str]:
    """Return by payout the number of an order in it that somebody holds."""
    rows = session.execute(
        sa.select(PayoutEntry.payout_id, sa.func.min(Order.number))
        .join(LedgerEntry, LedgerEntry.id == PayoutEntry.entry_id)
        .join(PayoutHold, PayoutHold.order_id == LedgerEntry.order_id)
        .join(Order, Order.id == PayoutHold.order_id)
        .where(PayoutEntry.payout_id.in_(sorted(payout_ids)), PayoutHold.released_at.is_(None))
        .group_by(PayoutEntry.payout_id)
    )
    return {payout_id: number for payout_id, number in rows if payout_id is not None}


def _check_no_order_held(payout_id: int, held_orders: Mapping[int, str]) -> None:
    if payout_id in held_orders:
        raise PayoutRefusedError(
            f"{reference_of(payout_id)} contient la commande {held_orders[payout_id]}, qui est retenue. Levez cette "
            "retenue, ou annulez ce reversement\u00a0: le suivant se préparera sans elle."
        )


def _batch(
    session: Session,
    actor: Actor,
    payouts: Sequence[Payout],
    debtor: Debtor,
    requested_on: dt.date,
    key: str,
    now: dt.datetime,
) -> TransferBatch:
    total = sum(payout.net_cents for payout in payouts)
    batch = TransferBatch(
        message_id=uuid.uuid4().hex,  # Until its number is known, below.
        requested_on=requested_on,
        debtor_name=debtor.name,
        debtor_iban=debtor.iban,
        debtor_bic=debtor.bic,
        currency=SEPA_CURRENCY,
        payout_count=len(payouts),
        total_cents=total,
        key=key,
        person_id=actor.person_id,
        person_name=actor.name,
        created_at=now,
    )
    session.add(batch)
    session.flush()
    batch.message_id = f"VIR-{local_day(now):%Y%m%d}-{batch.id:06d}"
    title = f"Virements {batch.message_id}\u00a0: {money(total, SEPA_CURRENCY)}"
    asked = {"batch_id": batch.id}
    batch.file_id = ask_for_file(session, actor, FileKind.TRANSFERS, title, asked, len(payouts), now)
    session.flush()
    return batch


def _undoable(session: Session, batch_id: int) -> TransferBatch:
    """Return a batch, locked with its file, whose file nobody has or ever will."""
    batch = session.get(TransferBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None or batch.undone_at is not None:
        raise PayoutRefusedError("Cette remise n’existe pas, ou a déjà été retirée.")
    state = session.scalar(sa.select(StoredFile.state).where(StoredFile.id == batch.file_id).with_for_update())
    if state in {FileState.FAILED, FileState.CANCELLED}:
        return batch
    raise PayoutRefusedError(
        f"Le fichier de {batch.message_id} est là, ou peut encore venir\u00a0: la banque l’a peut-être. Seule une "
        "remise dont le fichier a échoué ou a été abandonné se retire."
    )
