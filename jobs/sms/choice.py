"""Which way SMS leave, as the settings say."""

from db.settings import Settings
from jobs.mail.mailbox import LocalMailbox
from jobs.mail.senders import Sender


def chosen_text_sender(chosen: Settings) -> Sender:
    """Return the sender that ``SMS_SENDER`` names; the settings have checked that it has what it needs."""
    if chosen.sms_sender == "brevo" and chosen.sms_api_key:
        from jobs.sms.brevo import API, Brevo  # noqa: PLC0415  the embedded default does not need it

        return Brevo(chosen.sms_api_key.get_secret_value(), chosen.sms_from, host=chosen.sms_host or API)
    return LocalMailbox()
