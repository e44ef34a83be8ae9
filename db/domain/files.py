"""Files that leave the house: their kinds, their states, and who may have them."""

from enum import StrEnum

from db.domain.errors import MarketplaceError, NotFoundError
from db.domain.jobs import JobName
from db.domain.permissions import Permission


class FileKind(StrEnum):
    """What a file is."""

    LABELS = "labels"
    CARRIER_CSV = "carrier_csv"
    DOCUMENT = "document"
    PAPERS = "papers"
    DOCUMENT_LIST = "document_list"  # Made until exports were one: what is left of them can still be had.
    CONTINUITY = "continuity"
    VOUCHER = "voucher"
    REFUND_LIST = "refund_list"
    CUSTOMER_DATA = "customer_data"
    RETURN_SLIP = "return_slip"
    TRANSFERS = "transfers"
    PAYOUT_STATEMENT = "payout_statement"
    PAYOUT_LIST = "payout_list"  # The same.
    FEE_DOCUMENT = "fee_document"
    DAC7 = "dac7"
    EXPORT = "export"
    ACCOUNTING = "accounting"
    SUMMARY_CHART = "summary_chart"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return FILE_KIND_LABELS[self]

    @property
    def permission(self) -> Permission:
        """Return what it takes to ask for such a file and to download it."""
        return FILE_KIND_PERMISSIONS[self]

    @property
    def job(self) -> JobName:
        """Return the job that makes it: neither an e-mail's invoice nor a label waits behind minutes of printing."""
        if self in NUMBERED_KINDS:
            return JobName.MAKE_DOCUMENTS
        return JobName.MAKE_LARGE_FILES if self in LARGE_FILE_KINDS else JobName.MAKE_FILES


FILE_KIND_LABELS = {
    FileKind.LABELS: "Étiquettes",
    FileKind.CARRIER_CSV: "Fichier transporteur",
    FileKind.DOCUMENT: "Facture ou avoir",
    FileKind.PAPERS: "Impression",
    FileKind.DOCUMENT_LIST: "Liste de documents",
    FileKind.CONTINUITY: "Contrôle de continuité",
    FileKind.VOUCHER: "Bon d’achat",
    FileKind.REFUND_LIST: "Liste de remboursements",
    FileKind.CUSTOMER_DATA: "Données d’un client",
    FileKind.RETURN_SLIP: "Bon de retour",
    FileKind.TRANSFERS: "Fichier de virements",
    FileKind.PAYOUT_STATEMENT: "Relevé de reversement",
    FileKind.PAYOUT_LIST: "Liste de reversements",
    FileKind.FEE_DOCUMENT: "Facture de commission",
    FileKind.DAC7: "Préparation DAC7",
    FileKind.EXPORT: "Export",
    FileKind.ACCOUNTING: "Comptabilité",
    FileKind.SUMMARY_CHART: "Graphique du résumé",
}
FILE_KIND_PERMISSIONS = {
    FileKind.LABELS: Permission.SHIP,
    FileKind.CARRIER_CSV: Permission.SHIP,
    FileKind.DOCUMENT: Permission.READ_DOCUMENTS,
    FileKind.PAPERS: Permission.READ_DOCUMENTS,
    FileKind.DOCUMENT_LIST: Permission.EXPORT,
    # Of all sellers' documents: finance, managers and administrators, who may take any figure out of the house.
    FileKind.CONTINUITY: Permission.EXPORT,
    FileKind.VOUCHER: Permission.READ_CUSTOMERS,
    FileKind.REFUND_LIST: Permission.REFUND,
    FileKind.CUSTOMER_DATA: Permission.HANDLE_PERSONAL_DATA,
    FileKind.RETURN_SLIP: Permission.READ_DOCUMENTS,
    FileKind.TRANSFERS: Permission.PREPARE_PAYOUTS,
    FileKind.PAYOUT_STATEMENT: Permission.READ_PAYOUTS,
    FileKind.PAYOUT_LIST: Permission.EXPORT,
    FileKind.FEE_DOCUMENT: Permission.READ_PAYOUTS,
    FileKind.DAC7: Permission.EXPORT,
    FileKind.EXPORT: Permission.EXPORT,
    FileKind.ACCOUNTING: Permission.EXPORT,
    FileKind.SUMMARY_CHART: Permission.READ_CHARTS,
}

#: Invoices and credit notes, of sales and of fees: made once and kept, whatever happens; whose they are, they have.
NUMBERED_KINDS = frozenset({FileKind.DOCUMENT, FileKind.FEE_DOCUMENT})
#: E-mails wait for them.
ENCLOSED_KINDS = NUMBERED_KINDS | {FileKind.PAYOUT_STATEMENT, FileKind.SUMMARY_CHART}
#: These may take minutes, or be asked for by the hundred.
LARGE_FILE_KINDS = frozenset(
    {
        FileKind.PAPERS,
        FileKind.DOCUMENT_LIST,
        FileKind.CONTINUITY,
        FileKind.CUSTOMER_DATA,
        FileKind.PAYOUT_LIST,
        FileKind.PAYOUT_STATEMENT,
        FileKind.EXPORT,
        FileKind.ACCOUNTING,
    }
)


class FileState(StrEnum):
    """Where a file is on its way; a comment says who moves it there."""

    QUEUED = "queued"  # the service that asks for it; the worker, after a try that failed for a while
    MAKING = "making"  # the worker that took it
    READY = "ready"  # the worker: it is stored, with its hash
    FAILED = "failed"  # the worker: it cannot be made, and why
    CANCELLED = "cancelled"  # the person who asked for it
    DAMAGED = "damaged"  # the worker: what was stored is lost or altered and could not be made again as it was

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return FILE_STATE_LABELS[self]

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more will happen by itself."""
        return self not in UNDER_WAY_STATES


FILE_STATE_LABELS = {
    FileState.QUEUED: "En attente",
    FileState.MAKING: "En préparation",
    FileState.READY: "Prêt",
    FileState.FAILED: "Échec",
    FileState.CANCELLED: "Abandonné",
    FileState.DAMAGED: "Endommagé",
}
UNDER_WAY_STATES = frozenset({FileState.QUEUED, FileState.MAKING})
#: Of a numbered document: somebody has to look at it.
TROUBLED_STATES = frozenset({FileState.FAILED, FileState.DAMAGED})


class FileUnavailableError(NotFoundError):
    """No such file, not ready, or not for this person: which of the three is told to nobody."""

    def __init__(self) -> None:
        super().__init__("Ce fichier n’existe pas ou ne vous est pas accessible.")


class DocumentNotServedError(MarketplaceError):
    """The file of an invoice or a credit note that cannot be had now; the sentence says whether it will be."""

    def __init__(self, state: FileState, *, was_ready: bool) -> None:
        self.is_coming = not state.is_over
        if not self.is_coming:
            super().__init__(
                "Ce fichier n’a pas pu être préparé tel qu’il doit être. Le service financier en est averti."
            )
        elif was_ready:
            super().__init__(
                "Ce fichier est abîmé ou manquant. Il est en cours de rétablissement\u00a0: réessayez dans une minute."
            )
        else:
            super().__init__("Ce fichier est en cours de préparation\u00a0: réessayez dans un instant.")


class FileOverError(MarketplaceError):
    """A file that cannot be given up any more."""

    def __init__(self, state: FileState) -> None:
        self.state = state
        super().__init__(f"Ce fichier n’est plus en préparation (état\u00a0: {state.label.lower()}).")


class DocumentStaysError(MarketplaceError):
    """An invoice or a credit note that is issued has its file, whatever happens."""

    def __init__(self) -> None:
        super().__init__("Le fichier d’une facture ou d’un avoir est toujours préparé\u00a0: il ne s’abandonne pas.")
