"""Units that a return is settled with beyond those it announced: other returns of the order may wait for them."""

from collections.abc import Iterator, Mapping

from db.domain import formats
from db.queries.order_rows import OrderPage, ReturnedArticle, ReturnRow


def beyond_words(page: OrderPage, return_id: int, units: Mapping[int, int]) -> list[str]:
    """Return what is to be said of each article of which more is given back than a return brought.

    Args:
        page: The order's page, with its returns.
        return_id: The return that is settled.
        units: Order line → units that are given back.
    """
    own = next(each for each in page.returns if each.id == return_id)
    others = [each for each in page.returns if each.id != return_id and each.status.is_open]
    return [sentence for line in page.lines for sentence in _beyond(line.name, line.id, units, own, others)]


def _beyond(
    name: str, line_id: int, units: Mapping[int, int], own: ReturnRow, others: list[ReturnRow]
) -> Iterator[str]:
    brought = _article(own, line_id)
    if units.get(line_id, 0) <= (_units(brought) if brought else 0):
        return
    held = sum(_units(each) for other in others if (each := _article(other, line_id)))
    said = f"{name}\u00a0: {_brought_words(brought)}"
    if held:
        who = "un autre retour en cours de cette commande en attend" if len(others) == 1 else _OTHERS
        said += f"\u00a0; {who} {formats.integer(held)}"
    yield f"{said}."


_OTHERS = "d’autres retours en cours de cette commande en attendent"


def _brought_words(brought: ReturnedArticle | None) -> str:
    if brought is None:
        return "ce retour n’en annonce pas"
    if brought.quantity_received is None:
        return f"ce retour n’en annonce que {formats.integer(brought.quantity)}"
    if not brought.quantity_received:
        return "le colis de ce retour n’en contenait pas"
    return f"le colis de ce retour n’en contenait que {formats.integer(brought.quantity_received)}"


def _article(row: ReturnRow, line_id: int) -> ReturnedArticle | None:
    return next((each for each in row.lines if each.line_id == line_id), None)


def _units(article: ReturnedArticle) -> int:
    """Return what was counted, or what was announced where nobody counted."""
    return article.quantity if article.quantity_received is None else article.quantity_received
