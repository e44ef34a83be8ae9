"""The file of refunds: one line each, the oldest first, as Excel opens it on a French machine."""

import csv
import datetime as dt
import io

import pytest
import sqlalchemy as sa

from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.orders import PaymentMethod, PaymentRecordState
from db.domain.permissions import Role
from db.domain.refund_list import RefundFilter, RefundTab
from db.engine import transaction
from db.models import Person, StoredFile
from db.services.refund_lists import ask_for_refund_list
from jobs.makers import Made
from jobs.refunds import listing
from jobs.refunds.listing import NothingToRefundError, make_refund_list
from tests.conftest import NOW
from tests.db.services.test_moves import someone
from tests.db.services.test_refunds import owed
from tests.factories import create_customer, create_order

IBAN = "FR1420041010050500013M02606"


def asked(engine: sa.Engine, wanted: RefundFilter, role: Role = Role.FINANCE) -> dict[str, object]:
    with transaction(engine) as session:
        file_id = ask_for_refund_list(session, someone(session, role), wanted, NOW)
        return dict(session.get_one(StoredFile, file_id).arguments)


def made(engine: sa.Engine, arguments: dict[str, object]) -> tuple[Made, list[dict[str, str]]]:
    out = io.BytesIO()
    told: list[int] = []
    done = make_refund_list(engine, arguments, out, told.append)
    assert told[-1] == done.rows
    return done, list(csv.DictReader(io.StringIO(out.getvalue().decode("utf-8-sig")), delimiter=";"))


def test_each_refund_is_a_line_that_is_no_formula(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "_READ_AT_ONCE", 2)  # More than one piece.
    with transaction(engine) as session:
        crafty = create_customer(session, "=cmd|' /C calc'!A0")
        order = create_order(session, customer=crafty, number="A-1")
        for day in (3, 1, 2):
            owed(
                session,
                1_234_50 + day,
                order,
                method=PaymentMethod.TRANSFER,
                iban=IBAN,
                created_at=NOW - dt.timedelta(days=day),
            )
        owed(session, 1_00, order, state=PaymentRecordState.CAPTURED)
    done, lines = made(engine, asked(engine, RefundFilter()))
    assert (done.rows, done.media_type) == (3, "text/csv")
    # NOW is 21 November 2026.
    assert [line["Demandé le"] for line in lines] == ["18/11/2026", "19/11/2026", "20/11/2026"]
    assert [line["Montant"] for line in lines] == ["1234,53", "1234,52", "1234,51"]
    assert (lines[0]["IBAN"], lines[0]["Moyen"], lines[0]["État"]) == (
        "FR14 2004 1010 0505 0001 3M02 606",
        "Virement",
        "À faire",
    )
    assert not lines[0]["Client"].startswith("=")


def test_an_empty_list_is_refused_before_and_after_it_is_asked_for(engine: sa.Engine) -> None:
    with pytest.raises(InvalidInputError, match="rien à exporter"):
        asked(engine, RefundFilter(RefundTab.REFUSED))
    with transaction(engine) as session:
        refund_id = owed(session).id
    arguments = asked(engine, RefundFilter())
    with transaction(engine) as session:
        session.execute(sa.text("UPDATE payments SET state = 'captured' WHERE id = :id"), {"id": refund_id})
    with pytest.raises(NothingToRefundError):
        made(engine, arguments)


def test_only_who_gives_money_back_has_the_file_even_later(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        owed(session)
    with pytest.raises(NotAllowedError):
        asked(engine, RefundFilter(), Role.MANAGER)
    arguments = asked(engine, RefundFilter())
    with transaction(engine) as session:
        session.execute(sa.update(Person).values(role=Role.SUPPORT))
    with pytest.raises(NotAllowedError):
        made(engine, arguments)


def test_a_filter_survives_the_way_to_the_worker(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        order = create_order(session, number="A-1")
        owed(session, 5_00, order, method=PaymentMethod.CHEQUE)
        owed(session, 6_00, order)
        seller_id = order.seller_id
    wanted = RefundFilter(RefundTab.TO_DO, PaymentMethod.CHEQUE, seller_id, "a-1")
    _, lines = made(engine, asked(engine, wanted))
    assert [line["Montant"] for line in lines] == ["5,00"]
