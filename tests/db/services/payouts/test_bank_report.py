"""What the bank says, file after file: the same debit again is nothing, another one is an alarm."""

from sqlalchemy.orm import Session

from db.domain.bank_matching import Verdict
from db.domain.bank_reports import BankAnswer, BankReport, Said
from db.domain.payouts import PayoutState, reference_of
from db.services.payouts.bank_report import apply_report, plan_report
from tests.conftest import NOW
from tests.factories import create_payee
from tests.payouts import TODAY, exported, finance, history


def test_a_second_debit_of_the_same_day_is_seen_in_a_later_file(session: Session) -> None:
    payout, clerk = exported(session, create_payee(session)), finance(session)

    def told(booking: str) -> BankReport:
        debit = BankAnswer(Said.PAID, reference_of(payout.id), on=TODAY, cents=payout.net_cents, booking=booking)
        return BankReport("camt.053.001.08", TODAY, (debit,))

    assert apply_report(session, clerk, told("A1"), NOW).paid == 1
    assert payout.state is PayoutState.PAID
    assert ("paid", "le 21/11/2026 – débité, réf. A1") in history(session, payout)
    seen = [plan_report(session, clerk, told(booking), NOW).lines[0] for booking in ("A1", "", "B2")]
    assert [line.verdict for line in seen] == [Verdict.NOTHING, Verdict.NOTHING, Verdict.LOOK]
    assert seen[-1].sentence == "Débité deux fois, références A1 et B2\u00a0: appelez votre banque."
