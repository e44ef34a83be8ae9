"""A JSON document that may hold anything: each value is asked for as what it should be."""

import datetime as dt
import json
import re
from decimal import Decimal

from db.domain.order_files import UnreadableOrdersError
from db.imports.orders.notes import UnreadableError
from db.imports.orders.values import shown

_AMOUNT = re.compile(r"[+-]?\d{1,12}(\.\d{1,6})?", re.ASCII)
_MAX_DIGITS = 12


def read_json(text: str) -> object:
    """Return what a JSON text holds, its numbers as exact decimals.

    Raises:
        UnreadableOrdersError: It is no JSON.
    """
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=lambda _name: None)
    except json.JSONDecodeError as error:
        sentence = f"Ce fichier JSON est mal formé (ligne {error.lineno}). Exportez-le de nouveau."
        raise UnreadableOrdersError(sentence) from None
    except (ValueError, ArithmeticError, RecursionError):
        raise UnreadableOrdersError("Ce fichier JSON est illisible. Exportez-le de nouveau.") from None


class Node:
    """One object of the document; what is not there, or is of another type, is as good as empty."""

    def __init__(self, value: object) -> None:
        self._values: dict[str, object] = value if isinstance(value, dict) else {}

    def __contains__(self, key: str) -> bool:
        return self._values.get(key) is not None

    def text(self, *keys: str) -> str:
        """Return the first of some texts that is not empty."""
        for key in keys:
            value = self._values.get(key)
            if isinstance(value, (str, int, Decimal)) and not isinstance(value, bool) and str(value).strip():
                return str(value).strip()
        return ""

    def flag(self, key: str) -> bool:
        """Tell whether something is true; Amazon writes it as a text."""
        value = self._values.get(key)
        return value is True or (isinstance(value, str) and value.lower() == "true")

    def child(self, key: str) -> "Node":
        """Return an object inside this one, empty where there is none."""
        return Node(self._values.get(key))

    def children(self, key: str) -> "list[Node]":
        """Return the objects of a list inside this one."""
        value = self._values.get(key)
        return [Node(each) for each in value if isinstance(each, dict)] if isinstance(value, list) else []

    def texts(self, key: str) -> list[str]:
        """Return the texts of a list inside this one."""
        value = self._values.get(key)
        return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []

    def cents(self, key: str) -> int:
        """Return an amount in cents, 0 where there is none.

        Raises:
            UnreadableError: It is no amount of whole cents.
        """
        value = self._values.get(key)
        if value is None or value == "":
            return 0
        written = str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
        if isinstance(value, Decimal) and value.is_finite() and value.adjusted() < _MAX_DIGITS:
            written = format(value, "f")
        exact = Decimal(written) * 100 if _AMOUNT.fullmatch(written) else None
        if exact is None or exact != exact.to_integral_value():
            raise UnreadableError(f"Le montant {shown(str(value))} («\u00a0{key}\u00a0») est illisible.")
        return int(exact)

    def quantity(self, key: str) -> int:
        """Return a whole number, 0 where there is none.

        Raises:
            UnreadableError: It is none.
        """
        value = self.text(key)
        if value and not re.fullmatch(r"-?\d{1,9}", value, re.ASCII):
            raise UnreadableError(f"La quantité {shown(value)} est illisible.")
        return int(value or 0)

    def instant(self, key: str, *, is_utc: bool = False) -> dt.datetime | None:
        """Return an instant, None where there is none.

        Raises:
            UnreadableError: It is none, or names no time zone though it should.
        """
        value = self.text(key)
        if not value:
            return None
        try:
            moment = dt.datetime.fromisoformat(value)
            if moment.tzinfo is None and not is_utc:
                raise UnreadableError(f"La date {shown(value)} («\u00a0{key}\u00a0») n’a pas de fuseau horaire.")
            return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
        except (ValueError, OverflowError):
            raise UnreadableError(f"La date {shown(value)} («\u00a0{key}\u00a0») est illisible.") from None
