"""What a credit note gives back of an invoice: whole, by quantities, by amounts, the shipping alone.

Nothing is given back twice: what is left is the invoice less all its credit notes, for each line, each rate and in
total, and the last one takes the remainder, so that invoice and credit notes come to exactly zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from db.domain.documents import FullyCreditedError, NothingToCreditError, TooMuchToCreditError
from db.domain.formats import money
from db.domain.money import divide_half_up
from db.domain.snapshot import DocumentLine, Snapshot, VatLine
from db.domain.vat import VatTotal, net_of_lines, totals_credited


@dataclass(frozen=True, slots=True)
class CreditRequest:
    """What is to be given back. Lines are named by their position on the invoice."""

    whole: bool = False
    #: Position → units that are credited at what they cost.
    units: Mapping[int, int] = field(default_factory=dict)
    #: Position → cents given back for its units, where that is not what they cost.
    prices: Mapping[int, int] = field(default_factory=dict)
    #: Position → cents, VAT included, given back on a line of which nothing comes back; or a part of the shipping.
    amounts: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CreditableLine:
    """What is left of one line of an invoice."""

    line: DocumentLine
    units: int
    gross_cents: int


@dataclass(frozen=True, slots=True)
class Credited:
    """The lines and totals of a credit note, all of them negative or zero."""

    lines: tuple[DocumentLine, ...]
    vat: tuple[VatLine, ...]

    @property
    def gross_cents(self) -> int:
        """Return what it gives back, below zero."""
        return sum(each.gross_cents for each in self.vat)


def creditable(invoice: Snapshot, credit_notes: Iterable[Snapshot]) -> list[CreditableLine]:
    """Return what is left of each line of an invoice after its credit notes."""
    left = {line.position: CreditableLine(line, line.quantity, line.gross_cents) for line in invoice.lines}
    for given in (line for note in credit_notes for line in note.lines):
        was = left[given.position]
        units = was.units if given.is_amount else was.units + given.quantity
        left[given.position] = CreditableLine(was.line, units, was.gross_cents + given.gross_cents)
    return list(left.values())


def credit(invoice: Snapshot, credit_notes: Sequence[Snapshot], request: CreditRequest) -> Credited:
    """Return the lines and totals of a credit note.

    Raises:
        FullyCreditedError: Nothing is left of the invoice.
        NothingToCreditError: The request gives nothing back.
        TooMuchToCreditError: It gives back more than is left; the sentence says how much is.
    """
    left = creditable(invoice, credit_notes)
    if not any(each.gross_cents for each in left):
        raise FullyCreditedError(invoice.number)
    given = [line for each in left for line in _given(each, request, invoice.currency)]
    if not any(line.gross_cents for line in given):
        raise NothingToCreditError(money(sum(each.gross_cents for each in left), invoice.currency))
    totals = totals_credited(((line.vat_rate_bp, -line.gross_cents) for line in given), _left_of(invoice, credit_notes))
    nets = net_of_lines(totals, [(line.vat_rate_bp, line.gross_cents) for line in given])
    lines = tuple(replace(line, net_cents=-net) for line, net in zip(given, nets, strict=True))
    reasons = {each.rate_bp: each for each in invoice.vat}
    vat = tuple(
        VatLine(
            total.rate_bp,
            reasons[total.rate_bp].category,
            reasons[total.rate_bp].exemption,
            -total.net_cents,
            -total.vat_cents,
            -total.gross_cents,
        )
        for total in totals
    )
    return Credited(lines, vat)


def by_order_line(
    left: Iterable[CreditableLine], given: Mapping[int, tuple[int, int]], shipping_cents: int = 0
) -> CreditRequest:
    """Return the request that states what an order gave back, as far as the invoice still holds it.

    Args:
        left: What is left of the invoice (``creditable``).
        given: Order line → units and cents, VAT included.
        shipping_cents: What of the shipping is given back.
    """
    units: dict[int, int] = {}
    prices: dict[int, int] = {}
    amounts: dict[int, int] = {}
    for each in left:
        count, cents = given.get(each.line.order_line_id or 0, (0, 0))
        if each.line.is_shipping:
            count, cents = 0, shipping_cents
        count, cents = min(count, each.units), min(cents, each.gross_cents)
        if count and cents:
            units[each.line.position], prices[each.line.position] = count, cents
        elif cents:
            amounts[each.line.position] = cents
    return CreditRequest(units=units, prices=prices, amounts=amounts)


def _given(each: CreditableLine, request: CreditRequest, currency: str) -> list[DocumentLine]:
    """Return what the request gives back of one line: some units of it, an amount on it, or both."""
    if request.whole:
        return _units_of(each, each.units) if each.units else _amount_of(each, each.gross_cents)
    place, name = each.line.position, each.line.name
    units, cents = request.units.get(place, 0), request.amounts.get(place, 0)
    if not 0 <= units <= each.units:
        raise TooMuchToCreditError(f"« {name} »", f"{each.units} unité{'s' * (each.units > 1)}")
    price = request.prices.get(place)
    if price is not None and not 0 <= price <= each.gross_cents:
        raise TooMuchToCreditError(f"« {name} »", money(each.gross_cents, currency))
    given = _units_of(each, units, price) if units else []
    rest = each.gross_cents + sum(line.gross_cents for line in given)
    if not 0 <= cents <= rest:
        raise TooMuchToCreditError(f"« {name} »", money(rest, currency))
    return given + (_amount_of(each, cents) if cents else [])


def _units_of(each: CreditableLine, units: int, price: int | None = None) -> list[DocumentLine]:
    """Return units given back at a price, or at what is left of theirs, the last of them at all that is left."""
    kept = divide_half_up(each.gross_cents * (each.units - units), each.units)
    gross = each.gross_cents - kept if price is None else price
    return [_line(each.line, units, each.line.unit_price_cents, gross)]


def _amount_of(each: CreditableLine, cents: int) -> list[DocumentLine]:
    if not cents:
        return []
    # All that is left of the shipping is the shipping itself; a part of it, like one of an article, is an amount.
    if each.line.is_shipping and each.units and cents == each.gross_cents:
        return _units_of(each, each.units)
    return [_line(each.line, 1, cents, cents, is_amount=True)]


def _line(line: DocumentLine, units: int, price: int, gross: int, *, is_amount: bool = False) -> DocumentLine:
    return DocumentLine(
        position=line.position,
        order_line_id=line.order_line_id,
        reference=line.reference,
        name=line.name,
        attributes=line.attributes,
        quantity=-units,
        unit_price_cents=price,
        discount_cents=gross - units * price,
        vat_rate_bp=line.vat_rate_bp,
        net_cents=0,
        gross_cents=-gross,
        is_amount=is_amount,
    )


def _left_of(invoice: Snapshot, credit_notes: Iterable[Snapshot]) -> dict[int, VatTotal]:
    left = {each.rate_bp: each.total for each in invoice.vat}
    for given in (each for note in credit_notes for each in note.vat):
        was = left[given.rate_bp]
        left[given.rate_bp] = VatTotal(
            given.rate_bp,
            was.net_cents + given.net_cents,
            was.vat_cents + given.vat_cents,
            was.gross_cents + given.gross_cents,
        )
    return left
