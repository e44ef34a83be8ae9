"""Exports programmés, as their owner uses the page; and the summary that one chooses in « Mon compte »."""

import pytest
import sqlalchemy as sa

from db.domain.export_schedules import SchedulePeriod, ScheduleTerms
from db.domain.exports import Cadence, ExportFormat, ExportRequest, ExportSubject
from db.domain.filter_json import filter_to_json
from db.domain.order_filter import OrderFilter
from db.domain.permissions import Role
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import ExportSchedule, Person
from db.queries.access import viewer_of
from db.services.export_schedules import schedule_export
from tests.dashboard.apptest import open_page

REQUEST = ExportRequest(ExportSubject.ORDERS, filter_to_json(OrderFilter()), ("number",), ExportFormat.CSV)
TERMS = ScheduleTerms("Mois", Cadence.MONTHLY, SchedulePeriod.LAST_MONTH, emails=True, is_stored=False)


@pytest.fixture
def ada(signed_up):
    return signed_up(Role.MANAGER, name="Ada", email="ada@example.org")


@pytest.fixture
def schedule_id(ada):
    with transaction() as session:
        return schedule_export(session, viewer_of(session, ada), REQUEST, TERMS, utc_now()).id


def kept(schedule_id):
    with reading() as session:
        return session.get(ExportSchedule, schedule_id)


def open_schedules(person_id):
    at = open_page("/exports-programmes", person_id=person_id)
    assert not at.exception
    return at


def test_without_any_the_page_says_how_to_begin(ada):
    assert any("« Programmer cet export »" in info.value for info in open_schedules(ada).info)


def test_one_is_shown_paused_and_resumed(ada, schedule_id):
    at = open_schedules(ada)
    assert any("Commandes · 1\u00a0colonne · CSV" in caption.value for caption in at.caption)
    at.button(key=f"schedule_switch_{schedule_id}").click().run()
    assert not kept(schedule_id).is_active
    assert any("En pause" in text.value for text in at.markdown)
    at.button(key=f"schedule_switch_{schedule_id}").click().run()
    assert kept(schedule_id).is_active


def test_a_change_without_a_name_is_refused_and_loses_nothing(ada, schedule_id):
    at = open_schedules(ada)
    at.button(key=f"schedule_change_{schedule_id}").click().run()
    at.text_input(key="schedule_field_name").set_value(" ")
    at.checkbox(key="schedule_field_is_stored").check()
    at.button(key="schedule_confirm").click().run()
    assert any("Donnez un nom" in error.value for error in at.error)
    assert at.checkbox(key="schedule_field_is_stored").value
    at.text_input(key="schedule_field_name").set_value("Novembre")
    at.button(key="schedule_confirm").click().run()
    assert not at.exception
    assert (kept(schedule_id).name, kept(schedule_id).is_stored) == ("Novembre", True)


def test_one_is_deleted_after_a_question(ada, schedule_id):
    at = open_schedules(ada)
    at.button(key=f"schedule_forget_{schedule_id}").click().run()
    assert kept(schedule_id) is not None
    at.button(key="schedule_confirm").click().run()
    assert kept(schedule_id) is None


def test_a_manager_chooses_the_summary_and_the_service_desk_is_not_asked(ada, signed_up):
    at = open_page("/compte", person_id=ada)
    next(each for each in at.button_group if each.key == "summary_every").select("Chaque lundi").run()
    assert not at.exception
    with reading() as session:
        assert session.scalar(sa.select(Person.summary_every).where(Person.id == ada)) is Cadence.WEEKLY
    other = open_page("/compte", person_id=signed_up(Role.SUPPORT))
    assert not [each for each in other.button_group if each.key == "summary_every"]
