"""Make the file from which the DAC7 declaration of a year is made: one row a seller, currency and quarter."""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import sqlalchemy as sa

from db.domain.dac7 import QUARTERS
from db.engine import reading
from db.queries.dac7 import DeclaredSeller, declaration
from db.services.dac7 import wanted_dac7
from jobs.makers import Made, Progress
from jobs.spreadsheets import MEDIA_TYPES, Cell, ListColumn, Value, list_writer

COLUMNS = (
    ListColumn("Année", Cell.TEXT, 7),
    ListColumn("Trimestre", Cell.TEXT, 10),
    ListColumn("À déclarer", Cell.TEXT, 10),
    ListColumn("Raison de l’exclusion", Cell.TEXT, 26),
    ListColumn("Vendeur", Cell.TEXT, 28),
    ListColumn("Raison sociale ou nom", Cell.TEXT, 28),
    ListColumn("Personne physique", Cell.TEXT, 10),
    ListColumn("Nature", Cell.TEXT, 22),
    ListColumn("Adresse", Cell.TEXT, 40),
    ListColumn("Pays", Cell.TEXT, 6),
    ListColumn("SIREN", Cell.TEXT, 11),
    ListColumn("Numéro fiscal", Cell.TEXT, 18),
    ListColumn("N° de TVA", Cell.TEXT, 16),
    ListColumn("Né le", Cell.DAY, 11),
    ListColumn("Lieu de naissance", Cell.TEXT, 20),
    ListColumn("IBAN", Cell.TEXT, 30),
    ListColumn("Titulaire du compte", Cell.TEXT, 28),
    ListColumn("Devise", Cell.TEXT, 8),
    ListColumn("Nombre de ventes", Cell.COUNT, 11),
    ListColumn("Contrepartie nette", Cell.MONEY, 16),
    ListColumn("Commissions", Cell.MONEY, 14),
    ListColumn("Il manque", Cell.TEXT, 50),
)


def make_dac7(engine: sa.Engine, arguments: Mapping[str, Any], out: BinaryIO, progress: Progress) -> Made:
    """Write the sellers one after the other, the declared ones first."""
    with reading(engine) as session:
        wanted = wanted_dac7(session, arguments)
        found = declaration(session, wanted.viewer, wanted.year)
    writer = list_writer(wanted.format, out, COLUMNS, f"DAC7 {wanted.year}")
    for done, seller in enumerate(found.sellers, start=1):
        writer.write(rows_of(wanted.year, seller))
        progress(done)
    writer.close()
    return Made(f"dac7-{wanted.year}.{wanted.format}", MEDIA_TYPES[wanted.format], len(found.sellers))


def rows_of(year: int, seller: DeclaredSeller) -> Iterator[tuple[Value, ...]]:
    """Return a seller's rows, one for each quarter, in the order of ``COLUMNS``."""
    facts = seller.facts
    for number, quarter in zip(QUARTERS, seller.quarters, strict=True):
        yield (
            str(year),
            f"T{number}",
            "Non" if seller.exclusion else "Oui",
            seller.exclusion.label if seller.exclusion else "",
            facts.name,
            facts.legal_name,
            "Oui" if facts.is_person else "Non",
            facts.nature.label,
            facts.address,
            facts.country_code,
            facts.siren,
            facts.tax_number,
            facts.vat_number,
            facts.born_on or "",
            facts.birth_place,
            facts.iban or "",
            facts.account_holder or facts.legal_name,
            seller.currency,
            quarter.sales,
            quarter.credited_cents,
            quarter.fee_cents,
            ", ".join(seller.missing),
        )
