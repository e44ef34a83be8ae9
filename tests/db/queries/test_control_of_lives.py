"""Whatever is done to an order, by anybody and at any moment, « Contrôle » knows why its amounts differ."""

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from db.models import Order
from db.queries.control_sources import controlled
from tests.db.services.test_life_of_an_order import LifeOfAnOrder


class ControlledLife(LifeOfAnOrder):
    """The same life, looked at through the three equalities."""

    @invariant()
    def every_difference_has_its_reason(self) -> None:
        self.session.flush()
        each = controlled([Order.id == self.order_id])
        row = self.session.execute(sa.select(each)).one()
        assert not row.unexplained, row._asdict()


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_a_sound_house_has_no_difference_without_a_reason(shared_engine: sa.Engine) -> None:
    machine = type("ControlledLifeHere", (ControlledLife,), {"engine": shared_engine})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=30, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
