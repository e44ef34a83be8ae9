"""pain.002: the bank says of each transfer of a file, or of the whole file, whether it takes it."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from db.domain.bank_reasons import DUPLICATE_CODES, reason_words
from db.domain.bank_reports import BankAnswer, BankReport, Said, cents_of, day_of, text_of

#: ISO 20022, ExternalPaymentTransactionStatus1Code; PART says that the transfers are told one by one.
_SAID = {
    "RJCT": Said.REJECTED,
    "CANC": Said.REJECTED,
    "ACSC": Said.PAID,
    "ACCC": Said.PAID,
} | dict.fromkeys(
    ("RCVD", "PDNG", "ACTC", "ACCP", "ACSP", "ACWC", "ACWP", "ACFC", "ACIS", "ACPD", "PATC", "PRES"), Said.ACCEPTED
)
_ONE_BY_ONE = ("", "PART")


def read_status_report(message: str, document: Element) -> BankReport:
    """Return what a pain.002 says.

    Args:
        message: « pain.002.001.10 ».
        document: Its root, of plain names.
    """
    return BankReport(
        message,
        day_of(document, "CstmrPmtStsRpt/GrpHdr/CreDtTm"),
        tuple(answer for report in document.iterfind("CstmrPmtStsRpt") for answer in _answers(report)),
    )


def _answers(report: Element) -> Iterator[BankAnswer]:
    group = report.find("OrgnlGrpInfAndSts")
    if group is None:
        return
    message_id, parts = text_of(group, "OrgnlMsgId"), report.findall("OrgnlPmtInfAndSts")
    if not any(text_of(part, "PmtInfSts") for part in parts):
        yield from _of_file(group, "GrpSts", message_id)
    for part in parts:
        yield from _of_file(part, "PmtInfSts", message_id)
        yield from (_of_transfer(each, message_id) for each in part.iterfind("TxInfAndSts"))


def _of_file(element: Element, status: str, message_id: str) -> Iterator[BankAnswer]:
    """Say what holds for the transfers that are not named; nothing where each is."""
    if text_of(element, status) not in _ONE_BY_ONE:
        said, code, words = _said(element, text_of(element, status))
        yield BankAnswer(said, message_id=message_id, code=code, words=words)


def _of_transfer(element: Element, message_id: str) -> BankAnswer:
    said, code, words = _said(element, text_of(element, "TxSts"))
    cents, currency = cents_of(element, "OrgnlTxRef/Amt/InstdAmt")
    return BankAnswer(
        said,
        text_of(element, "OrgnlEndToEndId"),
        message_id,
        day_of(element, "FctvIntrBkSttlmDt/Dt", "FctvIntrBkSttlmDt/DtTm", "AccptncDtTm"),
        cents,
        currency,
        code,
        words,
    )


def _said(element: Element, status: str) -> tuple[Said, str, str]:
    """Return what a status says, and why: its code and words."""
    said = _SAID.get(status, Said.UNCLEAR)
    if said is Said.UNCLEAR:
        return said, status, f"État « {status} » inconnu"
    if said is not Said.REJECTED:
        return said, "", ""
    code = text_of(element, "StsRsnInf/Rsn/Cd") or text_of(element, "StsRsnInf/Rsn/Prtry")
    if code in DUPLICATE_CODES:
        said = Said.DUPLICATE
    return said, code, reason_words(code, text_of(element, "StsRsnInf/AddtlInf"))
