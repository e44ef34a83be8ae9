import datetime as dt
from collections.abc import Sequence

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.files import FileKind, FileState
from db.domain.ledger import LedgerKind
from db.domain.payout_acts import AccountChangedError, DebtorMissingError, ShownPayout
from db.domain.payouts import HoldReason, PayoutMovedError, PayoutRefusedError, PayoutState
from db.domain.permissions import Role
from db.models import LedgerEntry, Payout, PayoutHold, Seller, StoredFile, TransferBatch
from db.services.payouts.exporting import export_payouts, refused_exports, undo_export
from db.services.payouts.marking import mark_paid, pay_by_hand, reject
from db.services.payouts.standing import standing_of
from tests.conftest import NOW
from tests.factories import IBAN, create_payee, create_person
from tests.payouts import (
    MONDAY,
    TODAY,
    actor_of,
    approved,
    balance,
    exported,
    finance,
    history,
    pays,
    prepared,
    shown,
)

OTHER_IBAN = "FR7630006000011234567890189"


@pytest.fixture
def seller(session: Session) -> Seller:
    pays(session)
    return create_payee(session)


def export(
    session: Session,
    payouts: Sequence[ShownPayout],
    actor: Actor | None = None,
    day: dt.date = MONDAY,
    key: str = "first",
) -> int:
    return export_payouts(session, actor or finance(session), payouts, day, key, NOW)


def closing_entries(session: Session, payout: Payout) -> list[tuple[str, LedgerKind, int]]:
    rows = session.execute(
        sa.select(LedgerEntry.cause, LedgerEntry.kind, LedgerEntry.amount_cents)
        .where(LedgerEntry.payout_id == payout.id)
        .order_by(LedgerEntry.id)
    )
    return [(row.cause, row.kind, row.amount_cents) for row in rows]


def give_up_file(session: Session, batch_id: int, state: FileState = FileState.FAILED) -> None:
    session.flush()
    file_id = session.get_one(TransferBatch, batch_id).file_id
    session.get_one(StoredFile, file_id).state = state
    session.flush()


def test_a_file_of_transfers_is_asked_for_and_the_accounts_are_settled(session: Session, seller: Seller) -> None:
    other = create_payee(session)
    payouts = [approved(session, seller), approved(session, other, 50_00)]
    actor = finance(session)
    batch = session.get_one(TransferBatch, export(session, [shown(each) for each in payouts], actor))
    assert (batch.payout_count, batch.total_cents, batch.currency, batch.requested_on) == (2, 150_00, "EUR", MONDAY)
    assert (batch.debtor_name, batch.debtor_iban, batch.person_id) == ("Marketplace SAS", IBAN, actor.person_id)
    file = session.get_one(StoredFile, batch.file_id)
    assert (file.kind, file.arguments, file.total) == (FileKind.TRANSFERS, {"batch_id": batch.id}, 2)
    for payout, cents in zip(payouts, (100_00, 50_00), strict=True):
        assert (payout.state, payout.batch_id, payout.closed_at) == (PayoutState.EXPORTED, batch.id, NOW)
        assert closing_entries(session, payout) == [(f"payout:{payout.id}", LedgerKind.PAYOUT, -cents)]
        assert history(session, payout)[-1] == ("exported", batch.message_id)
    assert (balance(session, seller), balance(session, other)) == (0, 0)


def test_a_second_click_finds_the_first_ones_batch(session: Session, seller: Seller) -> None:
    payout = approved(session, seller)
    seen, actor = shown(payout), finance(session)
    assert export(session, [seen], actor) == export(session, [seen], actor)
    assert balance(session, seller) == 0


def test_who_approved_does_not_transmit(session: Session, seller: Seller) -> None:
    second = finance(session)
    payout = approved(session, seller, by=second)
    with pytest.raises(PayoutRefusedError, match="Vous avez approuvé"):
        export(session, [shown(payout)], second)
    pays(session, four_eyes=False)
    export(session, [shown(payout)], second)
    assert "contrôle à quatre yeux désactivé" in history(session, payout)[-1][1]


def test_the_whole_file_is_refused_for_one_that_cannot_go_and_the_sentence_names_it(
    session: Session, seller: Seller
) -> None:
    good, waiting = approved(session, seller), prepared(session, create_payee(session))
    with pytest.raises(PayoutRefusedError, match=rf"Rien n’a été transmis.*REV-{waiting.id:06d} est « À approuver »"):
        export(session, [shown(good), shown(waiting)])
    assert (good.state, balance(session, seller)) == (PayoutState.APPROVED, 100_00)


def test_what_would_be_refused_is_told_before_anything_is_written(session: Session, seller: Seller) -> None:
    approver, exporter = finance(session), finance(session)
    good, moved = approved(session, seller, by=approver), approved(session, create_payee(session))
    stale = ShownPayout(moved.id, moved.version - 1)
    assert [type(each.error) for each in refused_exports(session, exporter, [shown(good), stale], NOW)] == [
        PayoutMovedError
    ]
    assert [each.payout_id for each in refused_exports(session, approver, [shown(good)], NOW)] == [good.id]
    assert good.state is PayoutState.APPROVED


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"iban": OTHER_IBAN}, "a changé depuis l’approbation"),
        ({"iban": None}, "IBAN manquant"),
        ({"iban": "FR7630006000011234567890188"}, "IBAN non valide"),
        ({"iban_changed_at": NOW}, "IBAN changé récemment"),
    ],
)
def test_an_account_that_is_not_the_approved_one_any_more_gets_nothing(
    session: Session, seller: Seller, columns: dict[str, object], sentence: str
) -> None:
    payout = approved(session, seller)
    for name, value in columns.items():
        setattr(seller, name, value)
    session.flush()
    with pytest.raises(PayoutRefusedError, match=sentence):
        export(session, [shown(payout)])


def test_an_account_that_rests_and_is_another_one_is_told_to_be_another_one(session: Session, seller: Seller) -> None:
    payout = approved(session, seller)
    seller.iban, seller.iban_changed_at = OTHER_IBAN, NOW
    session.flush()
    refused = refused_exports(session, finance(session), [shown(payout)], NOW)
    assert [type(each.error) for each in refused] == [AccountChangedError]


def test_a_seller_that_is_held_since_the_approval_gets_nothing(session: Session, seller: Seller) -> None:
    payout = approved(session, seller)
    session.add(PayoutHold(seller_id=seller.id, reason=HoldReason.SUSPENDED))
    session.flush()
    with pytest.raises(PayoutRefusedError, match="Vendeur suspendu"):
        export(session, [shown(payout)])


def test_a_limit_that_is_lowered_after_the_approval_changes_nothing(session: Session, seller: Seller) -> None:
    payout = approved(session, seller)
    pays(session, max_cents=1)
    export(session, [shown(payout)])
    assert payout.state is PayoutState.EXPORTED


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        # TARGET is closed on Saturdays, Good Friday and Christmas (ECB); Monday the 23rd is the next day.
        (TODAY, r"21/11/2026, les banques ne paient pas. Le prochain jour est le 23/11/2026"),
        (dt.date(2026, 12, 25), r"prochain jour est le 28/12/2026"),
        (dt.date(2027, 3, 26), r"prochain jour est le 30/03/2027"),
        (dt.date(2026, 11, 20), r"20/11/2026 est passé. Le prochain jour où les banques paient est le 23/11/2026"),
        (dt.date(2036, 11, 24), r"dans plus d’un an"),
    ],
)
def test_a_day_on_which_no_bank_pays_is_refused_with_the_next_one(
    session: Session, seller: Seller, day: dt.date, sentence: str
) -> None:
    payout = approved(session, seller)
    with pytest.raises(InvalidInputError, match=sentence):
        export(session, [shown(payout)], day=day)


def test_a_french_holiday_on_which_banks_settle_is_a_day_like_another(session: Session, seller: Seller) -> None:
    payout = approved(session, seller)
    export(session, [shown(payout)], day=dt.date(2027, 7, 14))
    assert payout.state is PayoutState.EXPORTED


@pytest.mark.parametrize("missing", ["debtor_name", "debtor_iban"])
def test_nothing_goes_without_the_account_that_pays(session: Session, seller: Seller, missing: str) -> None:
    payout = approved(session, seller)
    pays(session, **{missing: ""})
    with pytest.raises(DebtorMissingError, match="Réglages › Règles de versement"):
        export(session, [shown(payout)])


def test_another_currency_is_paid_otherwise(session: Session, seller: Seller) -> None:
    payout = approved(session, seller)
    payout.currency = "CHF"
    session.flush()
    with pytest.raises(PayoutRefusedError, match="est en CHF"):
        export(session, [shown(payout)])


def test_an_account_that_no_transfer_of_ours_reaches_is_paid_otherwise(session: Session) -> None:
    pays(session)
    # Brazil has IBANs and is not in SEPA (example of the registry of IBANs).
    payout = approved(session, create_payee(session, iban="BR1800360305000010009795493C1"))
    with pytest.raises(PayoutRefusedError, match=r"\(BR\) n’est pas dans l’espace SEPA"):
        export(session, [shown(payout)])


def test_an_iban_that_the_shop_wrote_in_groups_is_sent_without_spaces(session: Session) -> None:
    pays(session)
    seller = create_payee(session, iban="fr14 2004 1010 0505 0001 3M02 606")
    payout = approved(session, seller)
    assert payout.iban == IBAN
    export(session, [shown(payout)])
    reject(session, finance(session), payout.id, payout.version, "AC04", "Compte clos", TODAY, NOW)
    assert standing_of(session, seller.id).iban_was_refused


def test_nothing_chosen_and_nobody_allowed_are_refused(session: Session, seller: Seller) -> None:
    with pytest.raises(PayoutRefusedError, match="au moins un"):
        export(session, [])
    with pytest.raises(PayoutRefusedError, match="n’existe pas"):
        export(session, [ShownPayout(999_999_999, 1)])
    payout = approved(session, seller)
    manager = actor_of(create_person(session, Role.MANAGER))
    with pytest.raises(NotAllowedError):
        export(session, [shown(payout)], manager)


class TestUndo:
    @pytest.mark.parametrize("state", [FileState.FAILED, FileState.CANCELLED])
    def test_payouts_without_a_file_are_approved_again_and_go_into_another(
        self, session: Session, seller: Seller, state: FileState
    ) -> None:
        payout = approved(session, seller)
        batch_id = export(session, [shown(payout)])
        give_up_file(session, batch_id, state)
        undo_export(session, finance(session), batch_id, "Nom illisible", NOW)
        assert (payout.state, payout.batch_id, payout.closed_at) == (PayoutState.APPROVED, None, None)
        assert session.get_one(TransferBatch, batch_id).undone_at == NOW
        assert balance(session, seller) == 100_00

        again = export(session, [shown(payout)], key="second")
        assert again != batch_id
        assert closing_entries(session, payout) == [
            (f"payout:{payout.id}", LedgerKind.PAYOUT, -100_00),
            (f"payout_undone:{payout.id}:1", LedgerKind.PAYOUT, 100_00),
            (f"payout:{payout.id}:2", LedgerKind.PAYOUT, -100_00),
        ]
        assert balance(session, seller) == 0
        give_up_file(session, again)
        undo_export(session, finance(session), again, "Encore", NOW)
        pay_by_hand(session, finance(session), payout.id, payout.version, TODAY, "VIR 1", NOW)
        assert (closing_entries(session, payout)[-1][0], balance(session, seller)) == (f"payout:{payout.id}:3", 0)

    @pytest.mark.parametrize("state", [FileState.QUEUED, FileState.MAKING])
    def test_a_file_that_may_still_come_is_not_undone(self, session: Session, seller: Seller, state: FileState) -> None:
        payout = exported(session, seller)
        assert payout.batch_id is not None
        give_up_file(session, payout.batch_id, state)
        with pytest.raises(PayoutRefusedError, match="peut encore venir"):
            undo_export(session, finance(session), payout.batch_id, "Non", NOW)

    def test_a_file_that_somebody_may_have_downloaded_is_not_undone(self, session: Session, seller: Seller) -> None:
        payout = exported(session, seller)
        assert payout.batch_id is not None
        file = session.get_one(StoredFile, session.get_one(TransferBatch, payout.batch_id).file_id)
        file.state, file.sha256 = FileState.READY, "0" * 64
        session.flush()
        with pytest.raises(PayoutRefusedError, match="la banque l’a peut-être"):
            undo_export(session, finance(session), payout.batch_id, "Non", NOW)

    def test_it_is_undone_once(self, session: Session, seller: Seller) -> None:
        payout = exported(session, seller)
        batch_id = payout.batch_id
        assert batch_id is not None
        give_up_file(session, batch_id)
        undo_export(session, finance(session), batch_id, "Nom illisible", NOW)
        with pytest.raises(PayoutRefusedError, match="déjà été retirée"):
            undo_export(session, finance(session), batch_id, "Encore", NOW)
        assert balance(session, seller) == 100_00

    def test_what_was_noted_as_paid_meanwhile_stays_so(self, session: Session, seller: Seller) -> None:
        payouts = [approved(session, seller), approved(session, create_payee(session))]
        batch_id = export(session, [shown(each) for each in payouts])
        mark_paid(session, finance(session), payouts[0].id, payouts[0].version, TODAY, NOW)
        give_up_file(session, batch_id)
        undo_export(session, finance(session), batch_id, "Nom illisible", NOW)
        assert [each.state for each in payouts] == [PayoutState.PAID, PayoutState.APPROVED]
        assert balance(session, seller) == 0

    def test_nobody_undoes_without_a_reason_or_the_right_to(self, session: Session, seller: Seller) -> None:
        payout = exported(session, seller)
        assert payout.batch_id is not None
        give_up_file(session, payout.batch_id)
        with pytest.raises(InvalidInputError, match="écrivez pourquoi"):
            undo_export(session, finance(session), payout.batch_id, "", NOW)
        manager = actor_of(create_person(session, Role.MANAGER))
        with pytest.raises(NotAllowedError):
            undo_export(session, manager, payout.batch_id, "Nom illisible", NOW)
        with pytest.raises(NotAllowedError):
            refused_exports(session, manager, [shown(payout)], NOW)


def test_of_many_refusals_the_first_few_are_told_and_the_rest_counted(session: Session, seller: Seller) -> None:
    waiting = [shown(prepared(session, create_payee(session))) for _ in range(7)]
    with pytest.raises(PayoutRefusedError, match="Et 2\u00a0autres"):
        export(session, waiting)
