"""Messages with variables: filled in per order, checked before they are kept."""

import pytest
from sqlalchemy.orm import Session

from db.emails.messages import MessageText, faults_of_message, fill_messages, message_variables
from tests.factories import create_order


def test_every_variable_that_is_listed_can_be_used(session: Session) -> None:
    order = create_order(session)
    for name in message_variables():
        text = MessageText("Objet", f"Avant {{{{ {name} }}}} après")
        assert faults_of_message(text) == [], name
        assert fill_messages(session, [order.id], text)[order.id].body.startswith("Avant")


def test_tables_buttons_and_what_only_automatic_emails_know_are_not_listed() -> None:
    assert {"numero", "client", "lien_suivi", "lien_paiement"} <= set(message_variables())
    assert not {"articles", "bouton_suivi", "liste_articles", "message", "objet"} & set(message_variables())


@pytest.mark.parametrize(
    ("subject", "body", "fault"),
    [
        ("{{ numro }}", "Texte", "Objet, ligne 1"),
        ("Objet", "Bonjour\n{{ clien }}", "Texte, ligne 2"),
        ("Objet", "{% if client %}", "pas refermé"),
        ("Objet", "{{ articles }}", "pas leur place"),
        ("Objet", "{{ client.__class__ }}", "« client » n’a pas de partie"),
    ],
)
def test_a_fault_says_where_it_is(subject: str, body: str, fault: str) -> None:
    assert fault in faults_of_message(MessageText(subject, body))[0]


def test_orders_that_are_not_there_are_left_out(session: Session) -> None:
    order = create_order(session, number="N-1")
    filled = fill_messages(session, [order.id, 10**9], MessageText("{{ numero }}", "x"))
    assert filled == {order.id: MessageText("N-1", "x")}
