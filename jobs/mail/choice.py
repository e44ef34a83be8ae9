"""Which way e-mails leave, as the settings say."""

from db.domain.time import utc_now
from db.emails.types import AttachmentRef
from db.engine import transaction
from db.services.document_files import StoredDocument, report_damage
from db.settings import Settings
from jobs.mail.attachments import reader_of
from jobs.mail.mailbox import LocalMailbox
from jobs.mail.senders import Sender


def chosen_sender(chosen: Settings) -> Sender:
    """Return the sender that ``MAIL_SENDER`` names; the settings have checked that it has what it needs."""
    read_file = reader_of(chosen.files_url, _report_damage)
    # Imported where they are used: the embedded default needs neither.
    if chosen.mail_sender == "sendgrid" and chosen.sendgrid_api_key:
        from jobs.mail.sendgrid import EU_HOST, GLOBAL_HOST, SendGrid  # noqa: PLC0415

        host = chosen.sendgrid_host or (EU_HOST if chosen.sendgrid_eu else GLOBAL_HOST)
        key = chosen.sendgrid_api_key.get_secret_value()
        return SendGrid(key, read_file, host=host, is_sandbox=chosen.sendgrid_sandbox)
    if chosen.mail_sender == "smtp" and chosen.smtp_url:
        from jobs.mail.smtp import Smtp  # noqa: PLC0415

        return Smtp(chosen.smtp_url.get_secret_value(), read_file)
    return LocalMailbox()


def _report_damage(attachment: AttachmentRef) -> None:
    if attachment.file_id is not None:
        with transaction() as session:
            report_damage(session, StoredDocument(attachment.file_id, attachment.ref, attachment.sha256), utc_now())
