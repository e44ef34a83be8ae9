"""How documents are worded and what they look like, as it is set."""

from dataclasses import dataclass, fields

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.mentions import MentionTexts
from db.models import DocumentSettings
from db.queries.columns import columns


@dataclass(frozen=True, slots=True)
class DocumentSettingsRow:
    """Réglages › Documents; an empty sentence stands for the default of ``MentionTexts``."""

    legal_notice: str = ""
    payment_days: int = 0
    mandate: str = ""
    late_penalty: str = ""
    recovery_fee: str = ""
    early_payment: str = ""
    exempt: str = ""
    export: str = ""
    intra_community: str = ""
    debits: str = ""
    payment: str = ""
    footer: str = ""
    logo_ref: str = ""

    @property
    def texts(self) -> MentionTexts:
        """Return the sentences that documents bear: as they are set, or the defaults."""
        typed = {each.name: getattr(self, each.name) for each in fields(MentionTexts)}
        return MentionTexts(**{name: text for name, text in typed.items() if text})


def document_settings(session: Session) -> DocumentSettingsRow:
    """Return what is set; where nobody has set anything yet, the defaults."""
    row = session.execute(sa.select(*columns(DocumentSettings, DocumentSettingsRow))).one_or_none()
    return DocumentSettingsRow(**row._asdict()) if row else DocumentSettingsRow()
