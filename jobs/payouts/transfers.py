"""Make the file of transfers of a batch: whole, or not at all and why."""

from collections.abc import Mapping
from typing import Any, BinaryIO

import sqlalchemy as sa

from db.domain.formats import integer, money, plural
from db.domain.iban import is_iban
from db.domain.payouts import PayoutState
from db.engine import reading
from db.queries.transfers import BatchFacts, Transfer, batch_facts, transfers_of
from jobs.makers import Made, Progress
from jobs.payouts.pain001 import TransfersRefusedError, transfer_file

_READ_AT_ONCE = 200


def make_transfers(engine: sa.Engine, arguments: Mapping[str, Any], out: BinaryIO, progress: Progress) -> Made:
    """Write the transfers of a batch as pain.001.

    Raises:
        TransfersRefusedError: The batch is not as it was ordered, or banks would not take its file.
    """
    batch, transfers = _read(engine, int(arguments["batch_id"]), progress)
    _check(batch, transfers)
    out.write(transfer_file(batch, transfers))
    return Made(f"virements-{batch.message_id}.xml", "application/xml", len(transfers))


def _read(engine: sa.Engine, batch_id: int, progress: Progress) -> tuple[BatchFacts, list[Transfer]]:
    transfers: list[Transfer] = []
    with reading(engine) as session:
        batch = batch_facts(session, batch_id)
        if batch is None or batch.undone_at is not None:
            raise TransfersRefusedError("Cette remise de virements n’existe plus\u00a0: elle a été retirée.")
        while found := transfers_of(session, batch_id, transfers[-1].payout_id if transfers else 0, _READ_AT_ONCE):
            transfers += found
            progress(len(transfers))
    return batch, transfers


def _check(batch: BatchFacts, transfers: list[Transfer]) -> None:
    """Refuse what is not as it was ordered: the bank would pay it."""
    gone_on = [each.reference for each in transfers if each.state is not PayoutState.EXPORTED]
    if gone_on:
        raise TransfersRefusedError(
            f"Plus rien n’est à payer de {', '.join(gone_on)}\u00a0: {_which(gone_on)} avant que le fichier soit prêt. "
            "Aucun fichier n’est produit\u00a0: la banque l’aurait payé."
        )
    wrong = [each.reference for each in transfers if not is_iban(each.iban)]
    if wrong:
        raise TransfersRefusedError(
            f"L’IBAN approuvé de {', '.join(wrong)} n’est pas valable. Aucun fichier n’est produit\u00a0: retirez la "
            "remise, et annulez ce reversement."
        )
    total = sum(each.net_cents for each in transfers)
    if (len(transfers), total) != (batch.payout_count, batch.total_cents):
        raise TransfersRefusedError(
            f"La remise {batch.message_id} compte {plural(batch.payout_count, 'virement')} pour "
            f"{money(batch.total_cents, batch.currency)}, mais il s’y trouve {integer(len(transfers))} pour "
            f"{money(total, batch.currency)}. Aucun fichier n’est produit\u00a0: signalez-le à un administrateur."
        )


def _which(references: list[str]) -> str:
    return "ce reversement a avancé" if len(references) == 1 else "ces reversements ont avancé"
