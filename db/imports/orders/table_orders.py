"""The rows of a table as orders: one row per article, what is of the whole order repeated or on the first row alone."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from db.domain.formats import money
from db.domain.incoming import IncomingAddress, IncomingLine, IncomingOrder, IncomingPayment
from db.domain.order_files import ReadOrder
from db.domain.orders import DeliveryMode, PaymentMethod
from db.domain.time import local_day
from db.imports.orders import values
from db.imports.orders.columns import DAYS, OF_ARTICLE, Field
from db.imports.orders.notes import Notes, UnreadableError
from db.imports.orders.places import country_code, phone, postcode
from db.imports.orders.table import Row, Table
from db.imports.orders.values import Cell, shown, text_of
from db.imports.orders.words import MODES, PAYMENT_METHODS, YES_OR_NO

_DEFAULT_RATE_BP = 2000
_EXTERNAL_REF = "file:"

Value = TypeVar("Value")


def read_table_orders(table: Table, mapping: Mapping[int, Field], seller_code: str = "") -> list[ReadOrder]:
    """Return the orders of a table, each with its lines in the file and what is to say of it.

    Args:
        table: The table.
        mapping: Which column is which field; the others are left out.
        seller_code: The seller of the whole file; empty where a column names each order's.
    """
    places = {field: place for place, field in mapping.items()}
    is_american = any(
        values.is_month_first(row.cell(places[field])) for field in DAYS if field in places for row in table.rows
    )
    return [
        _Order(number, rows, places, len(table.header), is_american=is_american).read(seller_code)
        for number, rows in _groups(table.rows, places.get(Field.NUMBER))
    ]


def _groups(rows: Sequence[Row], place: int | None) -> Iterator[tuple[str, list[Row]]]:
    """Yield the rows of each order; one without a number goes with the order above it."""
    groups: dict[str, list[Row]] = {}
    current = ""
    for row in rows:
        current = (text_of(row.cell(place)) if place is not None else "") or current
        groups.setdefault(current, []).append(row)
    yield from groups.items()


@dataclass(frozen=True, slots=True)
class _Article:
    """One row, read as an article."""

    row: Row
    places: Mapping[Field, int]
    notes: Notes

    def cell(self, field: Field) -> Cell:
        return self.row.cell(self.places[field]) if field in self.places else ""

    def text(self, field: Field) -> str:
        return text_of(self.cell(field))

    def read(self) -> IncomingLine:
        name = self.text(Field.ARTICLE) or self.text(Field.SKU)
        if not name:
            raise UnreadableError(f"Ligne {self.row.line}\u00a0: l’article n’a pas de nom.")
        discount = self._cents(Field.DISCOUNT)
        return IncomingLine(
            name=name,
            quantity=values.whole(self.cell(Field.QUANTITY), self._what(Field.QUANTITY), least=1),
            unit_price_cents=values.cents(self.cell(Field.UNIT_PRICE), self._what(Field.UNIT_PRICE), self.notes),
            sku=self.text(Field.SKU),
            attributes=_attributes(self.text(Field.ATTRIBUTES)),
            supplier=self.text(Field.SUPPLIER),
            vat_rate_bp=self._rate(),
            discount_cents=abs(discount),
            weight_g=values.whole(self.cell(Field.WEIGHT), self._what(Field.WEIGHT)) if self.text(Field.WEIGHT) else 0,
        )

    def _cents(self, field: Field) -> int:
        return values.cents(self.cell(field), self._what(field), self.notes) if self.text(field) else 0

    def _rate(self) -> int:
        if self.text(Field.VAT_RATE):
            return values.rate_bp(self.cell(Field.VAT_RATE), self._what(Field.VAT_RATE), self.notes)
        self.notes.corrected("Le taux de TVA manquait\u00a0: 20\u00a0%.")
        return _DEFAULT_RATE_BP

    def _what(self, field: Field) -> str:
        return f"Ligne {self.row.line}, {field.value}"


def _of_the_order(rows: Sequence[Row], places: Mapping[Field, int], notes: Notes) -> dict[Field, Cell]:
    """Return what the rows of an order say of the whole order; they must not contradict each other."""
    said: dict[Field, Cell] = {}
    for field, place in places.items():
        if field in OF_ARTICLE:
            continue
        found = [cell for row in rows if text_of(cell := row.cell(place))]
        if found:
            said[field] = found[0]
        other = next((cell for cell in found[1:] if text_of(cell) != text_of(found[0])), None)
        if other is not None:
            notes.refused(f"{field.value} change d’une ligne à l’autre\u00a0: {shown(found[0])} et {shown(other)}.")
    return said


@dataclass(frozen=True, slots=True)
class _Header:
    """What is said of the whole order, read field by field."""

    said: Mapping[Field, Cell]
    notes: Notes
    is_american: bool

    def cell(self, field: Field) -> Cell:
        return self.said.get(field, "")

    def text(self, field: Field) -> str:
        return text_of(self.cell(field))

    def read(self, field: Field, reader: Callable[[Cell], Value], otherwise: Value) -> Value:
        """Return what a reader makes of a field; a field that cannot be read is refused and the next one looked at."""
        cell = self.cell(field)
        if not text_of(cell):
            return otherwise
        try:
            return reader(cell)
        except UnreadableError as error:
            self.notes.refused(str(error))
            return otherwise

    def cents(self, field: Field) -> int | None:
        return self.read(field, lambda cell: values.cents(cell, field.value, self.notes), None)

    def rate(self, field: Field) -> int:
        return self.read(field, lambda cell: values.rate_bp(cell, field.value, self.notes), _DEFAULT_RATE_BP)

    def instant(self, field: Field) -> dt.datetime | None:
        return self.read(field, lambda cell: values.instant(cell, field.value, is_american=self.is_american), None)


class _Order:
    """The rows of one order."""

    def __init__(
        self, number: str, rows: Sequence[Row], places: Mapping[Field, int], width: int, *, is_american: bool
    ) -> None:
        self.number = number
        self.rows = rows
        self.places = places
        self.width = width
        self.notes = Notes()
        self.header = _Header(_of_the_order(rows, places, self.notes), self.notes, is_american)

    def read(self, seller_code: str) -> ReadOrder:
        place, note = _place(self.rows), self.header.text(Field.NOTE)
        if not self.number:
            self.notes.refused("Le numéro de commande manque.")
            return self.notes.about(None, place, "")
        self._refuse_ragged_rows()
        lines = tuple(self._lines())
        order = self._order(seller_code or self.header.text(Field.SELLER), lines)
        return self.notes.about(order, place, self.number, note)

    def _refuse_ragged_rows(self) -> None:
        for row in self.rows:
            if any(text_of(cell) for cell in row.cells[self.width :]):
                self.notes.refused(
                    f"La ligne {row.line} compte {len(row.cells)} colonnes au lieu de {self.width}\u00a0: "
                    "mettez les textes qui contiennent le séparateur entre guillemets."
                )

    def _lines(self) -> Iterator[IncomingLine]:
        of_article = [self.places[field] for field in OF_ARTICLE if field in self.places]
        for row in self.rows:
            if not any(text_of(row.cell(place)) for place in of_article):
                continue  # A row of the order itself, above those of its articles.
            try:
                yield _Article(row, self.places, self.notes).read()
            except UnreadableError as error:
                self.notes.refused(str(error))

    def _order(self, seller_code: str, lines: tuple[IncomingLine, ...]) -> IncomingOrder:
        header = self.header
        shipping = header.cents(Field.SHIPPING) or 0
        total = sum(line.total_cents for line in lines) + shipping
        currency = header.text(Field.CURRENCY).upper() or "EUR"
        self._check_total(total, currency)
        delivery = self._address(
            Field.DELIVERY_NAME, Field.DELIVERY_COMPANY, Field.DELIVERY_STREET, Field.DELIVERY_EXTRA,
            Field.DELIVERY_POSTCODE, Field.DELIVERY_CITY, Field.DELIVERY_COUNTRY, Field.DELIVERY_PHONE,
        )  # fmt: skip
        billing = self._address(
            Field.BILLING_NAME, Field.BILLING_COMPANY, Field.BILLING_STREET, Field.BILLING_EXTRA,
            Field.BILLING_POSTCODE, Field.BILLING_CITY, Field.BILLING_COUNTRY,
        )  # fmt: skip
        method = header.read(
            Field.METHOD, lambda cell: values.one_of(cell, Field.METHOD, PAYMENT_METHODS), PaymentMethod.CARD
        )
        ship_by = header.instant(Field.SHIP_BY)
        return IncomingOrder(
            seller_code=seller_code,
            lines=lines,
            external_ref=f"{_EXTERNAL_REF}{self.number}",
            number=self.number,
            customer_name=header.text(Field.CUSTOMER) or (delivery.name if delivery else ""),
            customer_email=header.text(Field.EMAIL),
            customer_phone=phone(header.text(Field.PHONE), delivery.country_code if delivery else "FR", self.notes),
            billing=billing,
            delivery=delivery,
            delivery_mode=header.read(
                Field.MODE, lambda cell: values.one_of(cell, Field.MODE, MODES), DeliveryMode.HOME
            ),
            carrier=header.text(Field.CARRIER),
            pickup_address=header.text(Field.PICKUP),
            payment_method=method,
            currency=currency,
            shipping_cents=shipping,
            shipping_vat_rate_bp=header.rate(Field.SHIPPING_VAT),
            total_cents=total,
            placed_at=header.instant(Field.PLACED_AT),
            ship_by=local_day(ship_by) if ship_by else None,
            payments=self._payments(method, total),
        )

    def _check_total(self, total: int, currency: str) -> None:
        said = self.header.cents(Field.TOTAL)
        if said is None:
            self.notes.corrected(f"Le total manquait\u00a0: {money(total, currency)}.")
        elif said != total and not self.notes.faults:
            self.notes.refused(
                f"Le total annoncé ({money(said, currency)}) n’est pas la somme des articles et du port "
                f"({money(total, currency)})."
            )

    def _address(self, *places: Field) -> IncomingAddress | None:
        name, company, street, extra, code, city, country, *phones = places
        if not any(self.header.text(field) for field in places if field is not country):
            return None
        letters = country_code(self.header.text(country), self.notes)
        return IncomingAddress(
            name=self.header.text(name) or self.header.text(Field.CUSTOMER) or self.header.text(company),
            company=self.header.text(company),
            street=self.header.text(street),
            street_extra=self.header.text(extra),
            postcode=postcode(self.header.text(code), letters, self.notes),
            city=self.header.text(city),
            country_code=letters,
            phone=phone(self.header.text(phones[0]), letters, self.notes) if phones else "",
        )

    def _payments(self, method: PaymentMethod, total: int) -> tuple[IncomingPayment, ...]:
        received_at = self.header.instant(Field.PAID_AT)
        amount = self.header.read(Field.PAID, lambda cell: self._paid(cell, total), total if received_at else 0)
        if not amount:
            return ()
        reference = self.header.text(Field.PAYMENT_REFERENCE)
        ref = f"{_EXTERNAL_REF}{self.number}:payment"
        return (IncomingPayment(method, amount, reference=reference, received_at=received_at, external_ref=ref),)

    def _paid(self, cell: Cell, total: int) -> int:
        word = text_of(cell).lower()
        if word in YES_OR_NO:
            return total if YES_OR_NO[word] else 0
        return values.cents(cell, Field.PAID, self.notes)


def _place(rows: Sequence[Row]) -> str:
    """Return « ligne 12 », « lignes 12 à 14 » or « lignes 12, 15 et 19 »."""
    lines = [row.line for row in rows]
    if len(lines) == 1:
        return f"ligne {lines[0]}"
    if lines == list(range(lines[0], lines[-1] + 1)):
        return f"lignes {lines[0]} à {lines[-1]}"
    return f"lignes {', '.join(str(line) for line in lines[:-1])} et {lines[-1]}"


def _attributes(text: str) -> dict[str, str]:
    """Return « Couleur : vert ; Taille : M » by name; a text without names is a variant."""
    found: dict[str, str] = {}
    for part in re.split(r"[;|\n]", text):
        name, colon, value = (each.strip() for each in part.partition(":"))
        if colon and name and value:
            found[name] = value
        elif name:
            found.setdefault("Variante", name)
    return found
