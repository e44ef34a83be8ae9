"""What would become, or became, of every order of a file, as a file that French spreadsheets open."""

import csv
import io
from collections.abc import Iterable, Sequence

from db.domain.spreadsheets import harmless
from db.domain.tasks import ImportItemState
from db.queries.imports import ImportLine
from db.services.imports import ImportPlan

_WOULD = {
    ImportItemState.WAITING: "À créer",
    ImportItemState.KNOWN: "Déjà là",
    ImportItemState.REFUSED: "Refusée",
}
#: In place of « Déjà là ».
_DIFFERS = "Déjà là, mais différente du fichier"


def preview_csv(plan: ImportPlan) -> bytes:
    """Return one line per order of the file: where it stands, what would become of it, why."""
    head = ["Dans le fichier", "Commande", "Résultat", "Raison", "Corrections", "Client", "Total (centimes)", "Devise"]
    rows = (
        [
            item.read.place,
            item.read.reference,
            _DIFFERS if item.differs else _WOULD[item.state],
            " ".join(item.reasons),
            " ".join(item.read.corrections),
            item.read.order.customer_name if item.read.order else "",
            str(item.read.order.sum_cents) if item.read.order else "",
            item.read.order.currency if item.read.order else "",
        ]
        for item in plan.items
    )
    return _csv(head, rows)


def report_csv(lines: Iterable[ImportLine]) -> bytes:
    """Return one line per order of the file: where it stood, what became of it, why."""
    head = ["Dans le fichier", "Commande du fichier", "Résultat", "Commande créée", "Raison", "Corrections"]
    rows = (
        [
            line.place,
            line.reference,
            _DIFFERS if line.state is ImportItemState.KNOWN and line.reason else line.state.label,
            line.number or "",
            line.reason,
            " ".join(line.corrections.split("\n")),
        ]
        for line in lines
    )
    return _csv(head, rows)


def _csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    lines = csv.writer(text, delimiter=";", lineterminator="\r\n")
    lines.writerow(head)
    lines.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")
