"""Who a document is by: the line that names a company as the law wants, and the marketplace's colour."""

import re

from db.domain.colours import readable_on
from db.domain.formats import NO_BREAK_SPACE
from db.domain.snapshot import Buyer, Party
from jobs.documents.letterhead import address_lines
from jobs.documents.sheet import Ink

_COLOUR = re.compile("#[0-9a-fA-F]{6}")


def accent_of(brand_colour: str) -> str:
    """Return the brand's colour, dark enough to be read on paper; the shop may have written anything."""
    return readable_on(Ink.PAPER, brand_colour) if _COLOUR.fullmatch(brand_colour) else Ink.TEXT


def identity_of(party: Party) -> str:
    """Return who a company is, in one line."""
    siren = in_threes(party.siren)
    is_said = siren.replace(NO_BREAK_SPACE, "") in "".join(party.legal_notice.split())
    facts = (
        party.legal_name or party.name,
        ", ".join(address_lines(party.street, party.postcode, party.city)),
        party.legal_notice,
        "" if is_said else f"SIREN {siren}",
        f"N° TVA {party.vat_number}" if party.vat_number else "",
    )
    return " · ".join(fact for fact in facts if fact)


def registrations(company: Party | Buyer) -> list[str]:
    """Return the numbers that a company is registered under, each with its name; none that is not known."""
    return [
        *([f"SIREN {in_threes(company.siren)}"] if company.siren else []),
        *([f"N° TVA {company.vat_number}"] if company.vat_number else []),
    ]


def in_threes(siren: str) -> str:
    """Return a SIREN as it is read: « 404 833 048 »."""
    return NO_BREAK_SPACE.join(siren[start : start + 3] for start in range(0, len(siren), 3))
