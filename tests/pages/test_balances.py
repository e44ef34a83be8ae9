"""Finances › Soldes: what the night found."""

from db.domain.balances import MAX_FINDINGS
from db.domain.permissions import Role
from db.domain.time import utc_now
from db.engine import transaction
from db.models import BalanceFinding, JobRun, Payout
from tests.dashboard.apptest import open_page
from tests.factories import create_order, create_payee, create_run
from tests.payouts import TODAY


def test_a_house_that_was_never_checked_says_when_it_will_be(signed_up):
    page = open_page("/soldes", person_id=signed_up(Role.FINANCE))
    assert "chaque nuit" in page.info[0].value


def test_all_agrees_is_said_with_the_time_of_the_check(signed_up):
    with transaction() as session:
        session.add(JobRun(job="check-balances", started_at=utc_now(), finished_at=utc_now(), done=3))
    page = open_page("/soldes", person_id=signed_up(Role.FINANCE))
    assert page.success[0].value == "Tout concorde."
    assert any("Dernier contrôle" in each.value for each in page.caption)


def test_each_thing_that_does_not_agree_leads_to_its_order(signed_up):
    with transaction() as session:
        order = create_order(session, number="C-77")
        session.add(
            BalanceFinding(
                subject="ledger",
                order_id=order.id,
                expected=1,
                found=2,
                sentence="Commande C-77 : …",
                found_at=utc_now(),
            )
        )
    page = open_page("/soldes", person_id=signed_up(Role.MANAGER))
    assert not page.success
    assert page.subheader[0].value == "Compte du vendeur"
    assert any("n=C-77" in each.value for each in page.markdown)


def test_a_list_without_end_says_that_it_was_cut_and_hides_no_other(signed_up):
    with transaction() as session:
        for subject, count in (("ledger", 1), ("points", MAX_FINDINGS)):
            row = {"subject": subject, "expected": 1, "found": 2, "sentence": "…", "found_at": utc_now()}
            session.add_all([BalanceFinding(**row) for _ in range(count)])
    page = open_page("/soldes", person_id=signed_up(Role.MANAGER))
    assert [each.value for each in page.subheader] == ["Compte du vendeur", "Points de fidélité"]
    assert sum("Au-delà de 100 écarts" in each.value for each in page.caption) == 1


def test_what_does_not_agree_of_a_payout_leads_to_it(signed_up):
    with transaction() as session:
        run_id = create_run(session, TODAY)
        payout = Payout(
            seller_id=create_payee(session).id, currency="EUR", run_id=run_id, state="cancelled", due_on=TODAY,
            prepared_at=utc_now(),
        )  # fmt: skip
        session.add(payout)
        session.flush()
        row = {"subject": "payouts", "expected": 1, "found": 2, "sentence": "REV-000001 : …", "found_at": utc_now()}
        session.add(BalanceFinding(payout_id=payout.id, **row))
        payout_id = payout.id
    page = open_page("/soldes", person_id=signed_up(Role.FINANCE))
    assert not page.exception
    assert page.subheader[0].value == "Reversements"
    assert any(f"(/reversement?r={payout_id})" in each.value for each in page.markdown)
