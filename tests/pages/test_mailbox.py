"""Boîte d'envoi, as the people of the house use it."""

import itertools

import pytest
import sqlalchemy as sa

from db.domain.mail import Channel, EmailTemplate, OutboxState, RecipientKind
from db.domain.permissions import Role
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import OrderHistory, OutboxMessage, SmsOptOut
from tests.dashboard.apptest import open_page
from tests.factories import create_order

S = OutboxState
_events = itertools.count(1)


@pytest.fixture
def sam(signed_up):
    return signed_up(Role.SUPPORT, name="Sam Soutien")


def add_mail(state=S.SENT, template=EmailTemplate.ORDER_SHIPPED, number="", **columns):
    now = utc_now()
    with transaction() as session:
        order = create_order(session, **({"number": number} if number else {}))
        mail = OutboxMessage(
            **{
                "order_id": order.id,
                "event": f"test:{next(_events)}",
                "template": template,
                "recipient_kind": RecipientKind.CUSTOMER,
                "recipient": "zoe@example.org",
                "recipient_name": "Zoé",
                "state": state,
                "created_at": now,
                "due_at": now,
            }
            | columns
        )
        session.add(mail)
        session.flush()
        return mail.id


def mail_of(outbox_id):
    with reading() as session:
        return session.execute(
            sa.select(OutboxMessage.state, OutboxMessage.recipient).where(OutboxMessage.id == outbox_id)
        ).one()


def read(sam, outbox_id, **query):
    at = open_page("/boite-envoi", person_id=sam, query={"message": str(outbox_id)} | query)
    assert not at.exception
    return at


def states(at):
    return [state for (state,) in at.dataframe[0].value["État"]] if at.dataframe else []


def toasts(at):
    return [toast.value for toast in at.toast]


# Who may, and the list.


def test_sellers_have_no_mailbox(signed_up):
    at = open_page("/boite-envoi", person_id=signed_up(Role.SELLER))
    assert "Boîte d’envoi" not in [header.value for header in at.header]


def test_it_opens_on_what_needs_somebody(sam):
    for state in (S.SENT, S.BOUNCED, S.HELD, S.UNCERTAIN):
        add_mail(state)
    at = open_page("/boite-envoi", person_id=sam)
    assert states(at) == ["Incertain", "Refusé par l’adresse"]
    labels = [option.content for option in at.segmented_control[0].proto.options]
    assert labels == ["À traiter  **2**", "En attente  **1**", "Envoyés  **1**", "Tous  **4**"]


def test_nothing_to_handle_is_good_news(sam):
    add_mail(S.SENT)
    at = open_page("/boite-envoi", person_id=sam)
    assert at.success[0].value.startswith("Rien à traiter")
    assert "Rien ne quitte cette machine" in at.caption[0].value


def test_only_administrators_read_the_name_of_the_setting(sam, signed_up):
    ada = signed_up(Role.ADMIN, name="Ada Admin", email="ada@example.org")
    to_sam, to_ada = (open_page("/boite-envoi", person_id=person).caption[0].value for person in (sam, ada))
    assert "MAIL" not in to_sam
    assert "MAIL\\_SENDER" in to_ada


def test_filters_stand_in_the_address(sam):
    add_mail(S.SENT, EmailTemplate.ORDER_READY, number="N-1")
    add_mail(S.SENT, EmailTemplate.MESSAGE, number="N-2", variables={"subject": "Un retard", "body": "…"})
    at = open_page("/boite-envoi", person_id=sam, query={"etat": "tous", "modele": "message"})
    assert list(at.dataframe[0].value["Message"]) == ["Un retard"]
    at = open_page("/boite-envoi", person_id=sam, query={"etat": "envoyes", "commande": "N-1"})
    assert list(at.dataframe[0].value["Message"]) == ["Commande prête"]
    at = open_page("/boite-envoi", person_id=sam, query={"etat": "tous", "q": "personne@example.org"})
    assert at.info[0].value.startswith("Aucun message ne correspond")


@pytest.mark.parametrize("value", ["abc", "-1", "99999999999999999999", "' OR 1=1", "\u0000"])
def test_nothing_in_the_address_breaks_the_page(sam, value):
    add_mail(S.BOUNCED)
    names = ("etat", "modele", "q", "commande", "periode", "canal", "avant", "apres", "message")
    for name in names:
        at = open_page("/boite-envoi", person_id=sam, query={name: value})
        assert not at.exception, name


# One e-mail, and what is done about it.


def test_an_email_is_shown_with_its_text_and_where_it_stands(sam):
    mail = add_mail(S.BOUNCED, subject="Votre colis", html="<p>Bonjour</p>", text="Bonjour", error="550 inconnu")
    at = read(sam, mail)
    assert at.subheader[0].value == "Votre colis"
    assert "L’adresse a refusé cet e\\-mail\\. 550 inconnu" in at.warning[0].value
    assert [code.value for code in at.code] == ["Bonjour"]


def test_a_failed_email_leaves_again_as_it_is(sam):
    mail = add_mail(S.FAILED)
    at = read(sam, mail)
    at.button(key=f"mail_{mail}_again").click().run()
    assert mail_of(mail).state is S.QUEUED
    assert toasts(at) == ["L’e-mail repart dès que possible."]


def test_an_uncertain_email_is_considered_sent(sam):
    mail = add_mail(S.UNCERTAIN)
    at = read(sam, mail)
    at.button(key=f"mail_{mail}_sent").click().run()
    assert mail_of(mail).state is S.SENT


def test_a_bounced_email_goes_to_a_corrected_address(sam):
    mail = add_mail(S.BOUNCED)
    at = read(sam, mail)
    at.text_input(key=f"mail_{mail}_to").set_value("nulle part")
    at.button(key=f"mail_{mail}_resend").click().run()
    assert "adresse e\\-mail complète" in at.error[0].value
    at.text_input(key=f"mail_{mail}_to").set_value("zoe.morin@example.org")
    at.button(key=f"mail_{mail}_resend").click().run()
    assert toasts(at) == ["L’e-mail part une nouvelle fois dans 60\u00a0s."]
    assert mail_of(mail).state is S.CANCELLED
    with reading() as session:
        again = session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(1)).one()
        history = session.scalars(sa.select(OrderHistory.event)).all()
    assert (again.recipient, again.state, history) == ("zoe.morin@example.org", S.HELD, ["email_resent"])


def test_a_waiting_email_is_kept_from_leaving(sam):
    mail = add_mail(S.HELD)
    at = read(sam, mail)
    at.button(key=f"mail_{mail}_drop").click().run()
    assert mail_of(mail).state is S.CANCELLED


def test_what_somebody_else_has_decided_is_said(sam):
    mail = add_mail(S.UNCERTAIN)
    at = read(sam, mail)
    with transaction() as session:
        session.execute(sa.update(OutboxMessage).values(state=S.DELIVERED))
    at.button(key=f"mail_{mail}_sent").click().run()
    assert "n’est plus possible" in at.error[0].value


def test_those_who_only_read_get_no_buttons(signed_up):
    mail = add_mail(S.FAILED)
    at = open_page("/boite-envoi", person_id=signed_up(Role.MANAGER), query={"message": str(mail)})
    assert not at.exception
    assert at.subheader[0].value
    assert not [button.key for button in at.button if (button.key or "").startswith(f"mail_{mail}_")]


# One SMS, and what is done about it.


def add_text(state=S.SENT, **columns):
    text = {"channel": Channel.SMS, "recipient": "+33612345678", "text": "Marché d'ici : commande prête."}
    return add_mail(state, EmailTemplate.ORDER_READY, **text | columns)


def test_sms_stand_among_the_emails_and_can_be_listed_alone(sam):
    add_mail(S.SENT)
    add_text()
    at = open_page("/boite-envoi", person_id=sam, query={"etat": "tous"})
    assert list(at.dataframe[0].value["Message"]) == ["SMS · Commande prête", "Commande envoyée"]
    assert at.dataframe[0].value["Destinataire"][0] == "06 12 34 56 78"
    at = open_page("/boite-envoi", person_id=sam, query={"etat": "tous", "canal": "sms"})
    assert list(at.dataframe[0].value["Message"]) == ["SMS · Commande prête"]
    at = open_page("/boite-envoi", person_id=sam, query={"etat": "envoyes", "canal": "email"})
    assert list(at.dataframe[0].value["Message"]) == ["Commande envoyée"]


def test_an_sms_is_found_by_its_number_however_it_is_typed(sam):
    add_text()
    at = open_page("/boite-envoi", person_id=sam, query={"etat": "tous", "q": "06.12.34.56.78"})
    assert list(at.dataframe[0].value["Message"]) == ["SMS · Commande prête"]


def test_an_sms_is_read_with_its_length(sam):
    at = read(sam, add_text())
    assert [code.value for code in at.code] == ["Marché d'ici : commande prête."]
    assert "1\u00a0SMS" in " ".join(caption.value for caption in at.caption)


def test_an_uncertain_sms_is_decided_as_an_email_is(sam):
    text = add_text(S.UNCERTAIN, error="Brevo n’a pas répondu.")
    at = read(sam, text)
    at.button(key=f"mail_{text}_sent").click().run()
    assert (mail_of(text).state, toasts(at)) == (S.SENT, ["Le SMS est considéré comme envoyé."])


def test_a_failed_sms_leaves_again_or_is_given_up(sam):
    again, dropped = add_text(S.FAILED), add_text(S.FAILED)
    at = read(sam, again)
    assert "Ce SMS n’a pas pu partir" in at.warning[0].value
    at.button(key=f"mail_{again}_again").click().run()
    assert mail_of(again).state is S.QUEUED
    read(sam, dropped).button(key=f"mail_{dropped}_drop").click().run()
    assert mail_of(dropped).state is S.CANCELLED


def test_an_sms_goes_to_another_number_unless_that_wants_none(sam):
    with transaction() as session:
        session.add(SmsOptOut(phone="+33698765432"))
    text = add_text(S.FAILED)
    at = read(sam, text)
    for typed, said in (("01 42 68 53 00", "numéro de mobile"), ("06 98 76 54 32", "ne veut plus recevoir")):
        at.text_input(key=f"mail_{text}_to").set_value(typed)
        at.button(key=f"mail_{text}_resend").click().run()
        assert said in at.error[0].value
    at.text_input(key=f"mail_{text}_to").set_value("07 81 23 45 67")
    at.button(key=f"mail_{text}_resend").click().run()
    with reading() as session:
        newest = sa.select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(1)
        again = session.scalars(newest).one()
    assert (again.recipient, again.channel, again.state) == ("+33781234567", Channel.SMS, S.HELD)
    assert mail_of(text).state is S.CANCELLED
