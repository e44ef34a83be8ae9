"""What rendering an e-mail gives: the e-mail, or the refusal that says why there is none."""

from dataclasses import dataclass

from db.domain.errors import MarketplaceError


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
