"""« Importer des commandes », run through the shell."""

import hashlib
from collections.abc import Callable

import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from db.domain.permissions import Role
from db.engine import reading, transaction
from db.imports.orders.template import template_csv
from db.models import Order, Task
from tests.dashboard.apptest import open_page
from tests.factories import create_seller

CSV = "text/csv"


def words(at: AppTest) -> str:
    assert not at.exception
    elements = [*at.markdown, *at.caption, *at.error, *at.info]
    return " ".join(element.value for element in elements)


def opened(signed_up: Callable[..., int], content: bytes, name: str = "commandes.csv") -> AppTest:
    person_id = signed_up(Role.SUPPORT)
    with transaction() as session:
        create_seller(session, "Maison du thé", code="THE")
    at = open_page("/import-commandes", person_id=person_id)
    assert not at.exception
    return at.file_uploader[0].set_value((name, content, CSV)).run()


def figures(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}


def test_the_page_offers_the_template_and_says_that_nothing_is_done_yet(signed_up: Callable[..., int]) -> None:
    at = open_page("/import-commandes", person_id=signed_up(Role.SUPPORT))
    assert "Rien n’est créé avant que vous ayez vu" in words(at)


def test_only_who_acts_on_orders_comes_here(signed_up: Callable[..., int]) -> None:
    for role in (Role.FINANCE, Role.MANAGER, Role.SELLER):
        at = open_page("/import-commandes", person_id=signed_up(role))
        assert not at.file_uploader


def test_the_template_is_previewed_imported_and_reported(signed_up: Callable[..., int]) -> None:
    at = opened(signed_up, template_csv().replace(b"CODE-VENDEUR", b"THE"))
    assert figures(at) == {"À créer": "2", "Corrigées": "0", "Refusées": "0", "Déjà là": "0"}
    at.button(key="order_import_confirm").click().run()
    assert not at.exception
    with reading() as session:
        assert session.scalars(sa.select(Order.number).order_by(Order.number)).all() == ["EX-1001", "EX-1002"]
        task_id = session.scalar(sa.select(Task.id))
    report = open_page("/taches", person_id=1, query={"n": str(task_id)})
    assert "**2\u00a0commandes créées**" in words(report)
    assert [*report.dataframe[0].value["Dans le fichier"]] == ["ligne 2", "lignes 3 à 4"]


def test_the_same_file_again_says_that_everything_is_there(signed_up: Callable[..., int]) -> None:
    content = template_csv().replace(b"CODE-VENDEUR", b"THE")
    at = opened(signed_up, content)
    at.button(key="order_import_confirm").click().run()
    again = open_page("/import-commandes", person_id=1)
    again.file_uploader[0].set_value(("autre-nom.csv", content, CSV)).run()
    assert figures(again)["Déjà là"] == "2"
    assert "déjà là\u00a0: il n’y a rien à importer" in words(again)
    assert not [button for button in again.button if button.key == "order_import_confirm"]


def test_refused_orders_come_with_their_lines_and_reasons(signed_up: Callable[..., int]) -> None:
    at = opened(signed_up, "Numéro;Article;Qté;Prix\nA-1;Thé;x;12,50\nA-2;Thé;1;1,234\nA-3;Thé;2;3\n".encode("cp1252"))
    at.selectbox[1].set_value("THE").run()
    assert figures(at) == {"À créer": "1", "Corrigées": "1", "Refusées": "2", "Déjà là": "0"}
    table = at.dataframe[-1]
    assert [*table.value["Dans le fichier"]] == ["ligne 2", "ligne 3"]
    assert "n’est pas un nombre entier" in table.value["Remarque"][0]
    assert "trois décimales" in table.value["Remarque"][1]


def test_a_column_that_nobody_knows_is_left_out_and_said_so(signed_up: Callable[..., int]) -> None:
    at = opened(signed_up, b"Numero,Article,Qte,Prix,Zodiaque\nA-1,The,1,2.50,Lion\n")
    assert "Laissée de côté\u00a0: «\u00a0Zodiaque\u00a0»." in words(at).replace("\\", "")


def test_a_missing_column_is_asked_for(signed_up: Callable[..., int]) -> None:
    content = b"Numero,Article,Nombre de pieces,Prix\nA-1,The,1,2.50\n"
    at = opened(signed_up, content)
    assert "laquelle contient" in words(at)
    key = f"order_import_columns_{hashlib.sha256(content).hexdigest()[:12]}"
    at.session_state[key] = {"edited_rows": {2: {"Champ": "Quantité"}}, "added_rows": [], "deleted_rows": []}
    at.run()
    at.selectbox[1].set_value("THE").run()
    assert figures(at)["À créer"] == "1"


def test_a_file_that_is_no_table_is_refused_with_one_sentence(signed_up: Callable[..., int]) -> None:
    at = opened(signed_up, b"<!DOCTYPE html><html><body>Connexion</body></html>")
    assert "est une page web" in words(at)
