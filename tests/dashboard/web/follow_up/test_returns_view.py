"""What the pages say of returns, state by state, before they are drawn."""

import datetime as dt
from dataclasses import replace

import pytest

from dashboard.web.follow_up.return_form import Typed, read_typed, return_form
from dashboard.web.follow_up.return_view import ReturnView, return_view
from dashboard.web.follow_up.returns import OrdersReturns, orders_returns
from db.domain.orders import ActorKind, PaymentMethod, PaymentRecordState, ReturnStatus
from db.domain.progress import StepState
from db.domain.return_rules import ReturnableLine, ReturnableOrder
from db.domain.returns import ReturnReason, ReturnRules
from db.domain.vouchers import VoucherFacts
from db.emails.example import EXAMPLE
from db.queries.follow_up_returns import (
    CustomersMessage,
    CustomersRefund,
    CustomersReturn,
    CustomersVoucher,
    GivenBack,
)
from tests.conftest import NOW

S = ReturnStatus
TODAY = dt.date(2026, 11, 21)  # The day of NOW, a Saturday.
DAY = dt.timedelta(days=1)
NOTHING = GivenBack((), ())
USUAL_RULES = ReturnRules()
WANTED = CustomersReturn(
    id=12,
    status=S.REQUESTED,
    reason=ReturnReason.DAMAGED,
    explanation="Fêlée.",
    decision="",
    requested_at=NOW - 2 * DAY,
    decided_at=None,
    received_at=None,
    completed_at=None,
    units={-2: 1},
    photo_ids=(5, 6),
    messages=(CustomersMessage(ActorKind.CUSTOMER, "Alors ?", NOW), CustomersMessage(ActorKind.PERSON, "Oui.", NOW)),
)
REFUND = CustomersRefund(
    settlement_id=1,
    return_id=12,
    method=PaymentMethod.CARD,
    state=PaymentRecordState.PENDING,
    amount_cents=12_50,
    currency="EUR",
    ended_at=None,
    deduction_reason="",
)
VOUCHER = VoucherFacts(
    id=1,
    code="7F3K-9MPX-2WTJ",
    amount_cents=10_00,
    used_cents=0,
    currency="EUR",
    expires_on=dt.date(2027, 5, 31),
    cancelled_at=None,
    version=1,
)


def view(
    *, back: GivenBack = NOTHING, rules: ReturnRules = USUAL_RULES, on_paper: bool = False, **columns: object
) -> ReturnView:
    return return_view(EXAMPLE, replace(WANTED, **columns), rules, back, NOW, on_paper=on_paper)


def said(page: ReturnView) -> str:
    return " ".join((page.headline.title, *page.headline.sentences))


# One return.


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "N’envoyez rien avant notre réponse"),
        # Accepted on Friday 20 November: fourteen days later is Friday 4 December (Code de la consommation, L221-23).
        ({"status": S.AWAITING_PARCEL, "decided_at": NOW - DAY}, "au plus tard le vendredi 4 décembre 2026"),
        ({"status": S.AWAITING_PARCEL, "decided_at": NOW - 30 * DAY}, "S’il n’est pas parti, écrivez-nous"),
        # Asked for on Thursday 19 November: the money is to be back within fourteen days (L221-24).
        ({"status": S.PARCEL_RECEIVED}, "au plus tard le jeudi 3 décembre 2026"),
        ({"status": S.COMPLETED}, "Votre retour est terminé"),
        ({"status": S.DENIED}, "Votre demande de retour est refusée"),
    ],
)
def test_each_state_says_what_comes_next(columns: dict[str, object], words: str) -> None:
    assert words in said(view(**columns))


def test_a_promise_that_was_missed_is_not_made_again() -> None:
    late = view(status=S.PARCEL_RECEIVED, requested_at=NOW - 30 * DAY)
    assert "puis nous vous remboursons." in said(late)
    assert "au plus tard" not in said(late)


def test_the_steps_lead_to_the_end_and_a_refusal_has_none() -> None:
    assert [step.state for step in view(status=S.PARCEL_RECEIVED).steps] == [
        StepState.DONE,
        StepState.DONE,
        StepState.CURRENT,
        StepState.TO_COME,
    ]
    assert view(status=S.AWAITING_PARCEL).step_words == "Étape 2 sur 4\u00a0: accepté"
    assert view(status=S.DENIED).steps == ()


def test_how_to_send_is_said_while_the_parcel_is_awaited_only() -> None:
    sending = view(status=S.AWAITING_PARCEL, rules=ReturnRules(instructions="Par la poste.")).sending
    assert sending is not None
    assert (sending.instructions, sending.address) == (
        "Par la poste.",
        ("Maison du thé", "3 place du Capitole", "31000 Toulouse"),
    )
    usual = view(status=S.AWAITING_PARCEL).sending
    assert usual is not None
    assert "glissez le bon de retour dans le colis" in usual.instructions
    assert all(view(status=status).sending is None for status in S if status is not S.AWAITING_PARCEL)


def test_photos_may_be_added_while_it_is_under_way_and_there_is_room() -> None:
    assert view().photo_room == 3  # Five may be shown, two are.
    assert view(rules=ReturnRules(max_photos=1)).photo_room == 0
    assert view(status=S.COMPLETED).photo_room == 0


def test_the_decision_is_told_and_staff_have_no_name() -> None:
    page = view(status=S.DENIED, decision="Le sceau est rompu.")
    assert page.decision == "Le sceau est rompu."
    assert [(each.who, each.is_mine) for each in page.messages] == [("Vous", True), ("Service client", False)]


def test_paper_tells_where_it_is_and_nothing_that_was_said_or_shown() -> None:
    back = GivenBack((), (CustomersVoucher(1, 12, VOUCHER, ""),))
    page = view(back=back, on_paper=True)
    assert (page.explanation, page.photo_ids, page.photo_room, page.messages) == ("", (), 0, ())
    assert page.read_only == "Pour lire vos échanges et compléter ce retour, ouvrez le lien reçu par e-mail."
    (voucher,) = page.given_back
    assert voucher.code == ""
    assert "Son code est dans l’e-mail qui vous l’annonce." in voucher.sentences


# What was given back.


@pytest.mark.parametrize(
    ("refund", "state", "sentences"),
    [
        (REFUND, "En cours", ()),
        (replace(REFUND, state=PaymentRecordState.SENT), "En cours", ()),
        (replace(REFUND, state=PaymentRecordState.FAILED), "En cours", ()),  # Still owed: it is done again.
        (
            replace(REFUND, state=PaymentRecordState.CAPTURED, ended_at=NOW),
            "Fait",
            (
                "Fait le samedi 21 novembre 2026.",
                "Selon votre banque, il paraît sur votre compte sous quelques jours ouvrés.",
            ),
        ),
        (replace(REFUND, method=PaymentMethod.CHEQUE), "En cours", ()),
    ],
)
def test_a_refund_is_under_way_until_it_is_done(
    refund: CustomersRefund, state: str, sentences: tuple[str, ...]
) -> None:
    (back,) = view(back=GivenBack((refund,), ())).given_back
    assert (back.state, back.sentences) == (state, sentences)
    assert back.title == (
        "12,50\u00a0€ par chèque" if refund.method is PaymentMethod.CHEQUE else "12,50\u00a0€ sur votre carte bancaire"
    )


def test_a_voucher_is_told_with_its_code_while_it_can_be_used() -> None:
    def told(**columns: object) -> tuple[str, str, tuple[str, ...]]:
        (back,) = view(back=GivenBack((), (CustomersVoucher(1, 12, replace(VOUCHER, **columns), ""),))).given_back
        assert back.title == "10,00\u00a0€ en bon d’achat"
        return back.code, back.state, back.sentences

    until = "Valable jusqu’au lundi 31 mai 2027."
    assert told() == ("7F3K-9MPX-2WTJ", "À utiliser", (until,))
    assert told(used_cents=4_00) == ("7F3K-9MPX-2WTJ", "Utilisé en partie", (until, "Il y reste 6,00\u00a0€."))
    assert told(used_cents=10_00) == ("", "Utilisé", ())
    assert told(expires_on=TODAY - DAY) == ("", "Expiré", ())


def test_why_less_was_given_is_said_once() -> None:
    refund, why = (
        replace(REFUND, deduction_reason="boîte abîmée"),
        "Une partie du prix n’est pas rendue\u00a0: boîte abîmée",
    )
    given = CustomersVoucher(1, 12, VOUCHER, "boîte abîmée")

    def told(*refunds: CustomersRefund) -> list[str]:
        back = GivenBack(refunds, (given,))
        return [part for each in orders_returns(None, [], back, TODAY, on_paper=False).given_back
                for part in each.sentences if part == why]  # fmt: skip

    # Two refunds of one decision, as where one took the place of a voucher.
    assert told() == told(refund) == told(refund, refund) == [why]
    # The return's page says it in its statement, with the amount.
    assert [each.sentences for each in view(back=GivenBack((refund,), ())).given_back] == [()]


def test_a_return_s_page_tells_what_was_given_for_it_alone() -> None:
    other = replace(REFUND, return_id=None)
    back = GivenBack((REFUND, other), ())
    assert len(view(back=back).given_back) == 1
    assert len(orders_returns(None, [], back, TODAY, on_paper=False).given_back) == 2


# Of an order.


def rules(*, received_on: dt.date | None = TODAY, kept: int = 1, asked: int = 0, **columns: object) -> ReturnableOrder:
    line = ReturnableLine(7, None, "", "Thé", {"Poids": "100 g"}, 3, 30_00, kept, asked, is_returnable=True)
    return ReturnableOrder(1, "N", "EUR", received_on, ReturnRules(**columns), (line,))


def of_order(facts: ReturnableOrder | None, *wanted: CustomersReturn, on_paper: bool = False) -> OrdersReturns:
    return orders_returns(facts, wanted, NOTHING, TODAY, on_paper=on_paper)


def test_a_return_is_named_with_where_it_is() -> None:
    (link,) = of_order(None, WANTED).returns
    assert (link.title, link.state, link.is_done) == ("Retour n°\u00a012", "En cours d’examen", False)
    assert link.details == "Demandé le jeudi 19 novembre 2026 · 1\u00a0article"


def test_only_what_ended_well_is_ticked_off() -> None:
    ended = [of_order(None, replace(WANTED, status=status)).returns[0] for status in (S.COMPLETED, S.DENIED)]
    assert [(each.state, each.is_done) for each in ended] == [("Terminé", True), ("Refusé", False)]


def test_a_return_is_offered_while_something_could_come_back() -> None:
    assert of_order(rules()).offer is not None
    assert of_order(rules(kept=0)).offer is None
    assert of_order(rules(kept=2, asked=2)).offer is None


@pytest.mark.parametrize(
    ("facts", "can_ask", "words"),
    [
        (rules(), True, ""),
        (rules(received_on=None), True, ""),
        # Thirty days after 21 November are 21 December, a Monday.
        (rules(window_days=30), True, "Vous pouvez demander un retour jusqu’au lundi 21 décembre 2026."),
        (rules(is_on=False), False, "Écrivez-nous quel article vous voulez rendre"),
        (rules(received_on=TODAY - 40 * DAY), False, "la garantie légale dure deux ans"),
        (rules(received_on=TODAY - 40 * DAY, is_on=False), False, "Les demandes de retour sont fermées."),
    ],
)
def test_what_is_said_of_asking_for_one(facts: ReturnableOrder, can_ask: bool, words: str) -> None:  # noqa: FBT001  a value of the table
    offer = of_order(facts).offer
    assert offer is not None
    assert offer.can_ask is can_ask
    assert words in " ".join(offer.sentences)
    assert bool(offer.sentences) is bool(words)


def test_paper_says_where_to_ask() -> None:
    offer = of_order(rules(), on_paper=True).offer
    assert offer is not None
    assert (offer.can_ask, offer.sentences) == (False, ("Pour demander un retour, ouvrez le lien reçu par e-mail.",))


# The form.


def test_the_only_article_is_ticked_already() -> None:
    (choice,) = return_form(rules(kept=3, asked=1), Typed()).choices
    assert (choice.is_ticked, choice.most, choice.units) == (True, 2, 2)
    (choice,) = return_form(rules(), Typed(key="k")).choices
    assert not choice.is_ticked  # It was taken off, and the form came back.


def test_what_is_not_taken_back_says_so_and_can_be_asked_for_all_the_same() -> None:
    facts = rules()
    facts = replace(facts, lines=(replace(facts.lines[0], is_returnable=False),))
    (choice,) = return_form(facts, Typed()).choices
    assert choice.details == "Poids\u00a0: 100 g — Ne se reprend pas, sauf article défectueux, abîmé ou non conforme."


def test_what_no_page_of_ours_sends_is_left_out() -> None:
    typed = read_typed([("article", "x"), ("article", "7"), ("unites-7", "2"), ("unites-8", "1"), ("motif", "?")])
    assert (dict(typed.units), typed.ticked, typed.reason) == ({7: 2}, frozenset({7}), None)
    assert typed.request.units == {7: 2}
    assert read_typed([("article", "7")]).request.units == {7: 1}
