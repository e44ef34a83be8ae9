"""The marketplace's own books: its accounts, and how each thing that moves money or debts is entered in them.

The marketplace sells in the name and on behalf of its sellers (CGI, art. 256 and 289, I, 2): their sales are not its
revenue. Its books hold the customers' money that passes through it, what it owes its sellers, and its fees. Every
entry follows from one row that nobody can change, and is balanced; ``docs/accounting.md`` explains the scheme.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from db.domain.errors import InvalidInputError
from db.domain.ledger import FEE_KINDS, LedgerKind
from db.domain.orders import PaymentKind, PaymentMethod

#: An account's number: three to eight digits, as the general chart of accounts makes them (PCG, art. 931-1).
MIN_DIGITS, MAX_DIGITS = 3, 8


class Account(StrEnum):
    """What the books keep apart. The numbers can be changed; what is entered in each cannot."""

    SELLERS = "sellers"
    CUSTOMERS = "customers"
    FEES_DUE = "fees_due"
    FEES = "fees"
    VAT = "vat"
    CARD = "card"
    PAYPAL = "paypal"
    BANK = "bank"
    CHEQUES = "cheques"
    CASH = "cash"
    VOUCHERS = "vouchers"
    VOUCHER_COST = "voucher_cost"
    CHARGES = "charges"
    INCOME = "income"
    CARRIED_PROFIT = "carried_profit"
    CARRIED_LOSS = "carried_loss"

    @property
    def label(self) -> str:
        """Return what the account is called in the books."""
        return _USUAL[self][1]

    @property
    def usual_number(self) -> str:
        """Return its number where nobody has set another one."""
        return _USUAL[self][0]


#: The usual numbers follow the PCG (règlement ANC 2014-03, as changed by 2022-06).
_USUAL: Mapping[Account, tuple[str, str]] = {
    Account.SELLERS: ("467100", "Vendeurs – fonds à reverser"),
    Account.CUSTOMERS: ("467200", "Clients – encaissements à affecter"),
    Account.FEES_DUE: ("411000", "Vendeurs – commissions"),
    Account.FEES: ("706000", "Commissions"),
    Account.VAT: ("445710", "TVA collectée"),
    Account.CARD: ("512100", "Prestataire de paiement par carte"),
    Account.PAYPAL: ("512200", "PayPal"),
    Account.BANK: ("512000", "Banque"),
    Account.CHEQUES: ("511200", "Chèques à encaisser"),
    Account.CASH: ("530000", "Caisse"),
    Account.VOUCHERS: ("419700", "Clients – bons d’achat"),
    Account.VOUCHER_COST: ("658100", "Gestes commerciaux en bons d’achat"),
    Account.CHARGES: ("658000", "Corrections en faveur des vendeurs"),
    Account.INCOME: ("758000", "Corrections en faveur de la marketplace"),
    Account.CARRIED_PROFIT: ("110000", "Report à nouveau (solde créditeur)"),
    Account.CARRIED_LOSS: ("119000", "Report à nouveau (solde débiteur)"),
}
#: Charges and income (classes 6 and 7): a new year begins without them.
_RESULT = frozenset({Account.FEES, Account.VOUCHER_COST, Account.CHARGES, Account.INCOME})
#: Accounts that are kept by seller.
AUXILIARY = frozenset({Account.SELLERS, Account.FEES_DUE})
#: Where money of each kind arrives and leaves from.
_MONEY = {
    PaymentMethod.CARD: Account.CARD,
    PaymentMethod.PAYPAL: Account.PAYPAL,
    PaymentMethod.TRANSFER: Account.BANK,
    PaymentMethod.CHEQUE: Account.CHEQUES,
    PaymentMethod.CASH: Account.CASH,
    PaymentMethod.VOUCHER: Account.VOUCHERS,
}


class Journal(StrEnum):
    """The journals; the value is the code that the books and the FEC use."""

    BANK = "BQ"
    FEES = "VT"
    OTHER = "OD"
    OPENING = "AN"

    @property
    def label(self) -> str:
        """Return what it is called."""
        return _JOURNAL_LABELS[self]


_JOURNAL_LABELS = {
    Journal.BANK: "Banque",
    Journal.FEES: "Ventes de services",
    Journal.OTHER: "Opérations diverses",
    Journal.OPENING: "À nouveaux",
}


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of an entry. Cents of the books' currency: a debit is positive, a credit negative."""

    account: Account
    cents: int
    #: The seller whose account it is, where the account is kept by seller.
    seller_id: int | None = None


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One entry, as it follows from one row of the database."""

    journal: Journal
    #: When the books took it in, which decides its day and its place.
    at: dt.datetime
    #: What proves it (an invoice's number, an order's, a payout's), and its day.
    piece: str
    piece_on: dt.date
    label: str
    postings: tuple[Posting, ...]

    def __post_init__(self) -> None:
        """Refuse an entry that is not balanced, or has less than two lines."""
        if len(self.postings) < 2 or sum(each.cents for each in self.postings) != 0:
            raise ValueError(f"an entry that does not balance: {self}")


def of_money(kind: PaymentKind, method: PaymentMethod, cents: int) -> tuple[Journal, tuple[Posting, ...]]:
    """Return how money of a customer, or given back to one, is entered; a voucher is a debt, and moves none."""
    received = cents if kind is PaymentKind.PAYMENT else -cents
    journal = Journal.OTHER if method is PaymentMethod.VOUCHER else Journal.BANK
    return journal, (Posting(_MONEY[method], received), Posting(Account.CUSTOMERS, -received))


def of_ledger(kind: LedgerKind, cents: int, seller_id: int) -> tuple[Journal, tuple[Posting, ...]]:
    """Return how an entry of a seller's account is entered: the seller's side is that entry, to the cent.

    Args:
        kind: What the entry is.
        cents: Owed to the seller (positive) or by it (negative).
        seller_id: Whose account.
    """
    owed = Posting(Account.SELLERS, -cents, seller_id)
    match kind:
        case LedgerKind.SALE | LedgerKind.REFUND:
            return Journal.OTHER, (Posting(Account.CUSTOMERS, cents), owed)
        case LedgerKind.FEE | LedgerKind.FEE_BACK:
            # The seller pays its fee by leaving it to us: its fees' account and its funds are set off.
            return Journal.OTHER, (owed, Posting(Account.FEES_DUE, cents, seller_id))
        case LedgerKind.CORRECTION:
            return Journal.OTHER, (Posting(Account.CHARGES if cents > 0 else Account.INCOME, cents), owed)
        case LedgerKind.PAYOUT | LedgerKind.BANK_REJECTION:
            return Journal.BANK, (owed, Posting(Account.BANK, cents))
        case LedgerKind.CARRIED:
            raise ValueError("a debt that is carried over stays where it is: both its sides are the seller's")


def of_fees(net_cents: int, vat_cents: int, seller_id: int) -> tuple[Journal, tuple[Posting, ...]]:
    """Return how a fee invoice is entered; the amounts of a credit note are negative."""
    lines = (
        Posting(Account.FEES_DUE, net_cents + vat_cents, seller_id),
        Posting(Account.FEES, -net_cents),
        Posting(Account.VAT, -vat_cents),
    )
    return Journal.FEES, tuple(each for each in lines if each.cents)


def of_gift(cents: int) -> tuple[Journal, tuple[Posting, ...]]:
    """Return how a voucher is entered that makes up for something; one that is cancelled comes back below zero."""
    return Journal.OTHER, (Posting(Account.VOUCHER_COST, cents), Posting(Account.VOUCHERS, -cents))


def of_balances(before: Iterable[Posting]) -> tuple[Posting, ...]:
    """Return how what the years before left is entered on the first day of a year; nothing where nothing is left.

    Args:
        before: All that was entered before that day, or its sums.

    Returns:
        One line for each account, and for each seller of accounts that are kept by seller; charges and income are
        carried over as what they came to together.
    """
    left, result = Counter[tuple[Account, int]](), 0
    for posting in before:
        if posting.account in _RESULT:
            result += posting.cents
        else:
            left[posting.account, (posting.seller_id or 0) if posting.account in AUXILIARY else 0] += posting.cents
    left[Account.CARRIED_LOSS if result > 0 else Account.CARRIED_PROFIT, 0] += result
    order = list(Account)
    return tuple(
        Posting(account, cents, seller_id or None)
        for (account, seller_id), cents in sorted(left.items(), key=lambda item: (order.index(item[0][0]), item[0][1]))
        if cents
    )


def ledger_words(kind: LedgerKind, order_number: str, note: str) -> str:
    """Return what the books say of an entry of a seller's account."""
    if kind in FEE_KINDS:
        return f"{kind.label} sur {order_number}" if order_number else kind.label
    said = order_number or note
    return f"{kind.label} {said}".strip()


@dataclass(frozen=True, slots=True)
class Chart:
    """The accounts with their numbers, and the month in which a fiscal year begins."""

    first_month: int = 1
    #: Numbers that are not the usual ones.
    numbers: Mapping[Account, str] | None = None

    def number(self, account: Account) -> str:
        """Return an account's number."""
        return (self.numbers or {}).get(account, account.usual_number)

    def fiscal_year(self, day: dt.date) -> tuple[dt.date, dt.date]:
        """Return the first and the last day of the fiscal year that a day is in."""
        year = day.year if day.month >= self.first_month else day.year - 1
        first = dt.date(year, self.first_month, 1)
        return first, dt.date(year + 1, self.first_month, 1) - dt.timedelta(days=1)


def checked_chart(first_month: int, numbers: Mapping[Account, str]) -> Chart:
    """Return a chart of accounts as it is kept: only what differs from the usual.

    Raises:
        InvalidInputError: A number is none, or two accounts have the same.
    """
    if not 1 <= first_month <= 12:
        raise InvalidInputError("Choisissez le mois où commence l’exercice.")
    tidy = {account: numbers.get(account, "").strip() or account.usual_number for account in Account}
    taken: dict[str, Account] = {}
    for account, number in tidy.items():
        is_number = number.isascii() and number.isdecimal() and MIN_DIGITS <= len(number) <= MAX_DIGITS
        if not is_number or number[0] == "0":
            raise InvalidInputError(
                f"{account.label}\u00a0: un numéro de compte a de {MIN_DIGITS} à {MAX_DIGITS} chiffres, comme "
                f"{account.usual_number}."
            )
        if number in taken:
            raise InvalidInputError(
                f"Le compte {number} est donné à la fois à «\u00a0{taken[number].label}\u00a0» et à "
                f"«\u00a0{account.label}\u00a0». Donnez un numéro à chacun."
            )
        taken[number] = account
    return Chart(first_month, {account: tidy[account] for account in Account if tidy[account] != account.usual_number})
