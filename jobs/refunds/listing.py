"""Make the list of refunds that finance asked for: one line a refund, as CSV that Excel opens as it is."""

import csv
import io
from collections.abc import Mapping
from typing import Any, BinaryIO

import sqlalchemy as sa

from db.domain.errors import MarketplaceError
from db.domain.formats import date
from db.domain.iban import iban_in_groups
from db.domain.refunds import REFUND_STATE_LABELS
from db.domain.spreadsheets import decimal_comma, harmless
from db.domain.time import local_day, utc_now
from db.engine import reading
from db.queries.refunds import RefundRow, next_refunds
from db.services.refund_lists import wanted_refunds
from jobs.makers import Made, Progress

_READ_AT_ONCE = 500
_BOM = b"\xef\xbb\xbf"  # By which Excel knows that a CSV file is UTF-8.

TITLES = (
    "Référence interne",
    "Commande",
    "Client",
    "Vendeur",
    "Montant",
    "Devise",
    "Moyen",
    "IBAN",
    "État",
    "Demandé le",
    "Transmis le",
    "Fait ou refusé le",
    "Référence",
    "Motif",
    "Refus",
)


class NothingToRefundError(MarketplaceError):
    """No refund is in the list any more: all were done since it was asked for."""

    def __init__(self) -> None:
        super().__init__("Plus aucun remboursement ne correspond à ces filtres\u00a0: il n’y a rien à exporter.")


def make_refund_list(engine: sa.Engine, arguments: Mapping[str, Any], out: BinaryIO, progress: Progress) -> Made:
    """Write the refunds one after the other, a piece at a time: the memory stays flat."""
    with reading(engine) as session:
        wanted = wanted_refunds(session, arguments)
    out.write(_BOM)
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    lines = csv.writer(text, delimiter=";", lineterminator="\r\n")
    lines.writerow(TITLES)
    written, last = 0, None
    while True:
        with reading(engine) as session:
            rows = next_refunds(session, wanted, last, _READ_AT_ONCE)
        if not rows:
            break
        lines.writerows(cells_of(row) for row in rows)
        written, last = written + len(rows), rows[-1].id
        progress(written)
    text.detach()  # The file stays open: it is not ours to close.
    if not written:
        raise NothingToRefundError
    return Made(f"remboursements-{wanted.tab}-{local_day(utc_now()).isoformat()}.csv", "text/csv", written)


def cells_of(row: RefundRow) -> list[str]:
    """Return the cells of a refund: each on one line, and no formula."""
    facts = row.facts
    days = [date(local_day(at)) if at else "" for at in (row.created_at, row.sent_at, row.ended_at)]
    texts = (row.reference, row.reason, row.refusal)
    reference, reason, refusal = (harmless(" ".join(text.split())) for text in texts)
    return [
        str(row.id),
        harmless(row.order_number),
        harmless(" ".join(row.customer_name.split())),
        harmless(" ".join(row.seller_name.split())),
        decimal_comma(facts.amount_cents),
        facts.currency,
        facts.method.label,
        iban_in_groups(facts.iban),
        REFUND_STATE_LABELS[facts.state],
        *days,
        reference,
        reason,
        refusal,
    ]
