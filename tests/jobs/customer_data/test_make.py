"""The ZIP that a customer is handed out: everything, and nothing of anybody else's."""

import io
import json
from typing import Any
from zipfile import ZipFile

import pytest
import sqlalchemy as sa

from db.domain.actor import SYSTEM, Actor
from db.domain.files import FileState
from db.domain.orders import ActorKind
from db.domain.permissions import Role
from db.domain.time import utc_now
from db.engine import transaction
from db.models import Address, Customer, CustomerNote, Order, Person, Return, ReturnMessage, ReturnPhoto
from db.services.documents.issue import issue_invoice
from db.services.privacy import ask_for_data
from db.storage import storage
from jobs.documents.make import make_documents
from jobs.files import make_large_files
from jobs.run import Run
from tests.db.services.documents.test_issue import tea_order
from tests.factories import create_customer, create_issuer, create_order, create_person, viewer_for
from tests.jobs.documents.making import content, stored


def asked(run: Run) -> int:
    """Have the data of a customer with an invoice and a return prepared; somebody else bought something, too."""
    with transaction(run.engine) as session:
        order = tea_order(session, create_issuer(session, code="THE"))
        order.number = "ORD-1"
        customer = session.get_one(Customer, order.customer_id)
        create_order(session, customer=create_customer(session, "Autre Personne"), number="ORD-2")
        issue_invoice(session, SYSTEM, order.id, utc_now())
        session.add(Address(customer_id=customer.id, name=customer.name, city="Rennes"))
        session.add(CustomerNote(customer_id=customer.id, person_name="Ada", body="Préfère le téléphone"))
        request = Return(order_id=order.id, explanation="Trop petit", taken_in_at=utc_now())
        session.add(request)
        session.flush()
        session.add(
            ReturnMessage(return_id=request.id, author_kind=ActorKind.PERSON, author_name="Ada", body="Bien reçu")
        )
        ref = f"returns/{request.id}/a.jpg"
        put = storage().put(ref, io.BytesIO(b"photo"))
        session.add(
            ReturnPhoto(
                return_id=request.id,
                ref=ref,
                sha256=put.sha256,
                media_type="image/jpeg",
                size_bytes=put.size,
                added_by=ActorKind.CUSTOMER,
            )
        )
        admin = Actor.person(viewer_for(create_person(session, Role.ADMIN, name="Ada")))
        return ask_for_data(session, admin, customer.id, utc_now())


def opened(run: Run, file_id: int) -> ZipFile:
    return ZipFile(io.BytesIO(content(stored(run.engine, file_id))))


def data_in(archive: ZipFile) -> dict[str, list[dict[str, Any]]]:
    return json.loads(archive.read("donnees.json"))


def test_it_holds_the_data_the_documents_as_issued_the_photos_and_a_word_on_what_is_what(run: Run) -> None:
    file_id = asked(run)
    make_documents(run)
    make_large_files(run)
    archive = opened(run, file_id)
    names = archive.namelist()
    assert names[0] == "donnees.json"
    assert names[1].startswith("Retour 1 – ORD-1")
    assert archive.read(names[1]) == b"photo"
    assert names[2].startswith("F20")
    assert archive.read(names[2]).startswith(b"%PDF")
    assert "en centimes" in archive.read("À lire.txt").decode("utf-8-sig")


def test_it_says_all_that_is_known_of_that_customer_alone(run: Run) -> None:
    file_id = asked(run)
    make_documents(run)
    make_large_files(run)
    data = data_in(opened(run, file_id))
    assert [order["numero"] for order in data["commandes"]] == ["ORD-1"]
    assert [address["ville"] for address in data["adresses"]] == ["Rennes"]
    assert [note["note"] for note in data["notes_internes"]] == ["Préfère le téléphone"]
    assert [request["explication"] for request in data["retours"]] == ["Trop petit"]
    assert [message["par"] for message in data["messages_des_retours"]] == ["Équipe"]
    assert [each["acte"] for each in data["exports_et_effacements"]] == ["Export des données"]
    assert len(data["factures_et_avoirs"]) == 1


def test_colleagues_are_not_named_in_it(run: Run) -> None:
    file_id = asked(run)
    make_large_files(run)
    assert b"Ada" not in opened(run, file_id).read("donnees.json")


def test_a_document_that_is_not_made_yet_is_told_of(run: Run) -> None:
    file_id = asked(run)
    make_large_files(run)
    assert "absent, son fichier est encore en préparation" in opened(run, file_id).read("À lire.txt").decode(
        "utf-8-sig"
    )


@pytest.mark.parametrize("change", [{"role": Role.SUPPORT}, {"is_active": False}])
def test_who_may_not_handle_personal_data_any_more_gets_none(run: Run, change: dict[str, object]) -> None:
    file_id = asked(run)
    with transaction(run.engine) as session:
        session.execute(sa.update(Person).values(change))
    make_large_files(run)
    assert stored(run.engine, file_id).state is FileState.FAILED


def test_every_order_of_theirs_is_in_it(run: Run) -> None:
    file_id = asked(run)
    with transaction(run.engine) as session:
        theirs = session.scalars(sa.select(Order.customer_id).where(Order.number == "ORD-1")).one()
        create_order(session, customer=session.get_one(Customer, theirs), number="ORD-3")
    make_large_files(run)
    data = data_in(opened(run, file_id))
    assert {order["numero"] for order in data["commandes"]} == {"ORD-1", "ORD-3"}
    assert {line["commande"] for line in data["articles"]} == {"ORD-1", "ORD-3"}
