"""What follows from the bank's answers: nothing guessed, nothing twice."""

import datetime as dt

import pytest

from db.domain.bank_matching import KnownPayout, PlannedLine, Verdict, booking_note, booking_of, plan
from db.domain.bank_reports import BankAnswer, BankReport, Said
from db.domain.payouts import PayoutState

SENT, DAY, LATER = dt.date(2026, 11, 19), dt.date(2026, 11, 20), dt.date(2026, 11, 23)
TODAY = dt.date(2026, 11, 27)
REFERENCE, FILE = "REV-000007", "VIR-1"


def payout(state: PayoutState = PayoutState.EXPORTED, payout_id: int = 7, **facts: object) -> KnownPayout:
    known = {"net_cents": 30_97, "currency": "EUR", "message_id": FILE, "paid_on": None, "sent_on": SENT} | facts
    return KnownPayout(payout_id, state, 3, "Maison du thé", **known)  # type: ignore[arg-type]  # as the test says


def answer(said: Said = Said.PAID, reference: str = REFERENCE, **facts: object) -> BankAnswer:
    return BankAnswer(said, reference, **({"message_id": FILE, "on": DAY} | facts))  # type: ignore[arg-type]  # as above


def line(known: KnownPayout | None, *answers: BankAnswer) -> PlannedLine:
    report = BankReport("camt.053.001.08", DAY, answers)
    (only,) = plan(report, [known] if known else [], TODAY).lines
    return only


def test_a_debit_is_a_payment_of_its_day() -> None:
    found = line(payout(), answer(cents=30_97, currency="EUR"))
    assert (found.reference, found.verdict, found.on, found.sentence) == (
        REFERENCE, Verdict.PAY, DAY, "Débité le 20/11/2026.",
    )  # fmt: skip


@pytest.mark.parametrize("state", [PayoutState.EXPORTED, PayoutState.PAID])
def test_what_comes_back_is_due_again(state: PayoutState) -> None:
    found = line(payout(state, paid_on=DAY), answer(Said.RETURNED, on=LATER, code="AC04", words="Compte clos"))
    assert (found.verdict, found.on, found.code) == (Verdict.REJECT, LATER, "AC04")
    assert found.sentence == "Revenu le 23/11/2026\u00a0: AC04 – Compte clos. 30,97\u00a0€ sont de nouveau dus."


def test_of_a_debit_and_its_return_on_one_statement_the_return_counts() -> None:
    assert line(payout(), answer(), answer(Said.RETURNED, on=LATER)).verdict is Verdict.REJECT


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (payout(PayoutState.PAID, paid_on=DAY), answer()),
        (payout(PayoutState.PAID, paid_on=DAY), answer(Said.ACCEPTED)),
        (payout(PayoutState.REJECTED, rejected_on=LATER), answer(Said.REJECTED)),
        (payout(PayoutState.REJECTED, rejected_on=LATER), answer(Said.RETURNED)),
        # The debit of before it came back.
        (payout(PayoutState.REJECTED, rejected_on=LATER), answer()),
        (payout(), answer(Said.ACCEPTED)),
    ],
)
def test_what_is_noted_already_stays_as_it_is(known: KnownPayout, said: BankAnswer) -> None:
    assert line(known, said).verdict is Verdict.NOTHING


@pytest.mark.parametrize(
    ("known", "said", "sentence"),
    [
        (None, answer(), "Aucun reversement ne porte cette référence."),
        (payout(), answer(cents=30_00, currency="EUR"), "La banque dit 30,00\u00a0€, mais il est de 30,97\u00a0€"),
        (payout(), answer(cents=30_97, currency="USD"), "mais il est de 30,97\u00a0€"),
        (payout(), answer(message_id="VIR-2"), "La banque parle de la remise VIR-2, mais il est dans VIR-1."),
        (payout(PayoutState.APPROVED, message_id=""), answer(), "Il est « Approuvé »"),
        (payout(PayoutState.CANCELLED), answer(Said.REJECTED), "Il est « Annulé »"),
        (payout(), answer(on=SENT - dt.timedelta(days=1)), "ce qui ne peut pas être"),
        (payout(), answer(on=TODAY + dt.timedelta(days=1)), "ce qui ne peut pas être"),
        (payout(PayoutState.PAID, paid_on=DAY), answer(on=LATER), "vérifiez qu’il ne l’est pas deux fois"),
        (payout(PayoutState.PAID, paid_on=DAY), answer(Said.REJECTED, words="Compte clos"), "Noté payé le 20/11/2026"),
        (payout(PayoutState.REJECTED, rejected_on=DAY), answer(on=LATER), "après avoir été noté rejeté"),
        (payout(), answer(Said.DUPLICATE, code="AM05"), "le premier envoi vaut toujours"),
        (payout(), answer(Said.UNCLEAR, words="État « X » inconnu"), "État « X » inconnu"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_for_somebody_to_look_at(
    known: KnownPayout | None, said: BankAnswer, sentence: str
) -> None:
    found = line(known, said)
    assert found.verdict is Verdict.LOOK
    assert sentence in found.sentence


def test_what_is_debited_twice_is_an_alarm() -> None:
    found = line(payout(), answer(), answer(on=LATER))
    assert (found.verdict, found.sentence) == (Verdict.LOOK, "Débité 2 fois\u00a0: appelez votre banque.")


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        # Two bookings of one day, told apart by the bank's reference, or by that of the line.
        ({"booking": "A1"}, {"booking": "B2"}, 2),
        ({"line": "1"}, {"line": "2"}, 2),
        # One booking, told twice.
        ({"booking": "A1"}, {"booking": "A1"}, 1),
        ({"booking": "A1", "line": "1"}, {"booking": "A1", "line": "2"}, 1),
        ({"booking": "A1"}, {}, 1),
        ({"line": "1"}, {}, 1),
        ({}, {}, 1),
    ],
)  # fmt: skip
def test_two_debits_of_one_day_are_told_apart_by_the_bank_s_references(
    first: dict[str, str], second: dict[str, str], count: int
) -> None:
    found = line(payout(), answer(**first), answer(**second))
    assert (found.verdict is Verdict.LOOK, "Débité 2 fois" in found.sentence) == (count == 2, count == 2)


def test_a_debit_of_another_reference_than_the_noted_one_is_an_alarm_in_any_file() -> None:
    noted = payout(PayoutState.PAID, paid_on=DAY, booking=booking_of(f"le 20/11/2026 – {booking_note('A1')}"))
    assert line(noted, answer(booking="A1")).verdict is Verdict.NOTHING
    assert line(noted, answer()).verdict is Verdict.NOTHING
    alarm = line(noted, answer(booking="B2"))
    assert (alarm.verdict, alarm.sentence) == (
        Verdict.LOOK, "Débité deux fois, références A1 et B2\u00a0: appelez votre banque.",
    )  # fmt: skip
    # The first one came back; the second one did not.
    rejected = payout(PayoutState.REJECTED, rejected_on=LATER, booking="A1")
    assert line(rejected, answer(booking="B2")).verdict is Verdict.LOOK
    # Noted without a reference: nobody can tell.
    assert line(payout(PayoutState.PAID, paid_on=DAY), answer(booking="B2")).verdict is Verdict.NOTHING


def test_what_is_said_of_a_file_holds_for_those_that_are_not_named() -> None:
    report = BankReport(
        "pain.002.001.10", DAY, (answer(Said.REJECTED, "", code="FF01"), answer(Said.ACCEPTED, "REV-000008"))
    )
    planned = plan(report, [payout(), payout(payout_id=8)], TODAY)
    assert [(each.reference, each.verdict) for each in planned.lines] == [
        (REFERENCE, Verdict.REJECT),
        ("REV-000008", Verdict.NOTHING),
    ]


def test_a_file_that_was_sent_twice_is_one_line_to_look_at() -> None:
    report = BankReport("pain.002.001.10", DAY, (answer(Said.DUPLICATE, "", code="DUPL"),))
    (only,) = plan(report, [payout(), payout(payout_id=8)], TODAY).lines
    assert (only.reference, only.verdict, only.payout) == (FILE, Verdict.LOOK, None)


def test_one_debit_for_a_file_pays_what_it_comes_to_without_those_rejected_before() -> None:
    known = [payout(), payout(payout_id=8, net_cents=10_00), payout(PayoutState.REJECTED, 9, rejected_on=DAY)]
    debit = answer(reference="", cents=40_97, currency="EUR")
    planned = plan(BankReport("camt.053.001.08", DAY, (debit,)), known, TODAY)
    assert [(each.reference, each.verdict) for each in planned.lines] == [
        (REFERENCE, Verdict.PAY),
        ("REV-000008", Verdict.PAY),
    ]
    other = answer(reference="", cents=71_94, currency="EUR")
    (doubt,) = plan(BankReport("camt.053.001.08", DAY, (other,)), known, TODAY).lines
    assert doubt.sentence == "La banque a débité 71,94\u00a0€ pour cette remise, qui compte 40,97\u00a0€."


def test_a_file_that_is_debited_twice_is_an_alarm() -> None:
    known = [payout(), payout(payout_id=8, net_cents=10_00)]
    debits = [answer(reference="", cents=40_97, currency="EUR", booking=booking) for booking in ("A1", "B2")]
    (doubt,) = plan(BankReport("camt.053.001.08", DAY, tuple(debits)), known, TODAY).lines
    assert (doubt.reference, doubt.verdict, doubt.sentence) == (
        FILE, Verdict.LOOK, "Débité 2 fois\u00a0: appelez votre banque.",
    )  # fmt: skip
    once = plan(BankReport("camt.053.001.08", DAY, (debits[0],)), known, TODAY)
    assert [(each.verdict, each.booking) for each in once.lines] == [(Verdict.PAY, "A1")] * 2


def test_lines_of_others_are_counted_and_not_told() -> None:
    foreign = (answer(reference="SALAIRES-11"), answer(Said.UNCLEAR, "CLIENT-4"), answer(reference="", message_id="X"))
    planned = plan(BankReport("camt.053.001.08", DAY, foreign, other_lines=2), [], TODAY)
    assert (planned.lines, planned.other_lines) == ((), 5)
