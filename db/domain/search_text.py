"""The derived texts of an order and a customer: what searches read and what the grid shows of the lines.

Everything is folded (``db.domain.text.fold``), and so is what people type.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from db.domain.text import fold, phone_digits


@dataclass(frozen=True, slots=True)
class SearchableLine:
    """The parts of an order line that « Recherche produit » finds it by."""

    name: str
    sku: str
    supplier: str
    attributes: dict[str, str]


def who_text(number: str, name: str, company: str, email: str, phone: str) -> str:
    """Return what the first search box reads of an order: number, customer's name, company, e-mail and phone."""
    return _joined((number, name, company, email, phone_digits(phone)))


def what_text(lines: Iterable[SearchableLine]) -> str:
    """Return what « Recherche produit » reads: names, references, suppliers and attributes, each once.

    Attributes come by name, because PostgreSQL's JSONB does not keep the order they were written in.
    """
    parts: list[str] = []
    for line in lines:
        parts += [line.name, line.sku, line.supplier]
        parts += [f"{name} {value}" for name, value in sorted(line.attributes.items())]
    return _joined(parts)


def customer_text(name: str, company: str, email: str, phone: str) -> str:
    """Return what the global search reads of a customer."""
    return _joined((name, company, email, phone_digits(phone)))


def seller_text(name: str, code: str, email: str) -> str:
    """Return what the global search reads of a seller."""
    return _joined((name, code, email))


def summary_of(names: Sequence[str]) -> str:
    """Return the lines in a few words: « Thé vert bio +2 »; empty where there is no line."""
    if not names:
        return ""
    return names[0] if len(names) == 1 else f"{names[0]} +{len(names) - 1}"


def _joined(parts: Iterable[str]) -> str:
    # " | " keeps a search from matching across two neighbours: « vert 75 » is not found in « vert » then « 75001 ».
    return " | ".join(dict.fromkeys(folded for part in parts if (folded := fold(part))))
