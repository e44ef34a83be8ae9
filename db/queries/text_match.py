"""Find folded text by words, through the trigram indexes of both databases.

What is stored was folded by ``db.domain.search_text``; what people type is folded here. All words must be found.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.domain.text import fold, phone_digits
from db.models import Customer, OrderSearch

#: A trigram index knows nothing of shorter words.
SHORTEST_INDEXED_WORD = 3
#: Short words are looked for among this many of the newest rows only.
_NEWEST_ROWS = 20_000

#: Fewer digits are more likely a part of something else.
_SHORTEST_PHONE = 8
_PHONE_CHARACTERS = frozenset("0123456789+().-/")

_MOST_WORDS_LOOKED_UP = 4
_LONGEST_LOOKED_UP = 16

# An FTS5 table has a hidden column of its own name, which MATCH is asked of.
_ORDER_FTS = sa.table("order_search_fts", *map(sa.column, ("rowid", "who", "what", "order_search_fts")))
_CUSTOMER_FTS = sa.table("customer_fts", *map(sa.column, ("rowid", "search_text", "customer_fts")))


def words(text: str) -> list[str]:
    """Return the folded words of what somebody typed; a phone number becomes its national digits, as one word."""
    return [phone_digits(text)] if _looks_like_a_phone(text) else fold(text).split()


def _looks_like_a_phone(text: str) -> bool:
    """Tell « 06 12 34 56 78 » and « +33 (0)6.12… » from an order's number like « 2026-000123 »."""
    compact = "".join(text.split())
    if len(phone_digits(compact)) < _SHORTEST_PHONE or not set(compact) <= _PHONE_CHARACTERS:
        return False
    return compact.isdigit() or compact[0] in "0+("


def has_indexed_word(text: str) -> bool:
    """Tell whether a trigram index can help to find the text."""
    return any(map(_is_indexed, words(text)))


def text_conditions(column: sa.SQLColumnExpression[Any], text: str) -> list[sa.ColumnElement[bool]]:
    """Return the conditions that the column holds every word typed, signs like % and _ taken as themselves."""
    return [column.contains(word, autoescape=True) for word in words(text)]


def matching_order_ids(session: Session, column: InstrumentedAttribute[str], text: str) -> sa.Select[Any]:
    """Return the select of the ids of the orders whose ``OrderSearch.who`` or ``.what`` holds every word."""
    return _matching_ids(session, OrderSearch.order_id, column, _ORDER_FTS, text)


def matching_customer_ids(session: Session, text: str) -> sa.Select[Any]:
    """Return the select of the ids of the customers whose search text holds every word."""
    return _matching_ids(session, Customer.id, Customer.search_text, _CUSTOMER_FTS, text)


def _matching_ids(
    session: Session,
    key: InstrumentedAttribute[int],
    column: InstrumentedAttribute[str],
    fts: sa.TableClause,
    text: str,
) -> sa.Select[Any]:
    if not has_indexed_word(text):
        newest = sa.select(key, column).order_by(key.desc()).limit(_NEWEST_ROWS).subquery("newest")
        conditions = text_conditions(newest.c[column.key], text)
        return sa.select(newest.c[key.key]).where(*(conditions or [sa.false()]))
    if session.get_bind().dialect.name == "sqlite":
        return sa.select(fts.c.rowid).where(*_fts_conditions(fts, fts.c[column.key], text))
    return sa.select(key).where(*_conditions(column, text))


def _is_indexed(word: str) -> bool:
    return len(word) >= SHORTEST_INDEXED_WORD


def _conditions(column: sa.SQLColumnExpression[str], text: str) -> list[sa.ColumnElement[bool]]:
    """Return conditions of which PostgreSQL's index answers a few selective ones; the rest is checked on the rows."""
    looked_up = _looked_up(text)
    conditions = [column.contains(part, autoescape=True) for part in looked_up.values()]
    return conditions + [sa.func.strpos(column, word) > 0 for word in words(text) if looked_up.get(word) != word]


def _fts_conditions(fts: sa.TableClause, column: sa.ColumnElement[str], text: str) -> list[sa.ColumnElement[bool]]:
    """Return the same for FTS5, whose index knows in which rows a trigram is, but not where: each word is checked.

    Its LIKE would do that too, but takes « % » and « _ » for « any » and then reads rows by the ten thousand.
    """
    trigrams = {part[at : at + 3] for part in _looked_up(text).values() for at in range(len(part) - 2)}
    match = " AND ".join('"{}"'.format(trigram.replace('"', '""')) for trigram in sorted(trigrams))
    found = fts.c[fts.name].op("MATCH", is_comparison=True, return_type=sa.Boolean())(match)
    return [found, *(sa.func.instr(column, word) > 0 for word in words(text))]


def _looked_up(text: str) -> dict[str, str]:
    """Return, of a few long words, the part to look up: every further trigram costs, and soon excludes nothing."""
    longest = sorted(filter(_is_indexed, words(text)), key=len, reverse=True)[:_MOST_WORDS_LOOKED_UP]
    return {word: _rare_part(word)[:_LONGEST_LOOKED_UP] for word in longest}


def _rare_part(word: str) -> str:
    """Return the part of an e-mail address before its domain, which half the customers may share; else the word."""
    name, at, _ = word.partition("@")
    return name + at if len(name) >= SHORTEST_INDEXED_WORD else word
