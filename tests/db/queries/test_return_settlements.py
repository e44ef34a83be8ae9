"""What was given back for a return, as its page tells it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.orders import PaymentKind, PaymentMethod, PaymentRecordState
from db.models import Payment, ReturnLine, Settlement, SettlementLine
from db.queries.return_settlements import settlements_of
from tests.conftest import NOW
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


def test_a_settlement_is_told_line_by_line_with_what_is_kept_and_how_it_is_given(
    session: Session, scene: Scene
) -> None:
    row = ask(session, scene)  # Two teapots.
    made = Settlement(
        order_id=scene.order.id,
        return_id=row.id,
        key="k",
        total_cents=24_90,
        shipping_cents=4_90,
        refund_cents=24_90,
        has_credit_note=False,
        reason="Retour",
        deduction_reason="couvercle ébréché",
    )
    session.add(made)
    session.flush()
    # 25,00 for one teapot less 5,00 that are kept, and 4,90 of shipping.
    session.add(
        SettlementLine(settlement_id=made.id, order_line_id=scene.teapots.id, units_returned=1, amount_cents=20_00)
    )
    scene.teapots.withheld_cents = 5_00
    session.execute(sa.update(ReturnLine).where(ReturnLine.return_id == row.id).values(quantity=2, quantity_received=1))
    for method, state, cents in (
        (PaymentMethod.VOUCHER, PaymentRecordState.CANCELLED, 10_00),
        (PaymentMethod.CARD, PaymentRecordState.CAPTURED, 14_90),
        (PaymentMethod.CARD, PaymentRecordState.PENDING, 10_00),
    ):
        session.add(
            Payment(
                order_id=scene.order.id,
                kind=PaymentKind.REFUND,
                method=method,
                state=state,
                amount_cents=cents,
                settlement_id=made.id,
                created_at=NOW,
                ended_at=NOW if state is not PaymentRecordState.PENDING else None,
            )
        )
    session.flush()

    (told,) = settlements_of(session, row.id)

    name = scene.teapots.name
    assert [line.replace("\u00a0", " ") for line in told.statement] == [
        f"1 × {name} : 25,00 € (1 reçu sur 2 annoncés)",
        "Retenue : −5,00 €, couvercle ébréché",
        "Frais de port : 4,90 €",
        "Total : 24,90 €",
    ]
    assert [(each.method, each.state, each.amount_cents) for each in told.payments] == [
        (PaymentMethod.CARD, PaymentRecordState.CAPTURED, 14_90),
        (PaymentMethod.CARD, PaymentRecordState.PENDING, 10_00),
    ]
