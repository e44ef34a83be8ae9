"""A file of SEPA credit transfers: pain.001.001.09, written by sepaxml, checked against the schema of ISO 20022.

The same transfers make the same bytes: identifiers and the instant are the batch's own, not drawn and not « now ».
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from typing import Any

from sepaxml import SepaTransfer
from sepaxml.validation import ValidationError, try_valid_xml

from db.domain.errors import InvalidInputError, MarketplaceError
from db.domain.iban import bic_number
from db.domain.time import PARIS
from db.queries.transfers import BatchFacts, Transfer
from jobs.payouts.wording import MAX_NAME, remittance, sepa_text

SCHEMA = "pain.001.001.09"
_IN = f"{{urn:iso:std:iso:20022:tech:xsd:{SCHEMA}}}"
#: What the guidelines want of a bank that is known by the IBAN alone (EPC132-08).
_NO_BIC = "NOTPROVIDED"


class TransfersRefusedError(MarketplaceError):
    """There is no such file, whole or in part; the sentence says why."""


def transfer_file(batch: BatchFacts, transfers: Iterable[Transfer]) -> bytes:
    """Return the file.

    Args:
        batch: Who pays, and when.
        transfers: Whom, and how much; each was approved.

    Raises:
        TransfersRefusedError: A name cannot be written, or the file is not one that banks take.
    """
    debtor = {"name": _name(batch.debtor_name, "du compte qui paie"), "IBAN": batch.debtor_iban, "batch": True}
    written = SepaTransfer(debtor | {"currency": batch.currency} | _bic(batch.debtor_bic), schema=SCHEMA, clean=False)
    for transfer in transfers:
        written.add_payment(_payment(batch, transfer))
    content = _with_our_identifiers(written.export(validate=False), batch)
    try:
        try_valid_xml(content, SCHEMA)
    except ValidationError as error:
        raise TransfersRefusedError(
            f"Le fichier de {batch.message_id} n’est pas conforme à ce que les banques acceptent ({SCHEMA})\u00a0: "
            f"{_why(error)} Aucun fichier n’est produit."
        ) from error
    return content


def _payment(batch: BatchFacts, transfer: Transfer) -> dict[str, Any]:
    return {
        "name": _name(transfer.holder or transfer.seller_name, f"de {transfer.reference}"),
        "IBAN": transfer.iban,
        "amount": transfer.net_cents,
        "execution_date": batch.requested_on,
        "description": remittance(transfer.reference, transfer.seller_name, transfer.first_on, transfer.last_on),
        "endtoend_id": transfer.reference,
    } | _bic(transfer.bic)


def _name(holder: str, whose: str) -> str:
    name = sepa_text(holder, MAX_NAME)
    if not name:
        raise TransfersRefusedError(
            f"Le titulaire {whose} ne s’écrit pas dans un virement. Corrigez-le\u00a0: aucun fichier n’est produit."
        )
    return name


def _bic(typed: str) -> dict[str, str]:
    """Return a BIC where it is one: the IBAN says it all, a wrong BIC only has the transfer refused."""
    try:
        bic = bic_number(typed)
    except InvalidInputError:
        return {}
    return {"BIC": bic} if bic else {}


def _with_our_identifiers(content: bytes, batch: BatchFacts) -> bytes:
    """Return the file with the batch's identifiers in place of those that sepaxml draws at random."""
    document = ET.fromstring(content)  # noqa: S314  what was written above
    _set(document, "GrpHdr/MsgId", batch.message_id)
    _set(document, "GrpHdr/CreDtTm", f"{batch.created_at.astimezone(PARIS):%Y-%m-%dT%H:%M:%S}")
    _set(document, "PmtInf/PmtInfId", batch.message_id)
    # One line on the account's statement for each payout: a total could not be told apart when one comes back.
    _set(document, "PmtInf/BtchBookg", "false")
    for bank in document.iterfind(f".//{_IN}DbtrAgt/{_IN}FinInstnId"):
        if not len(bank):
            ET.SubElement(ET.SubElement(bank, f"{_IN}Othr"), f"{_IN}Id").text = _NO_BIC
    ET.register_namespace("", _IN[1:-1])
    ET.indent(document)
    whole: bytes = ET.tostring(document, encoding="UTF-8", xml_declaration=True)
    return whole + b"\n"


def _set(document: ET.Element, path: str, text: str) -> None:
    found = document.find(f"{_IN}CstmrCdtTrfInitn/" + "/".join(f"{_IN}{name}" for name in path.split("/")))
    if found is None:
        raise ValueError(f"sepaxml wrote no {path}")
    found.text = text


def _why(error: ValidationError) -> str:
    """Return what the schema says, as the people who repair it want it."""
    cause = error.__cause__
    reason, path = getattr(cause, "reason", None), getattr(cause, "path", None)
    return f"{reason} ({path})." if reason and path else str(error)
