"""Closing a month: what is frozen of it, what must be done first, and how what no longer comes out is told.

A closed month is frozen in figures: its sales as they were ordered, its invoices and credit notes, the money, the
sellers' accounts and the fee invoices, each dated by when the books took it in. Corrections are new documents.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from db.domain import formats
from db.domain.errors import MarketplaceError
from db.domain.months import last_day
from db.domain.snapshot_json import chained_hash

#: What the database says when it refuses (triggers of migration 0008).
REFUSAL_MARK = "closed_month:"
#: Rows of frozen figures: what they are of, and their amounts.
Rows = list[dict[str, Any]]
Figures = dict[str, Any]


class Part(StrEnum):
    """A part of what is frozen."""

    SALES = "sales"
    DOCUMENTS = "documents"
    MONEY = "money"
    LEDGER = "ledger"
    FEES = "fees"
    VOUCHERS = "vouchers"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return PART_LABELS[self]


PART_LABELS = {
    Part.SALES: "Ventes",
    Part.DOCUMENTS: "Factures et avoirs",
    Part.MONEY: "Règlements",
    Part.LEDGER: "Comptes vendeurs",
    Part.FEES: "Factures de commission",
    Part.VOUCHERS: "Bons d’achat",
}
#: The columns of each part that say what a row is of; all others are amounts.
KEYS: Mapping[Part, tuple[str, ...]] = {
    Part.SALES: ("currency", "seller_id"),
    Part.DOCUMENTS: ("currency", "seller_id", "rate_bp", "kind"),
    Part.MONEY: ("currency", "seller_id", "method", "kind"),
    Part.LEDGER: ("currency", "seller_id", "kind"),
    Part.FEES: ("currency", "seller_id", "is_credit_note"),
    # They are the marketplace's own, whichever order they make up for.
    Part.VOUCHERS: ("currency", "kind"),
}
AMOUNTS: Mapping[Part, tuple[str, ...]] = {
    Part.SALES: ("orders", "cents", "lines", "line_cents"),
    Part.DOCUMENTS: ("documents", "net_cents", "vat_cents", "gross_cents"),
    Part.MONEY: ("payments", "cents"),
    Part.LEDGER: ("entries", "cents"),
    Part.FEES: ("documents", "net_cents", "vat_cents", "gross_cents"),
    Part.VOUCHERS: ("vouchers", "cents"),
}
#: Kinds of rows of vouchers: those given, and what was left of those cancelled.
GIVEN, CANCELLED = "given", "cancelled"
AMOUNT_LABELS = {
    "orders": "commandes",
    "cents": "montant",
    "lines": "articles",
    "line_cents": "montant des articles",
    "documents": "documents",
    "net_cents": "base hors taxe",
    "vat_cents": "TVA",
    "gross_cents": "montant TTC",
    "payments": "règlements",
    "entries": "écritures",
    "vouchers": "bons d’achat",
}


class MonthClosedError(MarketplaceError):
    """Something would change amounts of a closed month."""

    def __init__(self) -> None:
        super().__init__(
            "Cette opération changerait des montants d’un mois clos. Corrigez par un nouveau document\u00a0: un avoir, "
            "un remboursement ou une correction de compte, datés d’aujourd’hui."
        )


class RefundOfClosedMonthError(MonthClosedError):
    """A refund that a closed month holds as made came back: that is money of today."""

    def __init__(self) -> None:
        MarketplaceError.__init__(
            self,
            "Ce remboursement figure dans un mois clos. S’il est revenu, enregistrez l’argent par « Paiement reçu » "
            "sur la commande, puis remboursez de nouveau le trop-perçu.",
        )


class NotClosableError(MarketplaceError):
    """The month cannot be closed yet."""

    def __init__(self, month: dt.date, reasons: Sequence[str]) -> None:
        self.month, self.reasons = month, tuple(reasons)
        super().__init__(f"{month_words(month).capitalize()} ne peut pas être clos\u00a0: {' '.join(reasons)}")


class BooksBusyError(MarketplaceError):
    """Others write into the books at this moment, so nobody can say what they come to."""

    def __init__(self) -> None:
        super().__init__(
            "Des écritures sont en cours et la clôture doit lire tous les chiffres au même instant. Réessayez dans "
            "une minute."
        )


class FiguresChangedError(MarketplaceError):
    """What would be frozen is no longer what was shown."""

    def __init__(self, month: dt.date) -> None:
        self.month = month
        super().__init__(
            f"Les chiffres {formats.of_month(month.year, month.month)} ont changé depuis l’affichage. Relisez-les "
            "avant de clôturer."
        )


class UnexplainedError(MarketplaceError):
    """Unexplained differences are accepted with a reason, or not at all."""

    def __init__(self, month: dt.date, orders: int) -> None:
        self.month, self.orders = month, orders
        super().__init__(
            f"{formats.plural(orders, 'commande')} {formats.of_month(month.year, month.month)} "
            f"{'a' if orders < 2 else 'ont'} un écart inexpliqué. Dites pourquoi vous clôturez malgré tout."
        )


@dataclass(frozen=True, slots=True)
class ClosingPlan:
    """What closing a month would freeze, and what is in the way."""

    month: dt.date
    figures: Figures
    #: Of the figures: what is closed is what was shown.
    figures_hash: str
    #: Sentences; empty where it can be closed.
    blockers: tuple[str, ...]
    #: Orders of the month that differ without a reason.
    unexplained_orders: int


@dataclass(frozen=True, slots=True)
class FrozenDifference:
    """An amount of a closed month that no longer comes out."""

    part: Part
    key: Mapping[str, Any]
    name: str
    frozen: int
    found: int

    def sentence(self, sellers: Mapping[int, str]) -> str:
        """Return « Factures et avoirs, Maison du thé, 20 %, facture : montant TTC 120,00 € à la clôture, 100,00 € »."""
        of = [self.part.label, *_key_words(self.key, sellers)]
        before, now = (self._amount(value) for value in (self.frozen, self.found))
        return f"{', '.join(of)}\u00a0: {AMOUNT_LABELS[self.name]} {before} à la clôture, {now} aujourd’hui"

    def _amount(self, value: int) -> str:
        return formats.money(value, self.key["currency"]) if self.name.endswith("cents") else formats.integer(value)


def month_words(month: dt.date) -> str:
    """Return « octobre 2026 »."""
    return formats.month(month.year, month.month)


def is_over(month: dt.date, today: dt.date) -> bool:
    """Tell whether all days of a month have passed."""
    return last_day(month) < today


def figures_hash(figures: Figures) -> str:
    """Return the hash of what would be frozen."""
    return chained_hash("", figures)


def differences(frozen: Figures, found: Figures) -> list[FrozenDifference]:
    """Compare what was frozen of a month with what comes out now, part by part; what is only informative is not."""
    told: list[FrozenDifference] = []
    for part in Part:
        before, now = (_by_key(part, figures.get(part.value, [])) for figures in (frozen, found))
        for key in sorted({*before, *now}, key=str):
            of = dict(zip(KEYS[part], key, strict=True))
            told += [
                FrozenDifference(part, of, name, was, is_)
                for name in AMOUNTS[part]
                if (was := before.get(key, {}).get(name, 0)) != (is_ := now.get(key, {}).get(name, 0))
            ]
    return told


def _by_key(part: Part, rows: Rows) -> dict[tuple[Any, ...], dict[str, Any]]:
    return {tuple(row[name] for name in KEYS[part]): row for row in rows}


def _key_words(key: Mapping[str, Any], sellers: Mapping[int, str]) -> list[str]:
    said = [sellers.get(key["seller_id"], f"vendeur n°\u00a0{key['seller_id']}")] if "seller_id" in key else []
    said += [formats.rate(key["rate_bp"])] if "rate_bp" in key else []
    said += [_WORDS.get(str(key[name]), str(key[name])) for name in ("method", "kind") if name in key]
    if "is_credit_note" in key:
        said.append("avoirs" if key["is_credit_note"] else "factures")
    return said


#: Values of enums in the words of the screens.
_WORDS = {
    "invoice": "factures",
    "credit_note": "avoirs",
    "payment": "encaissements",
    "refund": "remboursements",
    "card": "carte bancaire",
    "paypal": "PayPal",
    "transfer": "virement",
    "cheque": "chèque",
    "cash": "espèces",
    "voucher": "bon d’achat",
    "sale": "ventes",
    "fee": "commissions",
    "fee_back": "commissions rendues",
    "correction": "corrections",
    "carried": "dettes reportées",
    "payout": "reversements",
    "bank_rejection": "virements rejetés",
    GIVEN: "donnés",
    CANCELLED: "annulés",
}
