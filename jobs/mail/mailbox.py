"""The embedded default: nothing leaves the machine, e-mails are read in « Boîte d'envoi »."""

from db.emails.types import OutgoingEmail


class LocalMailbox:
    """Takes every e-mail and keeps it where it is."""

    name = "boîte locale"

    def send(self, email: OutgoingEmail) -> str:
        """Return the e-mail's own id."""
        return email.message_id
