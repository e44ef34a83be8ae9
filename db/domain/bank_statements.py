"""camt.053 and camt.054: what the bank booked on the account that pays, debits and what came back."""

from collections.abc import Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element

from db.domain.bank_reasons import reason_words
from db.domain.bank_reports import BankAnswer, BankReport, Said, cents_of, day_of, text_of

_ENTRIES = ("BkToCstmrStmt/Stmt/Ntry", "BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry")
_BOOKED = "BOOK"  # What is only pending may still not happen.
_DEBIT, _CREDIT = "DBIT", "CRDT"
#: Bank transaction codes of a credit transfer that comes back (ISO 20022, sub-families RRTN and of reversals).
_RETURN_CODES = frozenset({"RRTN", "RPCR", "ARET", "AREV"})


def read_statement(message: str, document: Element) -> BankReport:
    """Return what a camt.053 or camt.054 says.

    Args:
        message: « camt.053.001.08 ».
        document: Its root, of plain names.
    """
    answers: list[BankAnswer] = []
    others = 0
    for entry in (entry for path in _ENTRIES for entry in document.iterfind(path)):
        found = list(_answers(entry))
        answers += found
        others += not found
    return BankReport(message, day_of(document, "*/GrpHdr/CreDtTm"), tuple(answers), others)


def _answers(entry: Element) -> Iterator[BankAnswer]:
    """Say what an entry means to transfers: each that it names, or the whole file that it books at once."""
    if (text_of(entry, "Sts/Cd") or text_of(entry, "Sts")) != _BOOKED:
        return
    details = entry.findall("NtryDtls/TxDtls")
    for each in details:
        reference = text_of(each, "Refs/EndToEndId")
        if reference:
            yield _of_transfer(entry, each, reference, is_alone=len(details) == 1)
    if not details:
        for batch in entry.iterfind("NtryDtls/Btch"):
            message_id = text_of(batch, "MsgId") or text_of(batch, "PmtInfId")
            if message_id:
                answer = replace(_booked(entry, entry), message_id=message_id, booking=text_of(entry, "AcctSvcrRef"))
                yield _with_amount(answer, *cents_of(entry, "Amt"))


def _of_transfer(entry: Element, details: Element, reference: str, *, is_alone: bool) -> BankAnswer:
    cents, currency = cents_of(details, "Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt")
    if cents is None and is_alone:
        cents, currency = cents_of(entry, "Amt")
    message_id = text_of(details, "Refs/MsgId") or text_of(details, "Refs/PmtInfId")
    # Of a line that books several at once, each transfer has its own.
    own, of_line = text_of(details, "Refs/AcctSvcrRef"), text_of(entry, "AcctSvcrRef")
    booking = (of_line or own) if is_alone else (own or of_line)
    answer = replace(_booked(entry, details), reference=reference, message_id=message_id, booking=booking)
    return _with_amount(answer, cents, currency)


def _with_amount(answer: BankAnswer, cents: int | None, currency: str) -> BankAnswer:
    """Return an answer with its amount; a booking without one is for somebody to look at."""
    if cents is None:
        return replace(answer, said=Said.UNCLEAR, words="Montant absent ou illisible")
    return replace(answer, cents=cents, currency=currency)


def _booked(entry: Element, details: Element) -> BankAnswer:
    """Return what the direction of a booking means."""
    direction = text_of(details, "CdtDbtInd") or text_of(entry, "CdtDbtInd")
    came_back = _came_back(entry, details)
    code = text_of(details, "RtrInf/Rsn/Cd") or text_of(details, "RtrInf/Rsn/Prtry")
    said, words = Said.UNCLEAR, "Ligne du relevé à lire\u00a0: ni un débit, ni un retour"
    if direction == _DEBIT and not came_back:
        said, words = Said.PAID, ""
    elif direction == _CREDIT and came_back:
        said, words = Said.RETURNED, reason_words(code, text_of(details, "RtrInf/AddtlInf"))
    return BankAnswer(
        said,
        on=day_of(entry, "BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm"),
        code=code,
        words=words,
        line=text_of(entry, "NtryRef"),
    )


def _came_back(entry: Element, details: Element) -> bool:
    codes = {
        text_of(each, f"BkTxCd/Domn/Fmly/{name}") for each in (entry, details) for name in ("SubFmlyCd", "Cd")
    }  # fmt: skip
    return (
        details.find("RtrInf") is not None
        or text_of(entry, "RvslInd").lower() in ("true", "1")
        or bool(codes & _RETURN_CODES)
    )
