"""Finances › Continuité, as finance uses it."""

import dataclasses

import pytest
import sqlalchemy as sa

from db.domain.continuity import Anchor, Anomaly, AnomalyKind, SeriesReport
from db.domain.documents import DocumentKind
from db.domain.files import FileKind
from db.domain.permissions import Role
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import DocumentCheck, StoredFile
from db.services.documents.continuity import keep_check
from tests.dashboard.apptest import open_page

TEA = SeriesReport(
    code="F2026-THE",
    kind=DocumentKind.INVOICE,
    seller_id=1,
    seller="Maison du thé",
    year=2026,
    count=1_234,
    first_number="F2026-THE-000001",
    last_number="F2026-THE-001234",
    last_hash="a" * 64,
    anchor=Anchor(1_234, "a" * 64),
)
BOOKS = dataclasses.replace(TEA, code="F2025-LIVRES", seller_id=2, seller="Librairie", year=2025, count=2)
TORN = dataclasses.replace(
    TEA,
    anomalies=(
        Anomaly(AnomalyKind.MISSING, "F2026-THE-000003"),
        *(Anomaly(AnomalyKind.CONTENT_CHANGED, f"F2026-THE-00010{each}") for each in range(5)),
    ),
    anomaly_count=6,
)


@pytest.fixture
def finance(signed_up):
    return signed_up(Role.FINANCE, name="Zoé Finance")


def keep(*reports, **facts):
    with transaction() as session:
        return keep_check(session, reports, utc_now(), **facts).id


def opened(person_id, **query):
    at = open_page("/continuite", person_id=person_id, query=query)
    assert not at.exception
    return at


def plain(text):
    """What is read, without the backslashes that keep Markdown quiet."""
    return text.replace("\\", "")


def wanted_files():
    with reading() as session:
        found = sa.select(StoredFile.title, StoredFile.arguments).where(StoredFile.kind == FileKind.CONTINUITY)
        return [tuple(row) for row in session.execute(found)]


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.SELLER])
def test_neither_support_nor_sellers_get_to_the_page(signed_up, role):
    at = open_page("/continuite", person_id=signed_up(role))
    assert "Continuité" not in [header.value for header in at.header]


@pytest.mark.parametrize("role", [Role.FINANCE, Role.MANAGER, Role.ADMIN])
def test_finance_managers_and_administrators_do(signed_up, role):
    at = opened(signed_up(role))
    assert "Aucun contrôle n’a encore eu lieu" in at.info[0].value
    assert [button.key for button in at.button if button.key.startswith("continuity")] == ["continuity_check"]


def test_a_sound_check_is_one_calm_sentence_and_a_table(finance):
    keep(TEA, BOOKS)
    at = opened(finance)
    assert plain(at.success[0].value) == (
        "1\u202f236\u00a0documents dans 2\u00a0séries\u00a0: aucun numéro ne manque, aucun n’est en double, les dates "
        "se suivent et aucun document n’a été modifié."
    )
    assert "fait automatiquement dans la nuit" in at.caption[0].value
    table = at.dataframe[0].value
    assert list(table["Série"]) == ["F2026-THE", "F2025-LIVRES"]
    assert table.iloc[0].to_dict() == {
        "Constat": "Complète et inchangée", "Vendeur": "Maison du thé", "Série": "F2026-THE", "Type": "Facture",
        "Année": "2026", "Documents": "1\u202f234", "Premier numéro": "F2026-THE-000001",
        "Dernier numéro": "F2026-THE-001234",
    }  # fmt: skip


def test_anomalies_come_first_with_what_they_mean_and_what_to_do(finance):
    keep(BOOKS, TORN, person_name="Zoé Finance")
    at = opened(finance)
    assert (
        plain(at.error[0].value)
        == "1\u202f236\u00a0documents dans 2\u00a0séries\u00a0: 6\u00a0anomalies dans la série F2026-THE."
    )
    assert "demandé par Zoé Finance" in at.caption[0].value
    said = plain(" ".join(each.value for each in [*at.markdown, *at.caption]))
    for words in (
        "Le numéro F2026-THE-000003 manque.",
        "Un document établi a été effacé de la base",
        "Ne comblez pas le trou",
        "Le contenu de F2026-THE-000104 a été modifié",
    ):
        assert words in said
    assert [each.label for each in at.expander] == ["2\u00a0autres"]
    table = at.dataframe[0].value
    assert list(table["Constat"]) == ["⚠ 6\u00a0anomalies", "Complète et inchangée"]


def test_the_year_and_the_seller_stand_in_the_url(finance):
    keep(TORN, BOOKS)
    at = opened(finance, annee="2025")
    assert at.success
    assert list(at.dataframe[0].value["Série"]) == ["F2025-LIVRES"]
    at.selectbox(key="continuity_year").set_value(None).run()
    at.selectbox(key="continuity_seller").set_value(1).run()
    assert at.query_params["vendeur"] == "1"
    assert list(at.dataframe[0].value["Série"]) == ["F2026-THE"]
    assert "Aucune série ne correspond" in opened(finance, annee="2019").info[0].value


def test_a_later_check_of_one_year_shows_for_that_year_alone(finance):
    keep(TORN, BOOKS)
    keep(TEA, year=2026, person_name="Zoé")
    assert opened(finance).error
    at = opened(finance, annee="2026")
    assert at.success
    assert "Contrôle de 2026" in at.caption[0].value


def test_checking_and_printing_are_asked_of_the_worker_and_awaited(finance):
    check_id = keep(TEA)
    at = opened(finance, annee="2026")
    at.button(key="continuity_check").click().run()
    assert not at.exception
    assert at.query_params["fichier"]
    at.button(key="continuity_print").click().run()
    assert wanted_files() == [
        ("Contrôle de continuité 2026", {"year": 2026, "by": "Zoé Finance"}),
        ("Rapport de continuité 2026", {"check_id": check_id, "year": 2026, "seller_id": None}),
    ]
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(DocumentCheck)) == 1
