"""What the law wants to know of a seller before a document is issued in its name."""

import datetime as dt

from db.domain.snapshot import Party


def missing_of_issuer(party: Party, vat_exemption: str, mandate_signed_on: dt.date | None) -> list[str]:
    """Return what is not known of a seller, in words; while anything is missing, no document is issued.

    CGI, ann. II, art. 242 nonies A; art. 289 I-2 for the mandate.
    """
    wanted = {
        "la raison sociale": party.legal_name,
        "le SIREN": party.siren,
        "l’adresse": party.street and party.city,
        "le numéro de TVA (ou la raison de n’en pas facturer)": party.vat_number or vat_exemption,
        "la date du mandat de facturation": mandate_signed_on,
    }
    return [name for name, value in wanted.items() if not value]
