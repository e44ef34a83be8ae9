"""Papers that are printed in number: what they are, which orders have one, and how a printing is called.

Invoices and credit notes are documents (``db/domain/documents.py``): they are printed as they were issued. All others
say how an order is now; nothing is numbered, and whoever needs one once more prints it again.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from db.domain.documents import DocumentKind
from db.domain.errors import MarketplaceError
from db.domain.formats import date, integer, plural
from db.domain.order_filter import OrderFilter
from db.domain.orders import OrderStatus

#: More at once is a pile that nobody handles, and a file that few programs open.
MAX_PAPERS = 20_000


class Paper(StrEnum):
    """What is printed."""

    INVOICES = "invoices"
    CREDIT_NOTES = "credit_notes"
    DELIVERY_SLIPS = "delivery_slips"
    ORDER_SUMMARIES = "order_summaries"
    PICKING_LIST = "picking_list"
    RETURN_SLIPS = "return_slips"
    PICKUP_NOTES = "pickup_notes"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return PAPER_LABELS[self]

    @property
    def one(self) -> str:
        """Return what one is called, as its heading reads."""
        return PAPER_WORDS[self][0]

    @property
    def many(self) -> str:
        """Return what several are called."""
        return PAPER_WORDS[self][1]

    @property
    def document_kind(self) -> DocumentKind | None:
        """Return which numbered document it is; None for what is drawn from the order as it is now."""
        return _DOCUMENT_KINDS.get(self)

    @property
    def is_feminine(self) -> bool:
        """Tell how the word is spoken of."""
        return self in _FEMININE

    def counted(self, papers: int) -> str:
        """Return « 1 facture », « 1 200 bons de livraison »."""
        return plural(papers, self.one[0].lower() + self.one[1:], self.many[0].lower() + self.many[1:])


PAPER_LABELS = {
    Paper.INVOICES: "Factures",
    Paper.CREDIT_NOTES: "Avoirs",
    Paper.DELIVERY_SLIPS: "Bons de livraison",
    Paper.ORDER_SUMMARIES: "Récapitulatifs pour les fournisseurs",
    Paper.PICKING_LIST: "Liste de prélèvement",
    Paper.RETURN_SLIPS: "Bons de retour",
    Paper.PICKUP_NOTES: "Bons de retrait",
}
PAPER_WORDS = {
    Paper.INVOICES: ("Facture", "Factures"),
    Paper.CREDIT_NOTES: ("Avoir", "Avoirs"),
    Paper.DELIVERY_SLIPS: ("Bon de livraison", "Bons de livraison"),
    Paper.ORDER_SUMMARIES: ("Récapitulatif fournisseur", "Récapitulatifs fournisseurs"),
    Paper.PICKING_LIST: ("Liste de prélèvement", "Listes de prélèvement"),
    Paper.RETURN_SLIPS: ("Bon de retour", "Bons de retour"),
    Paper.PICKUP_NOTES: ("Bon de retrait", "Bons de retrait"),
}
_FEMININE = frozenset({Paper.INVOICES, Paper.PICKING_LIST})
_DOCUMENT_KINDS = {Paper.INVOICES: DocumentKind.INVOICE, Paper.CREDIT_NOTES: DocumentKind.CREDIT_NOTE}
#: What an order lacks: « 3 commandes n’ont pas de facture ».
_LACKED = {
    Paper.INVOICES: "pas de facture",
    Paper.CREDIT_NOTES: "pas d’avoir",
    Paper.DELIVERY_SLIPS: "rien qui soit parti ou doive partir",
    Paper.ORDER_SUMMARIES: "aucun article à commander",
    Paper.PICKING_LIST: "rien à préparer",
    Paper.RETURN_SLIPS: "aucun article qui puisse revenir",
    Paper.PICKUP_NOTES: "rien que le client vienne retirer",
}


class Form(StrEnum):
    """What the papers come in."""

    ONE_PDF = "one_pdf"
    ZIP = "zip"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return FORM_LABELS[self]


FORM_LABELS = {Form.ONE_PDF: "Un seul PDF, dans l’ordre", Form.ZIP: "Un fichier par document, dans un ZIP"}


class DayOf(StrEnum):
    """Whose day « Du / Au » speaks of."""

    ORDER = "order"
    DOCUMENT = "document"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return DAY_OF_LABELS[self]


DAY_OF_LABELS = {DayOf.ORDER: "Date de la commande", DayOf.DOCUMENT: "Date de la facture ou de l’avoir"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Orders that somebody ticked."""

    order_ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class Matching:
    """All the orders of a list, as the grid filters it."""

    orders: OrderFilter


@dataclass(frozen=True, slots=True)
class Period:
    """« Du / Au », both days included, in the marketplace's time zone."""

    first_day: dt.date
    last_day: dt.date
    #: The day of the document is one that only invoices and credit notes have; of other papers, the order's counts.
    day_of: DayOf = DayOf.ORDER
    #: Of the order now; none for any.
    statuses: frozenset[OrderStatus] = frozenset()
    seller_id: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which papers, of which orders, in what."""

    paper: Paper
    among: Chosen | Matching | Period
    form: Form = Form.ONE_PDF
    #: Of summaries for suppliers: the prices of sale, which are not a supplier's business unless one says so.
    shows_prices: bool = False


@dataclass(frozen=True, slots=True)
class PaperPlan:
    """What a printing would hold if it were asked for now."""

    wanted: Wanted
    #: Of numbered papers the documents, else the orders, in the order in which they are printed.
    ids: tuple[int, ...]
    #: How many orders have at least one.
    orders: int
    #: How many papers that makes; each is one page or more.
    papers: int
    #: The numbers of the orders that have none.
    without: tuple[str, ...] = ()
    seller_name: str = ""
    #: Of the one order that has any, where it is one that somebody chose.
    number: str = ""

    @property
    def without_words(self) -> str:
        """Return « 3 commandes n’ont pas de facture. », or nothing where each has one."""
        if not self.without:
            return ""
        verb = "n’a" if len(self.without) == 1 else "n’ont"
        return f"{plural(len(self.without), 'commande')} {verb} {_LACKED[self.wanted.paper]}."

    @property
    def order_words(self) -> str:
        """Return in which order the pages come."""
        match self.wanted.paper:
            case Paper.INVOICES | Paper.CREDIT_NOTES:
                return "Dans l’ordre des numéros."
            case Paper.PICKING_LIST:
                return "Par vendeur, puis par fournisseur et par référence."
        return "Dans l’ordre des dates de commande, puis des numéros."

    @property
    def title(self) -> str:
        """Return what the file is called in the list of files, which is also the log of what was printed."""
        return paper_title(self)


class NothingToPrintError(MarketplaceError):
    """There is no such paper among what was chosen."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        none = "aucune" if paper.is_feminine else "aucun"
        what = paper.one[0].lower() + paper.one[1:]
        super().__init__(f"Il n’y a rien à imprimer\u00a0: {none} {what} pour ce que vous avez choisi.")


class TooManyPapersError(MarketplaceError):
    """One file would hold more than can be handled."""

    def __init__(self) -> None:
        super().__init__(
            f"Une impression compte au plus {integer(MAX_PAPERS)} documents\u00a0: choisissez moins de commandes ou "
            "une période plus courte."
        )


def paper_title(plan: PaperPlan) -> str:
    """Return « 120 factures du 01/11/2026 au 15/11/2026, Maison du thé (ZIP) »."""
    paper, among = plan.wanted.paper, plan.wanted.among
    what = paper.one if paper is Paper.PICKING_LIST else paper.counted(plan.papers)
    match among:
        case Period():
            which = _days(among) if among.day_of is DayOf.DOCUMENT else f"des commandes {_days(among)}"
            limits = _limits(among.statuses, plan.seller_name)
        case Matching(orders=orders):
            which, limits = _filtered(plan, orders), _limits(frozenset(), plan.seller_name)
        case Chosen():
            which, limits = f"de {plural(plan.orders, 'commande choisie', 'commandes choisies')}", ""
            if plan.number:
                what, which = _of_one(plan), f"de la commande {plan.number}"
    return f"{what} {which}{limits}" + (" (ZIP)" if plan.wanted.form is Form.ZIP else "")


def missing_words(done: int, wanted: int) -> str:
    """Return « 54 sur 56 : 2 manquent », or nothing where a file holds all that was asked for."""
    lack = wanted - done
    if lack <= 0:
        return ""
    return f"{integer(done)} sur {integer(wanted)}\u00a0: {integer(lack)} {'manque' if lack == 1 else 'manquent'}"


def _of_one(plan: PaperPlan) -> str:
    return plan.wanted.paper.one if plan.papers == 1 else plan.wanted.paper.counted(plan.papers)


def _filtered(plan: PaperPlan, orders: OrderFilter) -> str:
    count = plural(plan.orders, "commande filtrée", "commandes filtrées")
    if orders.first_day and orders.last_day:
        return f"de {count} {_days(Period(orders.first_day, orders.last_day))}"
    return f"de {count}"


def _limits(statuses: frozenset[OrderStatus], seller_name: str) -> str:
    labels = [status.label for status in OrderStatus if status in statuses]
    return "".join(
        f", {said}" for said in (" ou ".join(f"«\u00a0{each}\u00a0»" for each in labels), seller_name) if said
    )


def _days(period: Period) -> str:
    if period.first_day == period.last_day:
        return f"du {date(period.first_day)}"
    return f"du {date(period.first_day)} au {date(period.last_day)}"
