"""A list of payouts as a file: asked for by who may take figures out of the house, as of who they are then."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.document_filter import ListFormat
from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.files import FileKind
from db.domain.payout_filter import PayoutFilter, PayoutTab
from db.domain.payouts import PayoutState
from db.domain.permissions import Role
from db.models import Person, StoredFile
from db.services import payout_lists
from db.services.payout_lists import ask_for_payout_list, wanted_payouts
from tests.conftest import NOW
from tests.db.queries.test_payouts import create_payout
from tests.factories import create_payee, create_person, viewer_for


def test_the_file_is_of_the_filter_and_of_who_asked(session: Session) -> None:
    create_payout(session, create_payee(session), PayoutState.PAID)
    viewer = viewer_for(create_person(session, Role.FINANCE))
    wanted = PayoutFilter(PayoutTab.PAID)
    file_id = ask_for_payout_list(session, viewer, wanted, ListFormat.XLSX, NOW)
    file = session.scalars(sa.select(StoredFile).where(StoredFile.id == file_id)).one()
    assert (file.kind, file.total, file.title) == (FileKind.PAYOUT_LIST, 1, "1\u00a0reversement (payés)")
    assert file.arguments["format"] == "xlsx"
    assert wanted_payouts(session, file.arguments) == (viewer, wanted)
    session.get_one(Person, viewer.person_id).is_active = False
    session.flush()
    with pytest.raises(NotAllowedError):
        wanted_payouts(session, file.arguments)


def test_a_list_of_nothing_or_of_too_much_is_refused(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer = viewer_for(create_person(session, Role.MANAGER))
    with pytest.raises(InvalidInputError, match="rien à exporter"):
        ask_for_payout_list(session, viewer, PayoutFilter(), ListFormat.CSV, NOW)
    for _ in range(2):
        create_payout(session, create_payee(session))
    monkeypatch.setattr(payout_lists, "MOST_LISTED", 1)
    with pytest.raises(InvalidInputError, match="trop longue"):
        ask_for_payout_list(session, viewer, PayoutFilter(), ListFormat.CSV, NOW)


def test_sellers_take_no_lists(session: Session) -> None:
    seller = create_payee(session)
    viewer = viewer_for(create_person(session, Role.SELLER, seller_id=seller.id))
    with pytest.raises(NotAllowedError):
        ask_for_payout_list(session, viewer, PayoutFilter(), ListFormat.CSV, NOW)
