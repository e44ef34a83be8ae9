"""Who sells, what sells, and how it is bought: a chart of bars for each side, every bar the way to its orders."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.charts.bars import Bar, hover_lines, lying_bars
from dashboard.charts.chart import Chart, show_chart
from dashboard.charts.table import Column, Kind, Table
from dashboard.sales import cached
from dashboard.sales.state import SalesState
from dashboard.url_values import member
from db.domain import formats
from db.domain.figures import Facet, Figure
from db.domain.money import divide_half_up, ratio_bp
from db.domain.order_filter import OrderFilter
from db.domain.orders import DeliveryMode, Origin, PaymentMethod
from db.domain.viewer import Viewer
from db.queries.calendar import CalendarChoices
from db.queries.sales_breakdowns import CategoryFigure, ProductFigure, ProductSales

#: How many bars are drawn; tables have all of them.
_MOST_BARS = 15
#: How many products are named; what the others come to is said.
_MOST_PRODUCTS = 200
_LONGEST_NAME = 22


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the sales under a name, and the orders that it opens."""

    name: str
    figure: Figure
    opens: OrderFilter | None


def show_breakdowns(viewer: Viewer, state: SalesState, choices: CalendarChoices) -> None:
    """Draw the sales by seller, category and product, and by the ways to buy."""
    figures = cached.ways(viewer, state.wanted)
    products = cached.product_sales(viewer, state.wanted, _MOST_PRODUCTS)
    left, right = st.columns(2)
    with left:
        if len(choices.sellers) > 1:
            show_chart(sellers_chart(figures[Facet.SELLER], state, choices))
        for chart in ways_charts(figures, state):
            show_chart(chart)
    with right:
        show_chart(products_chart(products, state))
        show_chart(categories_chart(products, state))


def sellers_chart(figures: Sequence[Figure], state: SalesState, choices: CalendarChoices) -> Chart:
    """Return the sales by seller."""

    def name(figure: Figure) -> str:
        return choices.sellers.get(int(figure.value), f"Vendeur {figure.value}")

    slices = [Slice(name(figure), figure, state.orders(seller_id=int(figure.value))) for figure in figures]
    return slices_chart("vendeurs", "Par vendeur", "Vendeur", slices, state, has_articles=True)


def ways_charts(figures: Mapping[Facet, Sequence[Figure]], state: SalesState) -> list[Chart]:
    """Return the sales by delivery mode, payment method and origin."""

    def slices(
        facet: Facet, enum: type[DeliveryMode | PaymentMethod | Origin], opens: Callable[[str], OrderFilter]
    ) -> list[Slice]:
        told = []
        for figure in figures[facet]:
            value = member(enum, figure.value)
            told.append(Slice(value.label if value else "Non renseigné", figure, opens(value) if value else None))
        return told

    return [
        slices_chart(
            "livraison",
            "Par mode de livraison",
            "Livraison",
            slices(Facet.DELIVERY, DeliveryMode, lambda mode: state.orders(delivery_modes=frozenset({mode}))),
            state,
        ),
        slices_chart(
            "paiement",
            "Par moyen de paiement",
            "Paiement",
            slices(Facet.PAYMENT, PaymentMethod, lambda method: state.orders(payment_methods=frozenset({method}))),
            state,
        ),
        slices_chart(
            "origine",
            "Par origine de l’acheteur",
            "Origine",
            slices(Facet.ORIGIN, Origin, lambda origin: state.orders(origins=frozenset({origin}))),
            state,
        ),
    ]


def slices_chart(
    key: str, title: str, header: str, slices: Sequence[Slice], state: SalesState, *, has_articles: bool = False
) -> Chart:
    """Return the chart of parts that add up to the sales."""
    total = sum(each.figure.cents for each in slices)
    drawn = slices[:_MOST_BARS]
    names = [str(index) for index in range(len(slices))]
    articles = (Column("Articles", Kind.COUNT),) if has_articles else ()

    def bar(link: str, each: Slice) -> Bar:
        amount = formats.money(each.figure.cents, state.currency)
        share, orders = formats.rate(_share(each, total)), formats.plural(each.figure.orders, "commande")
        hover = hover_lines(each.name, amount, f"{share} du chiffre d’affaires", orders)
        return Bar(each.name, each.figure.cents / 100, f"{amount} · {share}", hover, link)

    def row(each: Slice) -> tuple[str | int, ...]:
        figure, share = each.figure, _share(each, total)
        return (each.name, figure.orders, *((figure.units,) if has_articles else ()), figure.cents, share)

    left_out = len(slices) - len(drawn)
    return Chart(
        key=key,
        title=title,
        figure=lambda: lying_bars([bar(name, each) for name, each in zip(names, drawn, strict=False)]),
        table=Table(
            (
                Column(header),
                Column("Commandes", Kind.COUNT),
                *articles,
                Column("Chiffre d’affaires", Kind.MONEY),
                Column("Part", Kind.RATE),
            ),
            tuple(row(each) for each in slices),
            state.currency,
        ),
        alt=_alt(title, [(each.name, each.figure.cents) for each in drawn], state.currency),
        links={name: each.opens for name, each in zip(names, slices, strict=True) if each.opens},
        row_links=names,
        note=f"{formats.plural(left_out, 'autre', 'autres')} dans le tableau." if left_out else "",
    )


def products_chart(products: ProductSales, state: SalesState) -> Chart:
    """Return the products that sell most; a bar opens the orders that hold the product."""
    drawn = products.products[:_MOST_BARS]
    links = {str(index): _opening(each, state) for index, each in enumerate(products.products)}

    def bar(link: str, each: ProductFigure) -> Bar:
        amount = formats.money(each.figure.cents, state.currency)
        units = formats.plural(each.figure.units, "article")
        hover = hover_lines(each.name, each.sku, amount, units, formats.plural(each.figure.orders, "commande"))
        # Variants of a product share its name.
        name = f"{formats.shorten(each.name, _LONGEST_NAME)} · {each.sku}" if each.sku else each.name
        return Bar(name, each.figure.cents / 100, f"{amount} · {units}", hover, link)

    left_out = products.count - len(products.products)
    return Chart(
        key="produits",
        title="Produits les plus vendus",
        figure=lambda: lying_bars([bar(link, each) for link, each in zip(links, drawn, strict=False)]),
        table=Table(
            (
                Column("Produit"),
                Column("Référence"),
                Column("Catégorie"),
                Column("Commandes", Kind.COUNT),
                Column("Articles", Kind.COUNT),
                Column("Ventes", Kind.MONEY),
            ),
            tuple(
                (each.name, each.sku, each.category, each.figure.orders, each.figure.units, each.figure.cents)
                for each in products.products
            ),
            state.currency,
        ),
        alt=_alt(
            "Produits les plus vendus",
            [(f"{each.name} {each.sku}", each.figure.cents) for each in drawn],
            state.currency,
        ),
        links=links,
        row_links=list(links),
        note=f"Sans les frais de port. {_others(len(drawn), products.count, left_out)}",
    )


def categories_chart(products: ProductSales, state: SalesState) -> Chart:
    """Return the sales by category; the grid knows no categories, so that its bars open nothing."""
    categories = products.categories
    total = sum(each.cents for each in categories)
    drawn = categories[:_MOST_BARS]

    def bar(each: CategoryFigure) -> Bar:
        amount, share = formats.money(each.cents, state.currency), formats.rate(_part(each.cents, total))
        name = each.name or "Sans catégorie"
        hover = hover_lines(name, amount, f"{share} des ventes", formats.plural(each.articles, "article"))
        return Bar(name, each.cents / 100, f"{amount} · {share}", hover)

    return Chart(
        key="categories",
        title="Par catégorie",
        figure=lambda: lying_bars([bar(each) for each in drawn]),
        table=Table(
            (
                Column("Catégorie"),
                Column("Articles", Kind.COUNT),
                Column("Ventes", Kind.MONEY),
                Column("Part", Kind.RATE),
            ),
            tuple(
                (each.name or "Sans catégorie", each.articles, each.cents, _part(each.cents, total))
                for each in categories
            ),
            state.currency,
        ),
        alt=_alt("Par catégorie", [(each.name or "Sans catégorie", each.cents) for each in drawn], state.currency),
        note="Sans les frais de port. Une commande peut avoir des articles de plusieurs catégories.",
    )


def _opening(product: ProductFigure, state: SalesState) -> OrderFilter:
    return state.orders(facet=Facet.PRODUCT, facet_values=frozenset({product.figure.value}))


def _others(drawn: int, count: int, left_out: int) -> str:
    if left_out:
        return (
            f"Les {formats.integer(_MOST_PRODUCTS)} premiers de {formats.integer(count)} produits sont dans le tableau."
        )
    return f"{formats.plural(count - drawn, 'autre', 'autres')} dans le tableau." if count > drawn else ""


def _share(each: Slice, total: int) -> int:
    return _part(each.figure.cents, total)


def _part(cents: int, total: int) -> int:
    """Return a share in basis points, rounded to a tenth of a per cent: what a glance can tell."""
    return divide_half_up(ratio_bp(cents, total) or 0, 10) * 10


def _alt(title: str, parts: Sequence[tuple[str, int]], currency: str) -> str:
    first = formats.enumeration([f"{name} {formats.money(cents, currency)}" for name, cents in parts[:3]])
    return f"{title}, en barres. En tête\u00a0: {first}." if parts else title
