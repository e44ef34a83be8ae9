"""What was given back for a return, as its page tells it."""

from sqlalchemy.orm import Session

from db.models import Settlement, SettlementLine
from db.queries.return_settlements import settlements_of
from tests.db.services.returns.conftest import Scene, ask, scene

__all__ = ["scene"]  # The fixture.


def test_each_settlement_of_a_return_is_told_with_its_amounts_by_article(session: Session, scene: Scene) -> None:
    row, other = ask(session, scene), ask(session, scene, units=1)
    assert settlements_of(session, row.id) == ()
    for return_id, cents, reason in ((row.id, 10_00, "Retour"), (row.id, 5_00, "Suite"), (other.id, 7_00, "Autre")):
        made = Settlement(
            order_id=scene.order.id,
            return_id=return_id,
            key=reason,
            total_cents=cents,
            refund_cents=cents,
            has_credit_note=False,
            reason=reason,
        )
        session.add(made)
        session.flush()
        session.add(SettlementLine(settlement_id=made.id, order_line_id=scene.teapots.id, amount_cents=cents))
    session.flush()
    first, second = settlements_of(session, row.id)
    assert (first.reason, first.refund_cents, first.document_number) == ("Retour", 10_00, "")
    assert (first.by_line, second.by_line) == ({scene.teapots.id: 10_00}, {scene.teapots.id: 5_00})
