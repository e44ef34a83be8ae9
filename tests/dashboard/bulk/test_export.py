from dashboard.bulk.export import task_csv
from db.domain.tasks import TaskItemState
from db.queries.tasks import TaskLine


def test_the_file_opens_in_a_french_spreadsheet_and_runs_nothing() -> None:
    lines = [
        TaskLine("T-1", TaskItemState.DONE, ""),
        TaskLine("T-2", TaskItemState.UNDONE, ""),
        TaskLine("=1+1", TaskItemState.REFUSED, "Déjà au statut « Livrée »; rien à faire."),
    ]
    assert task_csv(lines).decode("utf-8-sig").split("\r\n") == [
        "Commande;Résultat;Raison",
        "T-1;Faite;",
        "T-2;Revenue en arrière;",
        '\'=1+1;Refusée;"Déjà au statut « Livrée »; rien à faire."',
        "",
    ]
