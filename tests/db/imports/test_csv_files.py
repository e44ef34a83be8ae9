"""Every way a file can be unusable gives a French sentence with the file, the line and the column; nothing is kept."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from db.domain.errors import MarketplaceError
from db.engine import make_engine
from db.imports.olist import import_olist
from tests.conftest import Databases
from tests.db.imports.helpers import FILES, a_payment, an_item, an_order, gzipped, is_empty, olist_folder, plain

ORDERS, ITEMS = FILES["orders"], FILES["items"]


@pytest.fixture
def engine(databases: Databases) -> Iterator[sa.Engine]:
    """SQLite alone: all of this is refused before a database is asked for anything."""
    url = databases.new_url("sqlite")
    made = make_engine(url)
    yield made
    made.dispose()
    databases.drop(url)


def refusal(engine: sa.Engine, folder: Path) -> str:
    """What the import says as it refuses, once it is sure that it left nothing behind."""
    with pytest.raises(MarketplaceError) as refused:
        import_olist(engine, folder)
    assert is_empty(engine)
    assert str(refused.value).endswith("Rien n'a été importé.")
    return plain(str(refused.value))


def damage_bytes(path: Path, damage: Callable[[bytes], bytes]) -> None:
    path.write_bytes(damage(path.read_bytes()))


def test_a_missing_file_is_named_with_its_folder(engine: sa.Engine, tmp_path: Path) -> None:
    folder = olist_folder(tmp_path)
    (folder / ITEMS).unlink()
    assert f"Le fichier « {folder / ITEMS} » est introuvable." in refusal(engine, folder)


def test_missing_columns_are_named(engine: sa.Engine, tmp_path: Path) -> None:
    folder = olist_folder(tmp_path)
    damage_bytes(folder / ITEMS, lambda text: text.replace(b"price", b"prix").replace(b"seller_id", b"vendeur"))
    assert f"« {ITEMS} », ligne 1 (en-tête) : les colonnes « seller_id », « price » manquent." in refusal(
        engine, folder
    )


@pytest.mark.parametrize("content", [b"", b"\n", b"<html><body>Page introuvable</body></html>"])
def test_what_is_no_csv_lacks_its_columns(engine: sa.Engine, tmp_path: Path, content: bytes) -> None:
    folder = olist_folder(tmp_path)
    (folder / ITEMS).write_bytes(content)
    assert f"« {ITEMS} », ligne 1 (en-tête)" in refusal(engine, folder)


def test_another_encoding_is_found_on_its_line(engine: sa.Engine, tmp_path: Path) -> None:
    folder = olist_folder(tmp_path)
    damage_bytes(folder / FILES["sellers"], lambda text: text.replace(b"campinas", "são paulo".encode("latin-1")))
    assert f"« {FILES['sellers']} », ligne 2 est illisible : ce n'est pas du texte en UTF-8." in refusal(engine, folder)


def test_null_bytes_are_refused_before_a_database_does(engine: sa.Engine, tmp_path: Path) -> None:
    folder = olist_folder(tmp_path)
    damage_bytes(folder / FILES["sellers"], lambda text: text.replace(b"campinas", b"camp\0nas"))
    assert "ligne 2 est illisible : il contient des octets nuls." in refusal(engine, folder)


def test_a_row_with_a_field_too_few_is_found_on_its_line(engine: sa.Engine, tmp_path: Path) -> None:
    folder = olist_folder(tmp_path, items=[an_item(number=1), an_item(number=2)])
    damage_bytes(folder / ITEMS, lambda text: text.rsplit(b",", 1)[0] + b"\n")
    assert f"« {ITEMS} », ligne 3 est illisible : 6 colonnes au lieu de 7." in refusal(engine, folder)


def test_a_quote_that_never_closes_is_no_csv(engine: sa.Engine, tmp_path: Path) -> None:
    folder = olist_folder(tmp_path)
    damage_bytes(folder / FILES["sellers"], lambda text: text.replace(b"campinas", b'"campinas'))
    assert "ligne 2 est illisible : ce n'est pas un CSV bien formé." in refusal(engine, folder)


@pytest.mark.parametrize("damage", [lambda text: text[: len(text) // 2], lambda _: b"not gzip at all"])
def test_a_damaged_archive_is_named(engine: sa.Engine, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    folder = olist_folder(tmp_path)
    gzipped(folder / ITEMS)
    damage_bytes(folder / f"{ITEMS}.gz", damage)
    assert f"« {ITEMS}.gz »" in (sentence := refusal(engine, folder))
    assert "l'archive gzip est abîmée ou incomplète" in sentence


@pytest.mark.parametrize("value", ["", "abc", "12,50", "-3.00", "1.234", "1e3", "NaN", "９.50", "9" * 15])
def test_an_unreadable_amount_is_named_with_its_line_and_column(engine: sa.Engine, tmp_path: Path, value: str) -> None:
    folder = olist_folder(tmp_path, items=[an_item(number=1), an_item(number=2, price=value)])
    said = f"« {value} »" if value else "vide"
    expected = "un montant positif avec au plus deux décimales, par exemple 12.34"
    assert f"« {ITEMS} », ligne 3, colonne « price » : {said}, attendu : {expected}." in refusal(engine, folder)


@pytest.mark.parametrize("value", ["2017-07-03", "03/07/2017 10:00", "2017-02-30 10:00:00", "2017-07-03 10:00:00Z"])
def test_an_unreadable_time_is_named(engine: sa.Engine, tmp_path: Path, value: str) -> None:
    folder = olist_folder(tmp_path, orders=[an_order(order_purchase_timestamp=value)])
    assert f"colonne « order_purchase_timestamp » : « {value} »" in refusal(engine, folder)


def test_a_word_that_the_vocabulary_does_not_have_is_named(engine: sa.Engine, tmp_path: Path) -> None:
    folder = olist_folder(tmp_path, payments=[a_payment(payment_type="bitcoin")])
    sentence = refusal(engine, folder)
    assert "colonne « payment_type » : « bitcoin », attendu : l'un de credit_card, debit_card, boleto" in sentence


def test_a_byte_order_mark_is_no_part_of_the_first_column(engine: sa.Engine, tmp_path: Path) -> None:
    folder = olist_folder(tmp_path)
    damage_bytes(folder / ORDERS, lambda text: b"\xef\xbb\xbf" + text)
    import_olist(engine, folder)
    assert not is_empty(engine)
