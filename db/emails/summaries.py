"""The ready-made pieces of the summary of the sales: figures beside earlier ones, the chart, who and what sold most."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from markupsafe import Markup

from db.domain.formats import NO_BREAK_SPACE, evolution, integer, money
from db.domain.summaries import BEFORE_LABELS, YEAR_BEFORE_LABELS, BestSeller, CurrencySummary, PeriodFigures, Summary
from db.emails.layout import piece
from db.emails.markup import Fragment
from db.emails.staff import summary_of

_Value = Callable[[PeriodFigures], int]


class _Row(NamedTuple):
    label: str
    value: str
    #: « ▲ +12,4 % sur la semaine précédente ».
    changes: str


class _Best(NamedTuple):
    place: int
    name: str
    amount: str


def summary_blocks(extra: Mapping[str, Any], pictures: Mapping[str, str]) -> Mapping[str, Callable[[], Fragment]]:
    """Return how each block of a summary is drawn; none where the e-mail is no summary.

    Args:
        extra: What the cause of the e-mail wrote.
        pictures: Where the chart of a currency is found: « cid:… », or the picture itself.
    """
    summary = summary_of(extra)
    if summary is None:
        return {}
    return {
        "chiffres_resume": partial(_figures, summary),
        "graphique_resume": partial(_charts, summary, pictures),
        "meilleures_ventes": partial(_best, summary),
    }


def _figures(summary: Summary) -> Fragment:
    """Return the figures of each currency, under its name where there are several."""
    fragments = []
    for each in summary.currencies:
        rows = _rows(summary, each)
        text = "\n".join(
            f"- {row.label}\u00a0: {row.value}" + (f" ({row.changes})" * bool(row.changes)) for row in rows
        )
        fragments.append(_titled(summary, each, Fragment(piece("figures", rows), text)))
    return _joined(fragments)


def _rows(summary: Summary, each: CurrencySummary) -> list[_Row]:
    def row(label: str, value: _Value, words: Callable[[int], str]) -> _Row:
        return _Row(label, words(value(each.now)), _changes(summary, each, value))

    def amount(cents: int) -> str:
        return money(cents, each.currency)

    return [
        row("Chiffre d’affaires TTC", lambda period: period.revenue_cents, amount),
        row("Commandes", lambda period: period.orders, integer),
        row("Panier moyen", lambda period: period.basket_cents, amount),
        row("Nouveaux clients", lambda period: period.new_customers, integer),
        row("Commandes avec retour", lambda period: period.returned, integer),
        row("Expédiées en retard", lambda period: period.shipped_late, integer),
    ]


def _changes(summary: Summary, each: CurrencySummary, value: _Value) -> str:
    """Return how a figure moved; nothing where there was none to move from."""
    sides = (
        (each.before, BEFORE_LABELS[summary.cadence]),
        (each.year_before, YEAR_BEFORE_LABELS[summary.cadence]),
    )
    return " · ".join(
        f"{_moved(value(earlier), value(each.now))} sur {label}" for earlier, label in sides if value(earlier)
    )


def _moved(before: int, after: int) -> str:
    """Return « ▲ +12,4 % »: its sign tells what no colour has to."""
    arrow = "▲" if after > before else "▼" if after < before else "="
    return f"{arrow}{NO_BREAK_SPACE}{evolution(before, after)}"


def _charts(summary: Summary, pictures: Mapping[str, str]) -> Fragment:
    return _joined(
        [
            _titled(summary, each, Fragment(piece("picture", pictures[each.currency], each.chart.alt), each.chart.alt))
            for each in summary.currencies
            if each.currency in pictures
        ]
    )


def _best(summary: Summary) -> Fragment:
    fragments = []
    for each in summary.currencies:
        sides = [("Meilleurs vendeurs", each.sellers), ("Meilleurs produits", each.products)]
        lists = [(title, _ranking(best, each.currency)) for title, best in sides if best]
        text = "\n\n".join("\n".join([f"{title}\u00a0:", *map(_best_text, ranked)]) for title, ranked in lists)
        fragments.append(_titled(summary, each, Fragment(piece("rankings", lists), text)))
    return _joined(fragments)


def _ranking(best: Sequence[BestSeller], currency: str) -> list[_Best]:
    return [_Best(place, each.name, money(each.cents, currency)) for place, each in enumerate(best, 1)]


def _best_text(best: _Best) -> str:
    return f"{best.place}. {best.name}\u00a0: {best.amount}"


def _titled(summary: Summary, each: CurrencySummary, fragment: Fragment) -> Fragment:
    """Return a currency's piece, under its name where there are several: amounts of two are never added."""
    if len(summary.currencies) == 1 or not fragment.text:
        return fragment
    return Fragment(piece("title", each.currency, 2) + fragment.html, f"{each.currency}\n{fragment.text}")


def _joined(fragments: Sequence[Fragment]) -> Fragment:
    return Fragment(
        Markup("").join(each.html for each in fragments), "\n\n".join(each.text for each in fragments if each.text)
    )
