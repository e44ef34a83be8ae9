from dashboard.order_list.state import Column
from dashboard.statuses import forget_looks, label_of
from db.domain.orders import OrderStatus
from db.engine import transaction
from db.models import StatusSetting
from tests.dashboard.apptest import open_page
from tests.factories import create_order


def rename_paid(label: str = "À traiter") -> None:
    with transaction() as session:
        session.add(StatusSetting(status=OrderStatus.PAID, label=label, colour="violet"))
    forget_looks()


def test_outside_a_page_a_status_has_its_default_label() -> None:
    assert label_of(OrderStatus.PAID) == "Payée"


def test_every_screen_shows_the_label_and_colour_that_were_set(signed_up) -> None:
    person_id = signed_up()
    with transaction() as session:
        order = create_order(session, status=OrderStatus.PAID)
        number = order.number
    rename_paid()
    page = open_page("/commande", person_id=person_id, query={"n": number})
    assert not page.exception
    shown = " ".join(element.value for element in page.markdown)
    assert "À\u00a0traiter" in shown
    assert "#cab4fb" in shown
    assert "Payée" not in shown
    grid = open_page("/commandes", person_id=person_id, query={"statut": "paid"})
    assert not grid.exception
    assert grid.dataframe[0].value[Column.STATUS.value].tolist() == [["À traiter"]]
    assert any("À traiter" in str(pill.options) for pill in grid.get("button_group"))
