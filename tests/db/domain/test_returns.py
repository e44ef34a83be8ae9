"""Returns: their moves, and what is said of what came back."""

import pytest

from db.domain.orders import OPEN_RETURN_STATUSES, ReturnStatus
from db.domain.return_filter import ReturnTab
from db.domain.returns import RETURN_MOVES, RETURN_VERBS, AnnouncedLine, Condition, return_moves

S = ReturnStatus


def test_every_return_can_be_denied_until_it_is_over_and_nothing_follows_an_end() -> None:
    assert {status for status, targets in RETURN_MOVES.items() if S.DENIED in targets} == OPEN_RETURN_STATUSES
    assert {status for status, targets in RETURN_MOVES.items() if not targets} == {S.COMPLETED, S.DENIED}


def test_every_move_has_a_verb() -> None:
    assert {target for targets in RETURN_MOVES.values() for target in targets} == set(RETURN_VERBS)


@pytest.mark.parametrize(
    ("line", "difference", "finding"),
    [
        (AnnouncedLine(2, None, None), 0, ""),
        (AnnouncedLine(2, 2, Condition.OPENED), 0, ""),
        (AnnouncedLine(2, 1, Condition.AS_NEW), -1, "1 manque"),
        (AnnouncedLine(3, 0, None), -3, "3 manquent"),
        (AnnouncedLine(0, 2, Condition.AS_NEW), 2, "2 en plus"),
        (AnnouncedLine(2, 1, Condition.DAMAGED), -1, "1 manque, abîmé"),
    ],
)
def test_what_came_is_told_against_what_was_announced(line: AnnouncedLine, difference: int, finding: str) -> None:
    assert (line.difference, line.finding) == (difference, finding)


def test_the_lists_of_what_is_under_way_hold_every_open_status_once() -> None:
    single = [tab for tab in ReturnTab if len(tab.statuses) == 1 and tab.is_worked_through]
    assert [status for tab in single for status in tab.statuses] == [S.REQUESTED, S.AWAITING_PARCEL, S.PARCEL_RECEIVED]


def test_a_return_of_which_nothing_is_left_may_end_from_anywhere_and_one_that_is_over_stays_so() -> None:
    for status in S:
        assert return_moves(status, has_something_left=True) == RETURN_MOVES[status]
        targets = return_moves(status, has_something_left=False)
        assert targets.count(S.COMPLETED) == (status in OPEN_RETURN_STATUSES)
        assert set(targets) - {S.COMPLETED} == set(RETURN_MOVES[status]) - {S.COMPLETED}
