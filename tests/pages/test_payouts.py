"""Finances › Reversements, as those who pay use it: prepared, approved by another person, exported, marked."""

import datetime as dt

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from db.domain.files import FileKind
from db.domain.payouts import HoldReason, PayoutState
from db.domain.permissions import Role
from db.domain.time import local_day, utc_now
from db.engine import reading, transaction
from db.models import LedgerEntry, Payout, PayoutHold, PayoutRun, PayoutSettings, Seller, StoredFile, TransferBatch
from tests.dashboard.apptest import open_page
from tests.db.queries.test_payouts import create_payout
from tests.factories import IBAN, create_payee
from tests.pages.test_refunds import _ticking, button, cells, texts

S = PayoutState
ACCOUNT = {"iban": IBAN, "holder": "Maison du thé", "approved_at": dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)}


@pytest.fixture
def fay(signed_up):
    return signed_up(Role.FINANCE, name="Fay Finance")


@pytest.fixture
def mo(signed_up):
    return signed_up(Role.MANAGER, name="Mo Manager")


@pytest.fixture
def shop(use_database):
    """Two payouts to approve, 31,90 − 0,93 and 20,00; one held; of sellers that were paid 30,00 before."""
    with transaction() as session:
        tea, bread, shut = (create_payee(session, name) for name in ("Thé", "Pain", "Fermé"))
        for seller in (tea, bread):
            create_payout(session, seller, S.PAID, 30_00, paid_on=local_day(utc_now()))
        payouts = {
            "tea": create_payout(session, tea, net_cents=30_97, sale_cents=31_90, fee_cents=-93),
            "bread": create_payout(session, bread, net_cents=20_00),
            "held": create_payout(session, shut, S.HELD, 5_00, hold_reason=HoldReason.NO_IBAN),
        }
        session.execute(sa.update(PayoutRun).values(finished_at=PayoutRun.started_at))
        session.add(PayoutSettings(id=1, debtor_name="Marché", debtor_iban=IBAN))
        return {name: payout.id for name, payout in payouts.items()}


def open_payouts(person_id: int, **query: str) -> AppTest:
    at = open_page("/reversements", person_id=person_id, query=query)
    assert not at.exception
    return at


def tick(monkeypatch, *rows: int) -> None:
    monkeypatch.setattr("dashboard.payouts.table.st.dataframe", _ticking(*rows))


def start(at: AppTest, verb: str) -> AppTest:
    act = next(each for each in at.button if each.label == verb)
    at = act.click().run()
    assert not at.exception
    return at


def confirm(at: AppTest) -> AppTest:
    at = at.button(key="payouts_confirm").click().run()
    assert not at.exception
    return at


def warnings(at: AppTest) -> str:
    return "\n".join(each.value for each in at.warning).replace("\\", "")


def payout(payout_id: int) -> Payout:
    with reading() as session:
        return session.get_one(Payout, payout_id)


def approve_tea(shop: dict[str, int], person_id: int) -> None:
    with transaction() as session:
        values = {"state": S.APPROVED, "approved_by_id": person_id, "approved_by_name": "Mo Manager", **ACCOUNT}
        session.execute(sa.update(Payout).where(Payout.id == shop["tea"]).values(values))


def test_it_opens_on_what_is_to_approve_with_what_each_and_all_add_up_from(fay, shop):
    at = open_payouts(fay)
    assert cells(at, "Vendeur") == ["Pain", "Thé"]
    assert (cells(at, "Ventes")[1], cells(at, "Commissions")[1], cells(at, "Net")[1]) == (
        "31,90\u00a0€",
        "−0,93\u00a0€",
        "30,97\u00a0€",
    )
    assert cells(at, "Préparé")[0].startswith("La nuit · ")
    # 31,90 + 20,00; 30,97 + 20,00.
    assert "**2 reversements** · ventes 51,90 € · commissions −0,93 € · net **50,97 €**" in texts(at)


def test_each_list_has_its_payouts_and_the_url_says_which(fay, shop):
    held = open_payouts(fay, liste="retenus")
    assert (cells(held, "Vendeur"), cells(held, "Raison")) == (["Fermé"], ["IBAN manquant"])
    assert len(cells(open_payouts(fay, liste="payes"), "Vendeur")) == 2
    assert cells(open_payouts(fay, liste="tous", min="30,50", max="31"), "Vendeur") == ["Thé"]
    assert cells(open_payouts(fay, liste="tous", q="the"), "Vendeur") == ["Thé", "Thé"]
    assert "ne correspond à ces filtres" in texts(open_payouts(fay, q="nobody"))
    assert "Aucune dette n’est reportée." in texts(open_payouts(fay, liste="reportes"))


def test_a_seller_sees_their_own_without_anything_to_do(signed_up, shop):
    with reading() as session:
        tea = session.scalars(sa.select(Seller.id).where(Seller.name == "Thé")).one()
    at = open_payouts(signed_up(Role.SELLER, seller_id=tea), liste="tous")
    assert len(cells(at, "Net")) == 2
    assert (button(at, "Préparer maintenant"), button(at, "Classeur Excel (XLSX)")) == (None, None)


def test_support_has_no_such_page(signed_up, shop):
    at = open_page("/reversements", person_id=signed_up(Role.SUPPORT))
    assert "Thé" not in str(cells(at, "Vendeur"))


def test_a_manager_approves_several_at_once_and_does_nothing_else(mo, shop, monkeypatch):
    tick(monkeypatch, 0, 1)
    at = open_payouts(mo)
    assert button(at, "Annuler") is None
    at = start(at, "Approuver")
    assert "2 reversements · 50,97 €" in texts(at)
    at = confirm(at)
    assert "2 reversements approuvés." in texts(at)
    approved = payout(shop["tea"])
    assert (approved.state, approved.approved_by_name, approved.iban) == (S.APPROVED, "Mo Manager", IBAN)


def test_who_prepared_is_told_that_another_person_approves(fay, shop, monkeypatch):
    with transaction() as session:
        session.execute(sa.update(Payout).where(Payout.id == shop["tea"]).values(prepared_by_id=fay))
    tick(monkeypatch, 0, 1)
    at = start(open_payouts(fay), "Approuver")
    assert "une autre personne doit s’en charger" in warnings(at)
    at = confirm(at)
    assert (payout(shop["tea"]).state, payout(shop["bread"]).state) == (S.PREPARED, S.APPROVED)


def test_an_unusual_amount_is_left_out_until_it_is_ticked(mo, shop, monkeypatch):
    # 90,01 is more than three times 30,00.
    with transaction() as session:
        session.execute(
            sa.update(Payout).where(Payout.id == shop["tea"]).values(sale_cents=90_94, fee_cents=-93, net_cents=90_01)
        )
    tick(monkeypatch, 1)
    at = start(open_payouts(mo), "Approuver")
    assert at.button(key="payouts_confirm").disabled
    (unusual,) = at.checkbox
    assert "au lieu de 30,00\u00a0€ d’habitude" in unusual.label
    at = unusual.check().run()
    confirm(at)
    assert payout(shop["tea"]).state is S.APPROVED


def test_what_changed_since_it_was_looked_at_is_refused(mo, shop, monkeypatch):
    tick(monkeypatch, 1)
    at = start(open_payouts(mo), "Approuver")
    with transaction() as session:
        session.execute(sa.update(Payout).where(Payout.id == shop["tea"]).values(version=9))
    at = confirm(at)
    assert "a changé entre-temps" in warnings(at)
    assert payout(shop["tea"]).state is S.PREPARED


def test_approved_payouts_are_exported_into_one_file_that_is_waited_for(fay, mo, shop, monkeypatch):
    approve_tea(shop, mo)
    tick(monkeypatch, 0)
    at = start(open_payouts(fay, liste="approuves"), "Exporter")
    assert "Un fichier de 1 virement SEPA est préparé" in texts(at)
    at = confirm(at)
    assert "1 virement transmis." in texts(at)
    assert payout(shop["tea"]).state is S.EXPORTED
    with reading() as session:
        batch = session.scalars(sa.select(TransferBatch)).one()
        assert (batch.total_cents, batch.payout_count) == (30_97, 1)
    assert at.query_params["fichier"] == str(batch.file_id)


def test_who_approved_does_not_export(fay, shop, monkeypatch):
    approve_tea(shop, fay)
    tick(monkeypatch, 0)
    at = start(open_payouts(fay, liste="approuves"), "Exporter")
    assert "Vous avez approuvé" in warnings(at)
    assert button(at, "Exporter · 30,97\u00a0€") is None


def test_a_rejected_transfer_is_due_again_and_nothing_typed_is_lost_on_a_refusal(fay, mo, shop, monkeypatch):
    approve_tea(shop, mo)
    tick(monkeypatch, 0)
    confirm(start(open_payouts(fay, liste="approuves"), "Exporter"))
    at = start(open_payouts(fay, liste="transmis"), "Rejeté par la banque")
    at = confirm(at)
    assert "Écrivez pourquoi la banque a rejeté le virement" in texts(at)
    at = at.selectbox(key="payouts_field_code").select("AC04").run()
    at = confirm(at)
    assert "1 virement rejeté, de nouveau dû." in texts(at)
    assert (payout(shop["tea"]).state, payout(shop["tea"]).rejection) == (S.REJECTED, "AC04 – Compte clos")
    monkeypatch.undo()
    rejected = open_payouts(fay, liste="rejetes")
    assert cells(rejected, "Suite") == ["Au prochain reversement"]


def test_exported_ones_are_marked_paid(fay, mo, shop, monkeypatch):
    approve_tea(shop, mo)
    tick(monkeypatch, 0)
    confirm(start(open_payouts(fay, liste="approuves"), "Exporter"))
    at = confirm(start(open_payouts(fay, liste="transmis"), "Marquer payé"))
    assert "1 reversement payé." in texts(at)
    assert payout(shop["tea"]).paid_on == local_day(utc_now())


def test_one_is_paid_outside_of_a_file(fay, mo, shop, monkeypatch):
    approve_tea(shop, mo)
    tick(monkeypatch, 0)
    at = start(open_payouts(fay, liste="approuves"), "Payé hors fichier")
    at.text_input(key="payouts_field_reference").input("VIR 42")
    confirm(at)
    assert (payout(shop["tea"]).state, payout(shop["tea"]).payment_reference) == (S.PAID, "VIR 42")


def test_a_seller_is_held_and_released(fay, shop, monkeypatch):
    tick(monkeypatch, 1)
    at = start(open_payouts(fay), "Retenir")
    at.selectbox(key="payouts_field_reason").select(HoldReason.DISPUTE)
    at.text_input(key="payouts_field_note").input("colis perdu")
    at = confirm(at)
    assert "1 vendeur retenu." in texts(at)
    assert (payout(shop["tea"]).state, payout(shop["tea"]).hold_reason) == (S.HELD, HoldReason.DISPUTE)
    tick(monkeypatch, 1)
    confirm(start(open_payouts(fay, liste="retenus"), "Libérer"))
    assert payout(shop["tea"]).state is S.PREPARED
    with reading() as session:
        assert session.scalars(sa.select(PayoutHold.released_by_name)).one() == "Fay Finance"


def test_one_above_the_limit_is_let_through(mo, shop, monkeypatch):
    with transaction() as session:
        session.execute(sa.update(PayoutSettings).values(max_cents=10_00))
        over = {"state": S.HELD, "hold_reason": HoldReason.OVER_LIMIT}
        session.execute(sa.update(Payout).where(Payout.id == shop["tea"]).values(over))
    tick(monkeypatch, 1)
    at = start(open_payouts(mo, liste="retenus"), "Laisser passer")
    at.text_input(key="payouts_field_note").input("grosse semaine")
    confirm(at)
    assert payout(shop["tea"]).state is S.PREPARED


def test_one_is_cancelled_with_its_reason(fay, shop, monkeypatch):
    tick(monkeypatch, 0)
    at = start(open_payouts(fay), "Annuler")
    at.text_input(key="payouts_field_note").input("en double")
    at = confirm(at)
    assert "1 reversement annulé." in texts(at)
    assert payout(shop["bread"]).state is S.CANCELLED


def test_a_preparation_is_begun_and_its_progress_survives_a_reload(fay, shop):
    at = start(open_payouts(fay), "Préparer maintenant")
    assert "commence" in texts(at)
    with reading() as session:
        run = session.scalars(sa.select(PayoutRun).order_by(PayoutRun.run_on.desc()).limit(1)).one()
        assert (run.run_on, run.person_id, run.finished_at) == (local_day(utc_now()), fay, None)
    again = open_payouts(fay)
    assert button(again, "Préparer maintenant").disabled
    (progress,) = again.get("progress")
    assert progress.proto.text.startswith("Préparation en cours depuis")


def test_the_list_is_exported_by_a_job(fay, shop):
    at = start(start(open_payouts(fay), "Exporter la liste"), "Préparer le fichier")
    with reading() as session:
        row = session.scalars(sa.select(StoredFile)).one()
        assert (row.kind, row.total, row.title) == (FileKind.EXPORT, 2, "Reversements\u00a0: 2\u00a0lignes (Excel)")
    assert at.query_params["fichier"] == str(row.id)


def test_nothing_is_written_by_looking(fay, shop, monkeypatch):
    tick(monkeypatch, 0, 1)
    with reading() as session:
        before = session.scalar(sa.select(sa.func.count()).select_from(LedgerEntry))
    start(open_payouts(fay), "Approuver")
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(LedgerEntry)) == before
        assert session.scalars(sa.select(Payout.version).where(Payout.id.in_(shop.values()))).all() == [1, 1, 1]
