"""Print in number: what a printing would hold, and asking for its file, which ``jobs/documents/papers`` makes.

What is printed is fixed when it is asked for: an order that comes in afterwards is not in it. Who asked is looked up
again when it is made: a person who has lost the right since, or moved to another seller, gets nothing they may not see.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import NotAllowedError
from db.domain.files import FileKind
from db.domain.papers import Form, NothingToPrintError, Paper, PaperPlan, Wanted
from db.domain.permissions import Permission
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.queries import papers
from db.queries.access import viewer_of
from db.services.files import ask_for_file


@dataclass(frozen=True, slots=True)
class Printing:
    """What a file's row says is to be printed."""

    paper: Paper
    form: Form
    title: str
    #: Of documents or of orders, in the order of the pages.
    ids: tuple[int, ...]
    #: How many papers there were when it was asked for; of a picking list, how many orders.
    total: int
    person_id: int
    shows_prices: bool


def plan_papers(session: Session, actor: Actor, wanted: Wanted, now: dt.datetime) -> PaperPlan:
    """Return what a printing would hold if it were asked for now; nothing found is a plan without papers.

    Raises:
        NotAllowedError: The actor does not read documents.
        InvalidInputError: The period ends before it begins.
        TooManyPapersError: More is asked for than one file takes.
    """
    return papers.plan_papers(session, _viewer(actor), wanted, local_day(now))


def ask_for_papers(session: Session, actor: Actor, wanted: Wanted, now: dt.datetime) -> int:
    """Have papers printed into one file; return it.

    Raises:
        NotAllowedError: The actor does not read documents.
        InvalidInputError: The period ends before it begins.
        TooManyPapersError: More is asked for than one file takes.
        NothingToPrintError: There is nothing.
    """
    plan = plan_papers(session, actor, wanted, now)
    if not plan.papers:
        raise NothingToPrintError(wanted.paper)
    total = plan.orders if wanted.paper is Paper.PICKING_LIST else plan.papers
    arguments = {
        "paper": wanted.paper.value,
        "form": wanted.form.value,
        "title": plan.title,
        "ids": list(plan.ids),
        "total": total,
        "person_id": actor.person_id,
        "shows_prices": wanted.shows_prices,
    }
    return ask_for_file(session, actor, FileKind.PAPERS, plan.title, arguments, total, now)


def wanted_printing(arguments: Mapping[str, Any]) -> Printing:
    """Return what a file's row says is to be printed."""
    return Printing(
        paper=Paper(arguments["paper"]),
        form=Form(arguments["form"]),
        title=arguments["title"],
        ids=tuple(arguments["ids"]),
        total=arguments["total"],
        person_id=arguments["person_id"],
        shows_prices=arguments["shows_prices"],
    )


def whoever_asked(session: Session, printing: Printing) -> Viewer:
    """Return who asked for a printing as they are now.

    Raises:
        NotAllowedError: The account is closed, or their role does not read documents any more.
    """
    viewer = viewer_of(session, printing.person_id)
    if viewer is None:
        raise NotAllowedError(Permission.READ_DOCUMENTS)
    viewer.require(Permission.READ_DOCUMENTS)
    return viewer


def _viewer(actor: Actor) -> Viewer:
    if actor.viewer is None:
        raise ValueError("papers are printed by a person")
    return actor.viewer
