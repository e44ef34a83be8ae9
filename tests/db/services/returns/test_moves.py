"""A return moves on, its people are told, and what was done can be taken back."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.mail import EmailTemplate, OutboxState
from db.domain.orders import HistoryEvent, ReturnStatus
from db.domain.permissions import Role
from db.domain.returns import ReturnMove, ReturnNotFoundError, ReturnRules
from db.models import Return
from db.queries.return_detail import messages_of
from db.services.return_settings import save_return_settings
from db.services.returns.facts import ReturnChangedError
from db.services.returns.letters import Extra
from db.services.returns.moves import ReturnMoveRefusedError, close_settled, move_return
from db.services.undo import NotUndoableError, OvertakenError, undo
from tests.conftest import NOW
from tests.db.services.returns.conftest import Scene, ask, events, mails, version_of
from tests.factories import ADMIN, create_person, viewer_for

S = ReturnStatus


def go(session: Session, scene: Scene, row: Return, target: ReturnStatus, **words: object) -> int:
    session.refresh(row)
    move = ReturnMove(target, **words)  # type: ignore[arg-type]
    return move_return(session, scene.staff, row.id, row.version, move, NOW)


def test_a_return_goes_its_way_and_each_step_is_told(session: Session, scene: Scene) -> None:
    save_return_settings(session, ADMIN, ReturnRules(instructions="Au dépôt, 3 rue des Lilas."))
    row = ask(session, scene)

    go(session, scene, row, S.AWAITING_PARCEL, message="Merci de bien l’emballer.")
    assert (row.status, row.decided_at, row.received_at) == (S.AWAITING_PARCEL, NOW, None)
    go(session, scene, row, S.PARCEL_RECEIVED, received_on=dt.date(2026, 11, 20))
    # Noon in Paris, in winter time.
    assert (row.status, row.received_at) == (S.PARCEL_RECEIVED, dt.datetime(2026, 11, 20, 11, tzinfo=dt.UTC))
    go(session, scene, row, S.COMPLETED, message="Article échangé en boutique.")
    assert (row.status, row.completed_at, row.decision) == (S.COMPLETED, NOW, "Article échangé en boutique.")

    assert [(mail.template, mail.recipient) for mail in mails(session, scene.order)] == [
        (EmailTemplate.RETURN_REQUESTED, scene.order.customer_email),
        (EmailTemplate.RETURN_AWAITING_PARCEL, scene.order.customer_email),
        (EmailTemplate.SELLER_RETURN, "vendeur@example.org"),
        (EmailTemplate.RETURN_PARCEL_RECEIVED, scene.order.customer_email),
        (EmailTemplate.RETURN_COMPLETED, scene.order.customer_email),
    ]
    accepted = mails(session, scene.order)[1]
    assert accepted.variables["return_instructions"] == "Au dépôt, 3 rue des Lilas."
    assert accepted.variables["message"] == "Merci de bien l’emballer."
    assert [entry.event for entry in events(session, scene.order)] == [
        HistoryEvent.RETURN_REQUESTED,
        *[HistoryEvent.RETURN_MOVED] * 3,
    ]
    assert (row.version, version_of(session, scene.order)) == (4, 5)


@pytest.mark.parametrize("steps", [(), (S.AWAITING_PARCEL,), (S.AWAITING_PARCEL, S.PARCEL_RECEIVED)])
def test_a_return_whose_articles_were_given_back_otherwise_can_be_ended(
    session: Session, scene: Scene, steps: tuple[ReturnStatus, ...]
) -> None:
    row = ask(session, scene)
    for step in steps:
        go(session, scene, row, step)
    if not steps:
        with pytest.raises(ReturnMoveRefusedError, match="ne passe pas"):
            go(session, scene, row, S.COMPLETED, message="Déjà remboursées.")
    scene.teapots.quantity_returned = 3  # By another settlement; what is left is tea, which it did not announce.
    session.flush()
    with pytest.raises(InvalidInputError, match="pourquoi"):
        go(session, scene, row, S.COMPLETED)
    history_id = go(session, scene, row, S.COMPLETED, message="Déjà remboursées.")
    assert (row.status, row.decision, row.completed_at) == (S.COMPLETED, "Déjà remboursées.", NOW)
    assert mails(session, scene.order)[-1].template == EmailTemplate.RETURN_COMPLETED
    undo(session, scene.staff, history_id, NOW)
    session.refresh(row)
    assert row.status is ([S.REQUESTED, *steps][-1])


def test_the_customer_is_not_told_this_once_but_the_seller_who_gets_the_parcel_is(
    session: Session, scene: Scene
) -> None:
    row = ask(session, scene)
    go(session, scene, row, S.AWAITING_PARCEL, notifies=False)
    assert [mail.template for mail in mails(session, scene.order)] == [
        EmailTemplate.RETURN_REQUESTED,
        EmailTemplate.SELLER_RETURN,
    ]


def test_who_gets_nothing_back_is_told_why(session: Session, scene: Scene) -> None:
    row = ask(session, scene)
    with pytest.raises(InvalidInputError, match="pourquoi"):
        go(session, scene, row, S.DENIED, message="  ")
    go(session, scene, row, S.DENIED, message="La théière a servi.")
    assert (row.status, row.decision, row.decided_at, row.completed_at) == (
        S.DENIED,
        "La théière a servi.",
        NOW,
        NOW,
    )
    assert mails(session, scene.order)[-1].variables["message"] == "La théière a servi."


@pytest.mark.parametrize(
    ("target", "sentence"),
    [(S.REQUESTED, "est déjà"), (S.PARCEL_RECEIVED, "ne passe pas à « Colis reçu »"), (S.COMPLETED, "ne passe pas à")],
)
def test_a_step_is_not_left_out(session: Session, scene: Scene, target: ReturnStatus, sentence: str) -> None:
    row = ask(session, scene)
    with pytest.raises(ReturnMoveRefusedError, match=sentence):
        go(session, scene, row, target, message="Voilà.")


def test_nobody_acts_on_what_somebody_else_has_just_changed(session: Session, scene: Scene) -> None:
    row = ask(session, scene)
    seen = row.version
    move_return(session, scene.staff, row.id, seen, ReturnMove(S.AWAITING_PARCEL), NOW)
    with pytest.raises(ReturnChangedError, match=r"Personne \d+ le 21/11 à 10:30"):
        move_return(session, scene.staff, row.id, seen, ReturnMove(S.DENIED, "Non."), NOW)


def test_only_support_and_administrators_move_returns(session: Session, scene: Scene) -> None:
    row = ask(session, scene)
    for role in (Role.FINANCE, Role.MANAGER):
        actor = Actor.person(viewer_for(create_person(session, role)))
        with pytest.raises(NotAllowedError):
            move_return(session, actor, row.id, 1, ReturnMove(S.AWAITING_PARCEL), NOW)
    with pytest.raises(ReturnNotFoundError):
        move_return(session, scene.staff, 999_999, 1, ReturnMove(S.AWAITING_PARCEL), NOW)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"message": "x" * 4_001}, "4000 caractères"),
        ({"message": "\x00"}, "illisible"),
        ({"received_on": dt.date(2026, 11, 22)}, "avenir"),
    ],
)
def test_words_and_days_that_cannot_be_kept_are_refused(
    session: Session, scene: Scene, words: dict[str, object], sentence: str
) -> None:
    row = ask(session, scene)
    go(session, scene, row, S.AWAITING_PARCEL)
    with pytest.raises(InvalidInputError, match=sentence):
        go(session, scene, row, S.PARCEL_RECEIVED, **words)


def test_a_step_is_taken_back_with_its_mail(session: Session, scene: Scene) -> None:
    row = ask(session, scene)
    done = go(session, scene, row, S.AWAITING_PARCEL)

    undone = undo(session, scene.staff, done, NOW + dt.timedelta(seconds=30))

    session.refresh(row)
    assert (row.status, row.decided_at, row.version) == (S.REQUESTED, None, 3)
    assert undone.emails_dropped == 2
    assert [mail.state for mail in mails(session, scene.order)] == [
        OutboxState.QUEUED,  # The acknowledgement is another matter.
        OutboxState.CANCELLED,
        OutboxState.CANCELLED,
    ]
    assert events(session, scene.order)[-1].undoes_id == done
    again = go(session, scene, row, S.DENIED, message="Hors délai.")
    undo(session, scene.staff, again, NOW)
    session.refresh(row)
    assert (row.status, row.decision, row.completed_at) == (S.REQUESTED, "", None)


def test_what_is_written_with_a_step_stands_in_the_thread_as_long_as_the_step_does(
    session: Session, scene: Scene
) -> None:
    row = ask(session, scene)

    def thread() -> list[str]:
        return [each.body for each in messages_of(session, row.id)]

    accepted = go(session, scene, row, S.AWAITING_PARCEL, message="Gardez la boîte.")
    assert thread() == ["Gardez la boîte."]
    undo(session, scene.staff, accepted, NOW)
    assert thread() == []
    go(session, scene, row, S.AWAITING_PARCEL, message="Pour nous.", notifies=False)  # Nobody is written to.
    assert thread() == []


def test_what_was_overtaken_or_settled_stays(session: Session, scene: Scene) -> None:
    row = ask(session, scene)
    first = go(session, scene, row, S.AWAITING_PARCEL)
    go(session, scene, row, S.PARCEL_RECEIVED)
    with pytest.raises(OvertakenError):
        undo(session, scene.staff, first, NOW)
    closed = close_settled(session, scene.staff, row.id, NOW)
    assert closed is not None
    with pytest.raises(NotUndoableError, match="clos par son remboursement"):
        undo(session, scene.staff, closed, NOW)


def test_a_settlement_closes_an_open_return_once_and_says_what_is_given_back(session: Session, scene: Scene) -> None:
    row = ask(session, scene)
    extra = Extra({"amount_cents": 20_00, "code": "MERCI", "message": ""})

    closed = close_settled(session, scene.staff, row.id, NOW, extra=extra)

    assert closed is not None
    assert close_settled(session, scene.staff, row.id, NOW) is None
    session.refresh(row)
    assert (row.status, row.decided_at, row.completed_at, row.decision) == (S.COMPLETED, NOW, NOW, "")
    mail = mails(session, scene.order)[-1]
    assert (mail.template, mail.variables["amount_cents"], mail.variables["code"]) == (
        EmailTemplate.RETURN_COMPLETED,
        20_00,
        "MERCI",
    )
    assert mail.variables["return_status"] == "completed"


def test_a_settlement_can_close_a_return_without_a_word(session: Session, scene: Scene) -> None:
    row = ask(session, scene)
    close_settled(session, scene.staff, row.id, NOW, notifies=False)
    assert [mail.template for mail in mails(session, scene.order)] == [EmailTemplate.RETURN_REQUESTED]
