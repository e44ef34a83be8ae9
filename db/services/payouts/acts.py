"""What all acts on payouts share: several at once, two pairs of eyes, and the way back to what is due."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import MarketplaceError, NotAllowedError
from db.domain.payout_acts import WITHOUT_FOUR_EYES, ShownPayout, check_other_person, check_state
from db.domain.payouts import PayoutMovedError, PayoutNotFoundError, PayoutState
from db.models import Payout, PayoutEntry, PayoutSettings


@dataclass(frozen=True, slots=True)
class Refused:
    """One payout of several that stayed as it was, and why."""

    payout_id: int
    error: MarketplaceError


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act on several payouts came to."""

    done: tuple[int, ...]
    refused: tuple[Refused, ...] = ()


def act_on_each(session: Session, shown: Sequence[ShownPayout], act: Callable[[ShownPayout], object]) -> Outcome:
    """Do something to several payouts; one that is refused stays as it was, the others go on.

    They are taken in the order of their ids, so that two people who do so at once wait for each other, no more.

    Args:
        session: The caller's transaction.
        shown: The payouts as they were seen; each is acted on once.
        act: What is done to one; it refuses by raising.

    Raises:
        NotAllowedError: The actor may not do this to any payout.
    """
    done: list[int] = []
    refused: list[Refused] = []
    for each in sorted(set(shown), key=lambda one: one.payout_id):
        try:
            with session.begin_nested():
                act(each)
            done.append(each.payout_id)
        except NotAllowedError:
            raise
        except MarketplaceError as error:
            refused.append(Refused(each.payout_id, error))
    return Outcome(tuple(done), tuple(refused))


def as_shown(shown: ShownPayout, payout: Payout | None, *states: PayoutState) -> Payout:
    """Return a payout that is still as it was seen, and in one of the states.

    Raises:
        PayoutNotFoundError: There is none.
        PayoutMovedError: It is not as it was seen any more.
        PayoutStateError: It is in another state.
    """
    if payout is None:
        raise PayoutNotFoundError
    if payout.version != shown.version:
        raise PayoutMovedError(payout.id, payout.state)
    check_state(payout.id, payout.state, states)
    return payout


def other_person(session: Session, actor: Actor, payout: Payout, before_id: int | None, done: str) -> str:
    """Refuse who did the step before; return what the history says where nobody else has to look.

    Args:
        session: The caller's transaction.
        actor: Who acts.
        payout: What they act on.
        before_id: Who did the step before.
        done: What that person did, in words: « préparé ».

    Raises:
        SamePersonError: It is the same person, and two are asked for.
    """
    if session.scalar(sa.select(PayoutSettings.four_eyes)) is False:
        return WITHOUT_FOUR_EYES
    check_other_person(payout.id, actor.person_id, before_id, done)
    return ""


def give_back(session: Session, payout_id: int, *which: sa.ColumnElement[bool]) -> int:
    """Have what a payout holds be due again, at the next run; return how many entries that is.

    Args:
        session: The caller's transaction.
        payout_id: The payout.
        which: Conditions on the entries; none for all of them.
    """
    freed = sa.update(PayoutEntry).where(PayoutEntry.payout_id == payout_id, *which).values(payout_id=None)
    result = session.execute(freed.execution_options(synchronize_session=False))
    return int(result.rowcount)  # type: ignore[attr-defined]  # a cursor's result has it
