import csv
from pathlib import Path

from db.imports.report import ImportReport, Kind, Outcome, Place
from tests.db.imports.helpers import plain


def a_report() -> ImportReport:
    report = ImportReport("Essai", "GBP")
    report.add_imported(Kind.ORDERS, 12_345, 6_789_012_34)
    report.add_imported(Kind.SELLERS, 0)
    report.add_present(Kind.CUSTOMERS, 2)
    for line in range(12, 0, -1):
        report.remarks.append(Place("f.csv", line).remark(Outcome.REFUSED, "ligne refusée", "=1+1", -1_50))
    report.remarks.append(Place("f.csv", 7).remark(Outcome.CORRECTED, "heure arrondie", "commande 7"))
    return report


def test_the_text_says_what_became_of_everything_and_cuts_long_lists() -> None:
    assert plain(a_report().as_text()) == (
        "Import « Essai », montants en GBP\n"
        "\n"
        "Importés\n"
        "  commandes     12 345    6 789 012,34 GBP\n"
        "\n"
        "Déjà présents, laissés tels quels\n"
        "  clients          2\n"
        "\n"
        "Corrigé\n"
        "  1 × heure arrondie\n"
        "      f.csv, ligne 7\n"
        "\n"
        "Refusé\n"
        "  12 × ligne refusée (−18,00 GBP)\n"
        "      f.csv, lignes 1, 2, 3, 4, 5, 6, 7, 8 et 4 autres\n"
    )


def test_a_report_without_anything_new_says_so() -> None:
    report = ImportReport("Essai", "GBP")
    report.add_present(Kind.ORDERS, 1, 100)
    assert "Rien de nouveau" in report.as_text()


def test_the_csv_has_every_line_and_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    a_report().write_csv(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    assert rows[0] == ["Résultat", "Motif", "Fichier", "Ligne", "Objet", "Nombre", "Montant", "Devise"]
    assert rows[1] == ["Importé", "", "", "", "commandes", "12345", "6789012,34", "GBP"]
    assert rows[2] == ["Déjà présent", "", "", "", "clients", "2", "0,00", "GBP"]
    refused = [row for row in rows if row[0] == "Refusé"]
    assert len(refused) == 12
    assert refused[0] == ["Refusé", "ligne refusée", "f.csv", "12", "'=1+1", "1", "-1,50", "GBP"]
    assert rows[-1] == ["Corrigé", "heure arrondie", "f.csv", "7", "commande 7", "1", "", "GBP"]


def test_counts_and_amounts_are_told_per_reason() -> None:
    report = a_report()
    assert report.count_of(Outcome.REFUSED) == report.count_of(Outcome.REFUSED, "ligne refusée") == 12
    assert report.amount_of(Outcome.REFUSED) == -18_00
    assert report.count_of(Outcome.REFUSED, "autre") == 0
