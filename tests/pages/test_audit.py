"""Réglages › Journal d'audit, as an administrator uses it."""

import pytest
import sqlalchemy as sa

from db.domain.actor import SYSTEM
from db.domain.audit import AuditArea
from db.domain.audit_chain import ChainFault
from db.domain.permissions import Role
from db.domain.time import utc_now
from db.engine import transaction
from db.models import AuditEntry
from db.services.audit import Act, note_act
from db.services.audit_check import Verified, keep_verification
from tests.dashboard.apptest import open_page


@pytest.fixture
def ada(signed_up):
    return signed_up(Role.ADMIN, name="Ada Admin")


def opened(person_id, **query):
    at = open_page("/audit", person_id=person_id, query=query)
    assert not at.exception
    return at


def noted(area, event, label, **facts):
    with transaction() as session:
        note_act(session, SYSTEM, Act(area, event, label=label, **facts), utc_now())
        return session.scalars(sa.select(sa.func.max(AuditEntry.id))).one()


def keep(*faults):
    with transaction() as session:
        keep_verification(session, Verified(1_284, faults), utc_now())


def read(at):
    told = (*at.markdown, *at.success, *at.error, *at.info, *at.caption)
    return " ".join(each.value for each in told).replace("\\", "")


def test_the_log_says_who_did_what_with_what_changed(ada):
    noted(AuditArea.STOCK, "stock_corrected", "Thé vert", before={"stock": 3}, after={"stock": 1_200}, note="Casse")
    at = opened(ada, domaine="stock")
    (row,) = at.dataframe[0].value.to_dict("records")
    assert (row["Auteur"], row["Action"], row["Objet"]) == ("Système", "Stock corrigé", "Thé vert")
    assert row["Détail"] == "stock\u00a0: 3 → 1\u202f200 · Casse"
    assert row["Sceau"] == "à sceller"


def test_an_entry_stands_beside_the_list_before_and_after(ada):
    entry = noted(AuditArea.STOCK, "stock_corrected", "Thé vert", before={"stock": 3}, after={"stock": 5})
    at = opened(ada, domaine="stock", inscription=str(entry))
    assert "| stock | 3 | 5 |" in read(at)
    assert f"Inscription n°\u00a0{entry}, à sceller" in read(at)


def test_a_log_that_was_verified_says_so_calmly_and_a_broken_one_names_its_faults(ada):
    keep()
    assert "**Journal intact**\u00a0: 1\u202f284\u00a0inscriptions relues" in read(opened(ada))
    keep(ChainFault("L’inscription n° 7 a été modifiée après son scellement.", 7, 7))
    at = opened(ada)
    assert "**1\u00a0défaut** dans le journal" in read(at)
    assert "L’inscription n° 7 a été modifiée" in read(at)


def test_what_no_filter_finds_offers_to_clear_them(ada):
    at = opened(ada, q="rien de tel")
    assert "Aucune inscription ne correspond à ces filtres" in read(at)
    assert [each.label for each in at.button if each.label == "Effacer"] == ["Effacer"]


def test_support_does_not_see_the_page(signed_up):
    support = signed_up(Role.SUPPORT, name="Sam")
    at = open_page("/audit", person_id=support)
    assert not any(each.value == "Journal d’audit" for each in at.header)
