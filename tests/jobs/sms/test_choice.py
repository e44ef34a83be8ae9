"""Which way SMS leave."""

import pytest
from pydantic import ValidationError

from db.settings import Settings
from jobs.mail.mailbox import LocalMailbox
from jobs.mail.senders import Sender
from jobs.sms.brevo import Brevo
from jobs.sms.choice import chosen_text_sender

BREVO = {"sms_sender": "brevo", "sms_api_key": "xkeysib-1", "sms_from": "MARCHEDICI"}


def chosen(**variables: object) -> Sender:
    return chosen_text_sender(Settings(_env_file=None, **variables))


def test_unless_told_otherwise_no_sms_leaves_the_machine() -> None:
    assert isinstance(chosen(), LocalMailbox)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ({}, "https://api.brevo.com/v3/transactionalSMS/send"),
        ({"sms_host": "http://127.0.0.1:9/"}, "http://127.0.0.1:9/v3/transactionalSMS/send"),
    ],
)
def test_brevo_is_spoken_to_where_the_settings_say(host: dict[str, str], url: str) -> None:
    sender = chosen(**BREVO, **host)
    assert isinstance(sender, Brevo)
    assert sender.url == url


@pytest.mark.parametrize("missing", ["sms_api_key", "sms_from"])
def test_brevo_without_its_key_or_a_sender_is_no_choice(missing: str) -> None:
    with pytest.raises(ValidationError, match="SMS_SENDER=brevo demande aussi"):
        chosen(**{name: value for name, value in BREVO.items() if name != missing})


@pytest.mark.parametrize("name", ["12345", "Marché", "ab", "UNNOMTROPLONG", "MON SHOP"])
def test_a_sender_that_networks_refuse_is_refused_at_the_start(name: str) -> None:
    with pytest.raises(ValidationError):
        chosen(**BREVO | {"sms_from": name})
