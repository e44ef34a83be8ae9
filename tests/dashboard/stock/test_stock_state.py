"""Vendre › Stock as it stands in the URL, and the words of the page."""

import pytest

from dashboard.stock.correction import Finding, effect_words
from dashboard.stock.detail import stock_words
from dashboard.stock.movements import kind_words, units_words
from dashboard.stock.state import StockState, from_query, to_query
from db.domain.stock import StockKind, StockList
from db.queries.stock import MovementRow, StockRow
from tests.conftest import NOW


def test_a_state_survives_the_url() -> None:
    state = StockState(StockList.COUNTED, 3, "thé vert", 2, 12, 812)
    assert to_query(state) == {
        "liste": "comptes",
        "vendeur": "3",
        "q": "thé vert",
        "page": "2",
        "produit": "12",
        "avant": "812",
    }
    assert from_query(to_query(state)) == state
    assert to_query(StockState()) == {}


@pytest.mark.parametrize(
    "params", [{"liste": "autre"}, {"page": "-1"}, {"page": "0"}, {"produit": "x"}, {"vendeur": "9" * 30}]
)
def test_what_means_nothing_is_left_out(params: dict[str, str]) -> None:
    assert from_query(params) == StockState()


def test_a_page_that_no_catalogue_has_is_the_last_one_asked_for() -> None:
    assert from_query({"page": "999999999999"}).page == 100_000


@pytest.mark.parametrize(
    ("stock", "sold", "words"),
    [
        (None, 0, "Personne ne compte ce produit\u00a0: il se vend sans limite."),
        (40, 0, "**40** en stock · aucune vente en 30 jours"),
        # 40 units at 12 in 30 days: 100 days.
        (40, 12, "**40** en stock · 12\u00a0vendus en 30 jours · à ce rythme, encore 100\u00a0jours"),
        (1, 30, "**1** en stock · 30\u00a0vendus en 30 jours · à ce rythme, encore 1\u00a0jour"),
        (1_200, 1, "**1\u202f200** en stock · 1\u00a0vendu en 30 jours · à ce rythme, encore plus d’un an"),
        (-2, 5, "**−2** en stock · 5\u00a0vendus en 30 jours"),
    ],
)
def test_it_says_how_long_the_stock_lasts(stock: int | None, sold: int, words: str) -> None:
    row = StockRow(
        id=1,
        sku="T-1",
        name="Thé",
        attributes={},
        seller_id=1,
        seller_name="Maison du thé",
        stock=stock,
        own_low_stock_at=None,
        low_stock_at=5,
        is_returnable=True,
        is_active=True,
        sold=sold,
    )
    assert stock_words(row) == words


@pytest.mark.parametrize(
    ("kind", "units", "words"),
    [
        (StockKind.SALE, -2, ("Vente", "−2")),
        (StockKind.CANCELLATION, 2, ("Annulation", "+2")),
        (StockKind.CANCELLATION, -2, ("Annulation reprise", "−2")),
        (StockKind.CORRECTION, 1_200, ("Correction", "+1\u202f200")),
    ],
)
def test_movements_are_told_with_their_sign(kind: StockKind, units: int, words: tuple[str, str]) -> None:
    row = MovementRow(1, NOW, kind, units, 0, None, "", "")
    assert (kind_words(row), units_words(row.units)) == words


@pytest.mark.parametrize(
    ("finding", "after"), [(Finding.COUNTED, 8), (Finding.RECEIVED, 48), (Finding.LOST, 32)], ids=str
)
def test_what_is_counted_received_or_lost_is_on_hand_or_not(finding: Finding, after: int) -> None:
    assert finding.stock_after(40, 8) == after


@pytest.mark.parametrize(
    ("stock", "after", "words"),
    [
        (None, None, "Stock actuel\u00a0: non compté."),
        (40, None, "Stock actuel\u00a0: **40**."),
        (None, 12, "Le produit est compté à partir de maintenant\u00a0: **12\u00a0unités**."),
        (40, 40, "Le stock est déjà de **40**\u00a0: rien à corriger."),
        (40, 39, "Le stock passe de **40** à **39**\u00a0: 1\u00a0unité de moins."),
        (4, -1, ":orange[:material/warning:] Le stock passerait sous zéro. Comptez plutôt ce qui est en rayon."),
        (-2, 3, "Le stock passe de **−2** à **3**\u00a0: 5\u00a0unités de plus."),
        (40, 64, "Le stock passe de **40** à **64**\u00a0: 24\u00a0unités de plus."),
    ],
)
def test_the_dialog_says_what_will_be_there(stock: int | None, after: int | None, words: str) -> None:
    assert effect_words(stock, after) == words
