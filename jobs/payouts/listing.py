"""Make the list of payouts that somebody asked for: one row a payout, as accounting compares it with the bank's."""

from collections.abc import Mapping
from typing import Any, BinaryIO

import sqlalchemy as sa

from db.domain.document_filter import ListFormat
from db.domain.errors import MarketplaceError
from db.domain.iban import iban_masked
from db.domain.time import local_day, utc_now
from db.engine import reading
from db.queries.payouts import PayoutRow, next_payouts
from db.services.payout_lists import wanted_payouts
from jobs.makers import Made, Progress
from jobs.spreadsheets import MEDIA_TYPES, Cell, ListColumn, Value, list_writer

_READ_AT_ONCE = 1_000

COLUMNS = (
    ListColumn("Référence", Cell.TEXT, 13),
    ListColumn("Vendeur", Cell.TEXT, 28),
    ListColumn("État", Cell.TEXT, 22),
    ListColumn("Motif", Cell.TEXT, 28),
    ListColumn("Échu jusqu’au", Cell.DAY, 14),
    ListColumn("Devise", Cell.TEXT, 8),
    ListColumn("Ventes", Cell.MONEY, 13),
    ListColumn("Remboursements", Cell.MONEY, 15),
    ListColumn("Commissions", Cell.MONEY, 13),
    ListColumn("Autres", Cell.MONEY, 13),
    ListColumn("Net", Cell.MONEY, 13),
    ListColumn("Écritures", Cell.COUNT, 10),
    ListColumn("Préparé par", Cell.TEXT, 20),
    ListColumn("Préparé le", Cell.DAY, 11),
    ListColumn("Approuvé par", Cell.TEXT, 20),
    ListColumn("Approuvé le", Cell.DAY, 11),
    ListColumn("Remise", Cell.TEXT, 24),
    ListColumn("IBAN", Cell.TEXT, 20),
    ListColumn("Payé le", Cell.DAY, 11),
    ListColumn("Référence du paiement", Cell.TEXT, 24),
)


class NothingToListError(MarketplaceError):
    """No payout is in the list any more."""

    def __init__(self) -> None:
        super().__init__("Plus aucun reversement ne correspond à ces filtres\u00a0: il n’y a rien à exporter.")


def make_payout_list(engine: sa.Engine, arguments: Mapping[str, Any], out: BinaryIO, progress: Progress) -> Made:
    """Write the payouts one after the other, a piece at a time, as whoever asked may see them now."""
    with reading(engine) as session:
        viewer, wanted = wanted_payouts(session, arguments)
    form = ListFormat(arguments["format"])
    writer = list_writer(form, out, COLUMNS, "Reversements")
    written, last = 0, None
    while True:
        with reading(engine) as session:
            payouts = next_payouts(session, viewer, wanted, last, _READ_AT_ONCE)
        if not payouts:
            break
        writer.write(map(row_of, payouts))
        written, last = written + len(payouts), payouts[-1].id
        progress(written)
    writer.close()
    if not written:
        raise NothingToListError
    return Made(f"reversements-{local_day(utc_now()).isoformat()}.{form}", MEDIA_TYPES[form], written)


def row_of(payout: PayoutRow) -> tuple[Value, ...]:
    """Return a payout's row, in the order of ``COLUMNS``."""
    return (
        payout.reference,
        payout.seller_name,
        payout.state.label,
        payout.hold_reason.label if payout.hold_reason else payout.rejection,
        payout.due_on,
        payout.currency,
        payout.sale_cents,
        payout.refund_cents,
        payout.fee_cents,
        payout.other_cents,
        payout.net_cents,
        payout.entry_count,
        payout.prepared_by_name,
        local_day(payout.prepared_at),
        payout.approved_by_name,
        local_day(payout.approved_at) if payout.approved_at else "",
        payout.message_id or "",
        iban_masked(payout.iban),
        payout.paid_on or "",
        payout.payment_reference,
    )
