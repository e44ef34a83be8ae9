import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.mail import EmailTemplate
from db.domain.orders import OrderStatus, StatusColour
from db.models import StatusSetting
from db.queries.statuses import StatusLook, status_settings


def test_a_status_nobody_changed_is_as_the_code_says(session: Session) -> None:
    looks = status_settings(session)
    assert list(looks) == list(OrderStatus)
    assert looks[OrderStatus.PREPARING] == StatusLook(
        "En cours de traitement", StatusColour.BLUE, sends_email=True, template=EmailTemplate.ORDER_PREPARING
    )


def test_a_cancelled_order_and_one_in_error_mail_nobody_by_default(session: Session) -> None:
    looks = status_settings(session)
    silent = {status for status, look in looks.items() if not look.sends_email}
    assert silent == {OrderStatus.CANCELLED, OrderStatus.ERROR}
    assert looks[OrderStatus.CANCELLED].template is EmailTemplate.ORDER_CANCELLED  # Ready to be switched on.
    assert looks[OrderStatus.ERROR].template is None


def test_a_changed_status_is_as_it_was_set(session: Session) -> None:
    session.add(StatusSetting(status=OrderStatus.READY, label="À retirer", colour="violet", sends_email=False))
    session.flush()
    assert status_settings(session)[OrderStatus.READY] == StatusLook(
        "À retirer", StatusColour.VIOLET, sends_email=False, template=None
    )


def test_a_status_without_a_template_sends_nothing_whatever_its_switch_says(session: Session) -> None:
    session.add(StatusSetting(status=OrderStatus.PAID, label="Payée", colour="yellow", sends_email=True))
    session.flush()
    assert not status_settings(session)[OrderStatus.PAID].sends_email


def test_a_colour_that_left_the_palette_gives_way_to_the_default(session: Session) -> None:
    session.execute(sa.insert(StatusSetting).values(status=OrderStatus.PAID, label="Payée", colour="fuchsia"))
    assert status_settings(session)[OrderStatus.PAID].colour is StatusColour.YELLOW
