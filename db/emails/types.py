"""An e-mail once it is rendered, and the refusal that says why there is none."""

import datetime as dt
from dataclasses import dataclass

from db.domain.errors import MarketplaceError
from db.domain.mail import EmailTemplate, RecipientKind


@dataclass(frozen=True, slots=True)
class Rendered:
    """An e-mail as it is read, and from whom."""

    subject: str
    html: str
    text: str
    from_email: str
    from_name: str
    #: Where an answer goes; empty where it goes to the sender.
    reply_to: str


class RenderingError(MarketplaceError):
    """The e-mail cannot be made; the sentence says why and what to correct."""


@dataclass(frozen=True, slots=True)
class AttachmentRef:
    """A stored file that goes with an e-mail."""

    ref: str
    name: str
    #: What it must be; empty where nobody wrote it down.
    sha256: str = ""
    #: Its row in ``files``, where it has one.
    file_id: int | None = None
    #: By which the text shows it (RFC 2392); empty for what is attached below the text.
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class OutgoingEmail:
    """A message of the outbox that one worker has claimed, ready to be handed to the provider."""

    outbox_id: int
    template: EmailTemplate
    recipient_kind: RecipientKind
    recipient: str
    recipient_name: str
    content: Rendered
    created_at: dt.datetime
    #: Which try this is, from 1.
    attempt: int
    #: From then on others take its answer for lost, so it must not be handed over any more.
    claimed_until: dt.datetime
    attachments: tuple[AttachmentRef, ...] = ()

    @property
    def message_id(self) -> str:
        """Return its Message-ID, the same at every try: mail programs show what has the same one once."""
        domain = self.content.from_email.rpartition("@")[2]
        return f"<outbox-{self.outbox_id}.{self.created_at:%Y%m%d%H%M%S}@{domain}>"
