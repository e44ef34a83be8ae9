"""What the pages of an import say, as data."""

from dashboard.order_import.export import preview_csv, report_csv
from dashboard.order_import.mapping import problem_of, rows_of
from dashboard.order_import.preview import examples, lists_of
from dashboard.order_import.remarks import row_height_for
from dashboard.order_import.report import report_words, source_words, table_data
from db.domain.bulk import Importing
from db.domain.incoming import IncomingLine, IncomingOrder
from db.domain.order_files import OrderFormat, ReadOrder
from db.domain.tasks import ImportItemState
from db.imports.orders.columns import Field
from db.imports.orders.table import Row, Table
from db.queries.imports import ImportCounts, ImportLine
from db.services.imports import ImportPlan, PlannedOrder

FILE = Importing("commandes.csv", "abcdef0123456789", OrderFormat.CSV)
ORDER = IncomingOrder("THE", (IncomingLine("Thé", 2, 12_50),), number="A-1", customer_name="=HYPERLINK(1)")


def planned(state: ImportItemState, *, corrections: tuple[str, ...] = (), faults: tuple[str, ...] = ()) -> PlannedOrder:
    return PlannedOrder(ReadOrder("ligne 2", "A-1", ORDER, corrections, faults), state, faults)


PLAN = ImportPlan(
    FILE,
    (
        planned(ImportItemState.WAITING),
        planned(ImportItemState.WAITING, corrections=("Le total manquait.",)),
        planned(ImportItemState.REFUSED, corrections=("Le total manquait.",), faults=("Le prix manque.",)),
        planned(ImportItemState.KNOWN),
        planned(ImportItemState.KNOWN, faults=("Elle est déjà là.",)),
    ),
)


def test_a_corrected_order_is_one_of_those_to_create() -> None:
    counts = {name: len(items) for name, items in lists_of(PLAN).items()}
    assert counts == {"waiting": 2, "corrected": 1, "refused": 1, "known": 1, "differs": 1}


def test_an_order_that_could_not_be_read_whole_shows_no_half_total() -> None:
    rows = examples(list(PLAN.items))
    assert [*rows["Total"]] == ["25,00\u00a0€", "25,00\u00a0€", "", "25,00\u00a0€", ""]
    assert [*rows["Remarque"]] == ["", "Le total manquait.", "Le prix manque.", "", "Elle est déjà là."]


def test_no_cell_of_the_lists_is_a_formula() -> None:
    lines = preview_csv(PLAN).decode("utf-8-sig").split("\r\n")
    assert lines[1] == "ligne 2;A-1;À créer;;;'=HYPERLINK(1);2500;EUR"
    assert lines[5].startswith("ligne 2;A-1;Déjà là, mais différente du fichier;Elle est déjà là.;")
    line = ImportLine("ligne 2", "@A", ImportItemState.REFUSED, "-1", "Un.\nDeux.", None)
    assert report_csv([line]).decode("utf-8-sig").split("\r\n")[1] == "ligne 2;'@A;Refusée;;-1;Un. Deux."


def test_the_report_counts_in_one_line() -> None:
    counts = ImportCounts(created=980, corrected=12, faulty=1, refused=3, known=8)
    assert report_words(counts) == (
        "**980\u00a0commandes créées** (12\u00a0corrigées, 1\u00a0en erreur) · 3\u00a0refusées · 8\u00a0déjà là"
    )
    assert report_words(ImportCounts(known=8, differing=2)).endswith(
        "8\u00a0déjà là, dont 2\u00a0différentes du fichier"
    )
    assert report_words(ImportCounts(refused=1)) == "**Aucune commande créée** · 1\u00a0refusée"


def test_the_report_says_what_was_imported_and_whether_people_were_told() -> None:
    assert source_words(FILE) == ("Tableau CSV · vendeur indiqué par le fichier · personne n’a été prévenu")


def test_rows_are_as_high_as_the_longest_remark_needs() -> None:
    assert [row_height_for(["x" * letters, ""]) for letters in (0, 52, 53, 999)] == [35, 35, 52, 103]


def test_a_created_order_is_a_link() -> None:
    rows = table_data([ImportLine("ligne 2", "A 1", ImportItemState.CREATED, "", "Un.\nDeux.", "A 1")])
    assert (rows["Commande"][0], rows["Remarque"][0]) == ("/commande?n=A+1", "Un. Deux.")


def test_a_mapping_says_what_it_lacks_or_has_twice() -> None:
    whole = {0: Field.NUMBER, 1: Field.ARTICLE, 2: Field.QUANTITY, 3: Field.UNIT_PRICE}
    assert problem_of(whole) == ""
    assert "«\u00a0Quantité\u00a0»" in problem_of({place: field for place, field in whole.items() if place != 2})
    assert "Plusieurs colonnes sont «\u00a0Article\u00a0»" in problem_of(whole | {4: Field.ARTICLE})


def test_the_columns_come_with_what_they_hold() -> None:
    table = Table(("Numéro", "Zodiaque"), (Row(2, ["A-1", ""]), Row(3, ["A-2", "Lion"])))
    rows = rows_of(table, {0: Field.NUMBER})
    assert [*rows["Exemple"]] == ["A-1 · A-2", "Lion"]
    assert [*rows["Champ"]] == ["Numéro de commande", None]
