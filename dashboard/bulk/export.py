"""What became of a bulk action's orders, as a file that French spreadsheets open."""

import csv
import io
from collections.abc import Iterable

from db.domain.spreadsheets import harmless
from db.queries.tasks import TaskLine


def task_csv(task_lines: Iterable[TaskLine]) -> bytes:
    """Return one line per order: number, what became of it, why."""
    text = io.StringIO()
    lines = csv.writer(text, delimiter=";", lineterminator="\r\n")
    lines.writerow(["Commande", "Résultat", "Raison"])
    for line in task_lines:
        lines.writerow([harmless(cell) for cell in (line.number, line.state.label, line.reason)])
    return text.getvalue().encode("utf-8-sig")
