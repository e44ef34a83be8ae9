"""Which orders have the words that somebody typed, together with the grid's other filters.

Three ways, tried in the order of what they can be sure of:

1. The other filters leave few orders: read those orders' texts.
2. The words are common among the newest orders: read texts newest first; the first page's worth is soon found.
3. Else the words are rare enough for the trigram index to name the orders that have them.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.order_filter import OrderFilter
from db.models import Order, OrderSearch
from db.queries.order_conditions import Where
from db.queries.plans import holds, materialized, not_indexed
from db.queries.text_match import has_indexed_word, matching_order_ids, words

#: So many orders' texts are read faster than an index is asked for a common word.
_FEW_ORDERS = 30_000
#: How the frequency of the words is judged: hits among the newest texts.
_PROBE, _COMMON_IN_PROBE = 3_000, 300
#: How many orders are read for common words before the index is asked after all.
_WINDOW = 20_000


def has_words(wanted: OrderFilter, order_id: sa.SQLColumnExpression[int]) -> sa.ColumnElement[bool]:
    """Return the condition that an order's texts, read by its id, hold every word of both search boxes."""
    holding = sa.and_(*_holding(wanted, OrderSearch.who, OrderSearch.what))
    # A scalar subquery is the one join that PostgreSQL never turns round: it would read a million texts for these few.
    return sa.select(holding).where(OrderSearch.order_id == order_id).scalar_subquery()


def _holding(
    wanted: OrderFilter, who: sa.SQLColumnExpression[Any], what: sa.SQLColumnExpression[Any]
) -> list[sa.ColumnElement[bool]]:
    texts = ((who, wanted.text), (what, wanted.product))
    return [holds(column, word) for column, text in texts for word in words(text)]


def ids_with_words(session: Session, wanted: OrderFilter, matching: Where, *, limit: int) -> list[int]:
    """Return the ids of orders that match the filter and have all the words, in no order and at most ``limit``.

    Args:
        session: An open session.
        wanted: The filter, for the words as typed.
        matching: The filter's conditions.
        limit: Stop at so many.
    """
    are_few = _are_few(session, matching)
    if not are_few and _are_common(session, wanted):
        newest = sa.select(Order.id).where(*matching.columns).order_by(Order.placed_at.desc(), Order.id.desc())
        ids = list(session.scalars(_read_texts(wanted, newest.limit(_WINDOW)).limit(limit)))
        if len(ids) == limit:
            return ids
    return list(session.scalars(orders_with_words(session, wanted, matching, are_few=are_few).limit(limit)))


def orders_with_words(
    session: Session, wanted: OrderFilter, matching: Where, *, are_few: bool | None = None
) -> sa.Select[int]:
    """Return the select of the ids of all the orders that match the filter and have all the words."""
    if _are_few(session, matching) if are_few is None else are_few:
        return _read_texts(wanted, sa.select(Order.id).where(*matching.columns))
    return _ask_index(session, wanted, matching)


def _are_few(session: Session, matching: Where) -> bool:
    if not matching.columns:
        return False
    capped = sa.select(Order.id).where(*matching.columns).limit(_FEW_ORDERS + 1).subquery()
    return (session.scalar(sa.select(sa.func.count()).select_from(capped)) or 0) <= _FEW_ORDERS


def _are_common(session: Session, wanted: OrderFilter) -> bool:
    texts = sa.select(OrderSearch.who, OrderSearch.what).order_by(OrderSearch.order_id.desc()).limit(_PROBE)
    newest = materialized(texts, "newest")
    having = _holding(wanted, newest.c.who, newest.c.what)
    hits = session.scalar(sa.select(sa.func.count()).select_from(newest).where(*having)) or 0
    return hits >= _COMMON_IN_PROBE


def _read_texts(wanted: OrderFilter, orders: sa.Select[int]) -> sa.Select[int]:
    among = materialized(orders, "among")
    return sa.select(among.c.id).where(has_words(wanted, among.c.id))


def _ask_index(session: Session, wanted: OrderFilter, matching: Where) -> sa.Select[int]:
    # Of two boxes the index is asked for the people: names are rarer than products. The other is read on what it finds.
    by_who = has_indexed_word(wanted.text) or not has_indexed_word(wanted.product)
    column, text = (OrderSearch.who, wanted.text) if by_who else (OrderSearch.what, wanted.product)
    hits = matching_order_ids(session, column, text).cte("hits")
    found = sa.select(Order.id).where(*map(not_indexed, matching.columns), Order.id.in_(sa.select(hits.c[0])))
    if wanted.text and wanted.product:
        found = found.where(has_words(wanted, Order.id))
    return found
