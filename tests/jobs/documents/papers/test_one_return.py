"""The file of one return's slip: of that return alone, and never of one that is settled."""

import io

from pypdf import PdfReader

from db.domain.actor import SYSTEM
from db.domain.files import FileState
from db.domain.orders import ReturnStatus
from db.domain.time import utc_now
from db.engine import transaction
from db.models import Return, ReturnSettings
from db.services.return_slips import ask_for_slip
from jobs.files import make_small_files
from jobs.run import Run
from tests.jobs.documents.making import content, stored
from tests.jobs.documents.papers.drawing import plain
from tests.jobs.documents.papers.test_slips import kettle_sent_back


def asked(run: Run) -> tuple[int, int]:
    """The file of an accepted return, and the return; the order has another one."""
    with transaction(run.engine) as session:
        order, wanted = kettle_sent_back(session, status=ReturnStatus.AWAITING_PARCEL)
        session.add(Return(order_id=order.id, explanation="Une autre demande."))
        session.add(ReturnSettings(id=1, instructions="Écrivez « Retours » sur le carton."))
        return ask_for_slip(session, SYSTEM, wanted.id, utc_now()), wanted.id


def test_it_tells_that_return_and_none_beside_it(run: Run) -> None:
    file_id, return_id = asked(run)
    make_small_files(run)
    row = stored(run.engine, file_id)
    assert (row.state, row.name, row.media_type) == (
        FileState.READY,
        "Bon de retour – commande ORD-90.pdf",
        "application/pdf",
    )
    (page,) = PdfReader(io.BytesIO(content(row))).pages
    text = plain(page.extract_text())
    assert f"Demande n° {return_id}" in text
    assert "Elle fuit par le bec." in text
    assert "Écrivez « Retours » sur le carton." in text
    assert "Une autre demande" not in text


def test_a_return_that_is_settled_by_now_has_none(run: Run) -> None:
    file_id, return_id = asked(run)
    with transaction(run.engine) as session:
        session.get_one(Return, return_id).status = ReturnStatus.COMPLETED
    make_small_files(run)
    row = stored(run.engine, file_id)
    assert (row.state, row.error) == (
        FileState.FAILED,
        "Le bon de retour se télécharge tant que le colis est attendu.",
    )
