"""Tell what a file of the bank is, and read it."""

from db.domain.bank_reports import BankReport, WrongReportError
from db.domain.bank_statements import read_statement
from db.domain.bank_status import read_status_report
from db.domain.xml_files import read_xml

_READERS = {"pain.002": read_status_report, "camt.053": read_statement, "camt.054": read_statement}
_VERSION = ".001."


def read_report(content: bytes) -> BankReport:
    """Return what a file of the bank says, of whatever version of its message.

    Raises:
        UnreadableXmlError: It is too large, no XML, or built to harm.
        WrongReportError: It is another message, or one that says nothing of transfers.
    """
    file = read_xml(content)
    message = file.namespace.rpartition(":")[2]
    reader = _READERS.get(message.rpartition(_VERSION)[0])
    if reader is None or file.root.tag != "Document":
        raise WrongReportError(message or file.root.tag)
    return reader(message, file.root)
