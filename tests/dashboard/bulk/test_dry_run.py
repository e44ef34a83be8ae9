"""What a dry run says of its e-mails."""

from dataclasses import replace

import pytest

from dashboard.bulk.dry_run import mailing_sentence, several_sentence, sum_sentences
from db.domain.bulk import BulkAction, CustomerMessage, Reminder
from db.domain.mail import Channel, EmailTemplate, RecipientKind
from db.services.bulk_actions import BulkPlan, Sums
from db.services.outbox import Letter

MESSAGE = CustomerMessage("Objet", "Texte")


def a_plan(action: BulkAction, *recipients: str) -> BulkPlan:
    """An action that writes to these customers, one order each."""
    letters = [
        Letter(order_id, EmailTemplate.MESSAGE, RecipientKind.CUSTOMER, recipient, "Ada")
        for order_id, recipient in enumerate(recipients, start=1)
    ]
    return BulkPlan(action, {letter.order_id: 1 for letter in letters}, (), tuple(letters))


@pytest.mark.parametrize(
    ("recipients", "said"),
    [
        (("a@x.fr", "b@x.fr"), None),
        (("a@x.fr", "a@x.fr", "b@x.fr"), "2\u00a0clients, dont 1 en recevra plusieurs."),
        (("a@x.fr", "b@x.fr", "a@x.fr", "b@x.fr", "c@x.fr"), "3\u00a0clients, dont 2 en recevront plusieurs."),
        (("a@x.fr", "a@x.fr"), "Le même client en recevra 2."),
    ],
)
def test_who_gets_the_same_message_several_times_is_said_beforehand(
    recipients: tuple[str, ...], said: str | None
) -> None:
    assert several_sentence(a_plan(MESSAGE, *recipients)) == said


def test_several_reminders_are_one_for_each_order_and_need_no_warning() -> None:
    assert several_sentence(a_plan(Reminder(), "a@x.fr", "a@x.fr")) is None


def test_an_address_is_text_and_no_link() -> None:
    assert mailing_sentence(a_plan(MESSAGE, "a@x.fr")) == "**1\u00a0e-mail** à a\\@\u2060x\\.fr."


def test_sms_are_counted_beside_the_emails() -> None:
    plan = a_plan(MESSAGE, "a@x.fr")
    text = Letter(1, EmailTemplate.ORDER_READY, RecipientKind.CUSTOMER, "+33612345678", "Ada", channel=Channel.SMS)
    both = replace(plan, letters=(*plan.letters, text, text))
    assert mailing_sentence(both) == "**1\u00a0e-mail** à a\\@\u2060x\\.fr, et **2\u00a0SMS**."
    assert mailing_sentence(replace(plan, letters=(text,))) == "**1\u00a0SMS**."


def test_the_documents_that_are_issued_are_counted() -> None:
    one = Sums(invoices=1, credit_notes=1, credited={"EUR": 31_90})
    many = Sums(invoices=1_200, credit_notes=2, credited={"EUR": 63_80, "CHF": 5_00})
    assert said(one) == ["1\u00a0facture sera établie.", "1\u00a0avoir sera établi\u00a0: **31,90\u00a0€**."]
    assert said(many)[0] == "1\u202f200\u00a0factures seront établies."
    assert said(many)[1].startswith("2\u00a0avoirs seront établis\u00a0: **63,80\u00a0€**, **5,00")


def said(sums: Sums) -> list[str]:
    return [sentence.replace("\\", "") for sentence in sum_sentences(sums)]
