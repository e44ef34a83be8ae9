"""Where an e-mail is on its way, in words."""

import datetime as dt
from dataclasses import replace

import pytest

from dashboard.mail.words import address_words, due_words, event_words, missing_words, progress_words
from db.domain.enclosures import Enclosure
from db.domain.mail import Channel, EmailTemplate, OutboxState, RecipientKind
from db.emails.reading import EventRow, MailContent, MailDetail
from tests.conftest import NOW

S = OutboxState
MAIL = MailDetail(
    id=1, order_id=1, order_number="N-1", channel=Channel.EMAIL, template=EmailTemplate.MESSAGE,
    recipient_kind=RecipientKind.CUSTOMER, recipient="zoe@example.org", recipient_name="Zoé", state=S.SENT,
    attempts=1, provider="", error="", created_at=NOW, due_at=NOW, sent_at=NOW, person_name="", enclosures=(),
    events=(), content=MailContent("Objet", "", "", "a@example.org", "Nous", is_final=True),
)  # fmt: skip


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (-1, "dès que possible"),
        (0, "dès que possible"),
        (42, "dans 42\u00a0s"),
        (119, "dans 119\u00a0s"),
        (600, "dans 10\u00a0min"),
        (7200, "le 21/11/2026 12:30"),
    ],
)
def test_when_it_leaves(after: int, words: str) -> None:
    assert due_words(NOW + dt.timedelta(seconds=after), NOW) == words


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"state": S.HELD, "attempts": 0, "due_at": NOW + dt.timedelta(seconds=60)}, "Part dans 60\u00a0s."),
        (
            {"state": S.HELD, "attempts": 0, "due_at": dt.datetime(9999, 1, 1, tzinfo=dt.UTC)},
            "Retenu jusqu’à la fin de l’action groupée.",
        ),
        (
            {"state": S.QUEUED, "attempts": 2, "error": "Trop d’envois.", "due_at": NOW + dt.timedelta(minutes=5)},
            "Trop d’envois. Nouvel essai dans 5\u00a0min, après 2\u00a0essais.",
        ),
        ({"state": S.OPENED}, "Envoyé le 21/11/2026 10:30, ouvert par son destinataire."),
        ({"state": S.BOUNCED, "error": "550 inconnu"}, "L’adresse a refusé cet e-mail. 550 inconnu"),
        ({"state": S.CANCELLED}, "Abandonné."),
        ({"state": S.FAILED, "channel": Channel.SMS, "error": "Brevo."}, "Ce SMS n’a pas pu partir. Brevo."),
    ],
)
def test_where_it_is(facts: dict[str, object], words: str) -> None:
    assert progress_words(replace(MAIL, **facts), NOW) == words


@pytest.mark.parametrize("state", list(OutboxState))
def test_every_state_has_its_sentence(state: OutboxState) -> None:
    assert progress_words(replace(MAIL, state=state), NOW).endswith(".")


def test_what_the_provider_told_is_french_where_it_can_be() -> None:
    assert event_words(EventRow("delivered", NOW, "")) == "21/11/2026 10:30 · Remis"
    assert event_words(EventRow("novelty", NOW, "why")) == "21/11/2026 10:30 · novelty – why"


def test_an_address_goes_with_its_name() -> None:
    assert address_words("Zoé", "zoe@example.org") == "Zoé <zoe@example.org>"
    assert address_words("", "zoe@example.org") == "zoe@example.org"
    assert address_words("Marché d’ici", "") == "Marché d’ici"


@pytest.mark.parametrize(
    ("enclosure", "template", "has_left", "words"),
    [
        (
            {"statement_file": "7", "waits_since": "2026-11-21T09:30:00+00:00"},
            EmailTemplate.SELLER_PAYOUT,
            False,
            "attend le relevé, qui n’est pas encore fait",
        ),
        (
            {"fee_of_payout": "3", "missing": "not_ready"},
            EmailTemplate.SELLER_PAYOUT,
            True,
            "sans la facture de commissions\u00a0: elle n’était pas prête",
        ),
        ({"fee_of_payout": "3", "missing": "no_invoice"}, EmailTemplate.SELLER_PAYOUT, True, ""),
        (
            {"missing": "not_ready"},
            EmailTemplate.PAYMENT_RECEIVED,
            True,
            "sans la facture\u00a0: elle n’était pas prête",
        ),
        ({"missing": "not_ready"}, EmailTemplate.CREDIT_NOTE, True, "sans l’avoir\u00a0: il n’était pas prêt"),
        ({"missing": "not_fit"}, EmailTemplate.INVOICE, False, "sans la facture\u00a0: elle est à vérifier"),
        ({"missing": "no_invoice"}, EmailTemplate.PAYMENT_RECEIVED, True, ""),
        ({"waits_since": "x"}, EmailTemplate.INVOICE, False, "attend la facture, qui n’est pas encore faite"),
    ],
)
def test_why_a_document_does_not_go_with_it(
    enclosure: dict[str, str],
    template: EmailTemplate,
    has_left: bool,  # noqa: FBT001  a column
    words: str,
) -> None:
    assert missing_words(Enclosure(**enclosure), template, has_left=has_left) == words
