"""The text of SMS: filled in, in the letters of telephones, in one wherever that can be."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.mail import Channel, EmailTemplate, OutboxState, RecipientKind
from db.domain.orders import DeliveryMode, OrderStatus
from db.domain.permissions import Role
from db.domain.sms import TEXTED_TEMPLATES, sms_size
from db.emails.reading import read_mail
from db.emails.sms import DEFAULT_TEXTS, NO_MORE, check_text, preview_text, render_texts
from db.emails.types import Rendered, RenderingError
from db.models import Marketplace, OutboxMessage, SmsOptOut, SmsText
from tests.conftest import NOW
from tests.factories import ADMIN, create_order, create_seller
from tests.jobs.mail.letters import queue_emails

READY, NEW = EmailTemplate.ORDER_READY, EmailTemplate.SELLER_NEW_ORDER
LONG_NAME = "La grande épicerie fine des vallées pyrénéennes, de la Gascogne et du Béarn réunis"


@pytest.fixture(autouse=True)
def _market(session: Session) -> None:
    session.add(Marketplace(id=1, name="Marché d’ici"))
    session.flush()


def collected(session: Session, number: str, seller_name: str = "Maison du thé") -> int:
    seller = create_seller(session, seller_name, street="3 place du Capitole", postcode="31000", city="Toulouse")
    return create_order(
        session,
        seller,
        number=number,
        status=OrderStatus.READY,
        delivery_mode=DeliveryMode.CLICK_AND_COLLECT,
        pickup_code="482913",
    ).id


def test_a_seller_reads_what_was_ordered_and_where_to_look(session: Session) -> None:
    order = create_order(session, number="1042", item_count=3, total_cents=45_80)
    assert preview_text(session, NEW, order.id) == (
        "Marché d'ici : nouvelle commande 1042, 3 articles, 45,80 €.\nhttp://127.0.0.1:8501/commande?n=1042"
    )


def test_a_customer_reads_where_to_come_and_what_to_say(session: Session) -> None:
    text = preview_text(session, READY, collected(session, "62038bc9-f390060031-398dfb-001"))
    assert text == (
        "Marché d'ici : votre commande 62038bc9-f390060031-398dfb-001 est prete. "
        "A retirer : Maison du thé, 3 place du Capitole. Code : 482913."
    ) or text.endswith("31000 Toulouse. Code : 482913.")
    assert sms_size(text).parts == 1


def test_a_long_name_is_cut_so_that_one_sms_holds_and_a_number_never_is(session: Session) -> None:
    text = preview_text(session, READY, collected(session, "62038bc9-f390060031-398dfb-001", LONG_NAME))
    assert sms_size(text).parts == 1
    assert "62038bc9-f390060031-398dfb-001" in text
    assert text.endswith("Code : 482913.")
    assert "La grande épicerie" in text
    assert ".." not in text


def test_a_link_that_does_not_fit_is_left_out_whole(session: Session) -> None:
    order = create_order(session, number="C" * 60)
    text = preview_text(session, NEW, order.id)
    assert "http" not in text
    assert sms_size(text).parts == 1


def test_what_cannot_be_said_in_one_sms_is_said_whole_in_two(session: Session) -> None:
    text = preview_text(session, NEW, create_order(session).id, text="x" * 200 + " {{ lien_vendeur }}")
    assert "http" in text
    assert sms_size(text).parts == 2


def test_letters_that_telephones_lack_do_not_make_it_dear(session: Session) -> None:
    text = preview_text(session, NEW, None, text="L’œuvre « prête » : {{ vendeur }} – 12 €…")
    assert text == 'L\'oeuvre "prete" : Maison du thé - 12 €...'
    assert sms_size(text).is_gsm


@pytest.mark.parametrize("template", TEXTED_TEMPLATES)
def test_every_default_can_be_saved(template: EmailTemplate) -> None:
    assert check_text(template, DEFAULT_TEXTS[template]) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("  ", "a besoin d’un texte"),
        ("{{ articles }}", "n’ont pas leur place dans un SMS"),
        ("{{ rien }}", "n’existe pas"),
        ("{% if %}", "Ligne 1"),
        ("a" * 460, "plus de 3 messages"),
    ],
)
def test_what_could_not_be_sent_is_refused_with_the_reason(text: str, fault: str) -> None:
    assert fault in " ".join(check_text(READY, text))


def queued(session: Session, **columns: object) -> OutboxMessage:
    text = {
        "channel": Channel.SMS,
        "template": NEW,
        "recipient_kind": RecipientKind.SELLER,
        "recipient": "+33612345678",
    }
    queue_emails(session, 1, **text | columns)
    return session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(1)).one()


def test_what_staff_wrote_leaves_in_place_of_the_default(session: Session) -> None:
    session.add(SmsText(template=NEW, text="Commande {{ numero }} !"))
    message = queued(session, order_id=create_order(session, number="1042").id)
    made = render_texts(session, [message], NOW)[message.id]
    assert isinstance(made, Rendered)
    assert (made.text, made.subject, made.html) == ("Commande 1042 !", "", "")


def test_a_number_that_said_stop_meanwhile_gets_nothing_and_keeps_no_other_back(session: Session) -> None:
    order_id = create_order(session).id
    silent, other = queued(session, order_id=order_id), queued(session, order_id=order_id, recipient="+33698765432")
    session.add(SmsOptOut(phone="+33612345678"))
    session.flush()
    made = render_texts(session, [silent, other], NOW)
    assert isinstance(made[silent.id], RenderingError)
    assert str(made[silent.id]) == NO_MORE
    assert isinstance(made[other.id], Rendered)


def test_an_sms_is_read_as_it_was_sent_or_as_it_would_be(session: Session) -> None:
    message = queued(session, order_id=create_order(session, number="1042").id)
    viewer = replace(ADMIN, role=Role.SUPPORT)
    now = read_mail(session, viewer, message.id, NOW)
    assert now.content.text.startswith("Marché d'ici : nouvelle commande 1042")
    assert not now.content.is_final
    message.state, message.text = OutboxState.SENT, "Comme parti"
    session.flush()
    sent = read_mail(session, viewer, message.id, NOW)
    assert (sent.content.text, sent.content.is_final) == ("Comme parti", True)
