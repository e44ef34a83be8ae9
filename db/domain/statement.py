"""What a settlement gave back for a return, line by line, as its customer reads it in the e-mail and on their page."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.domain.formats import integer, money


@dataclass(frozen=True, slots=True)
class ArticleBack:
    """What was given back of one article. Amounts are cents, VAT included."""

    name: str
    #: 0 where it is an amount alone.
    units: int
    amount_cents: int
    announced: int = 0
    #: None where nobody counted.
    received: int | None = None

    @property
    def counted(self) -> str:
        """Return « 2 reçus sur 3 annoncés »; nothing where all came that was announced."""
        if self.received is None or self.received == self.announced:
            return ""
        received, announced = ("s" if count > 1 else "" for count in (self.received, self.announced))
        return f"{integer(self.received)} reçu{received} sur {integer(self.announced)} annoncé{announced}"


def statement(
    articles: Sequence[ArticleBack],
    *,
    withheld_cents: int | None,
    why: str,
    shipping_cents: int,
    given_cents: int,
    currency: str,
) -> tuple[str, ...]:
    """Return the lines of a statement: the articles at their price, what is withheld and why, the shipping, the total.

    Args:
        articles: What was given back of each.
        withheld_cents: What of the price is kept; None where that is not known any more to the cent.
        why: Why it is kept; empty where nothing is.
        shipping_cents: What was given back of the shipping.
        given_cents: All that was given.
        currency: Of all amounts.
    """
    # The articles are said at their price, so that the lines add up to the total.
    said = [_article(each, currency) for each in articles if each.units or each.amount_cents]
    if withheld_cents:
        said.append(f"Retenue\u00a0: {money(-withheld_cents, currency)}, {why}")
    elif why:
        said.append(f"Une partie du prix n’est pas rendue\u00a0: {why}")
    if shipping_cents:
        said.append(f"Frais de port\u00a0: {money(shipping_cents, currency)}")
    return (*said, f"Total\u00a0: {money(given_cents, currency)}") if said else ()


def _article(article: ArticleBack, currency: str) -> str:
    units = f"{integer(article.units)} × " if article.units else ""
    counted = f" ({article.counted})" if article.counted else ""
    return f"{units}{article.name}\u00a0: {money(article.amount_cents, currency)}{counted}"
