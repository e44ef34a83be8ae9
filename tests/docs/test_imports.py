"""docs/imports.md names every word that the imports know, so that nobody has to look for its outcome in the code."""

from pathlib import Path

import pytest

from db.imports.olist.words import ORDER_STATUSES, PAYMENT_METHODS
from db.imports.online_retail.words import WHY_NOT_A_SALE, Trade, trade_of
from db.imports.orders import amazon, shopify, woocommerce

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "imports.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("word", "status"), ORDER_STATUSES.items())
def test_every_status_of_olist_has_its_row_with_ours(word: str, status: str) -> None:
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{word}` |")]
    assert status in row


@pytest.mark.parametrize(("word", "method"), PAYMENT_METHODS.items())
def test_every_payment_of_olist_has_its_row_with_ours(word: str, method: str) -> None:
    (row,) = [line for line in PAGE.splitlines() if line.startswith("| `") and f"`{word}`" in line.split("|")[1]]
    assert method in row.split("|")[2]


@pytest.mark.parametrize("code", ["POST", "DOT", "C2", "M", "S", "BANK CHARGES", *WHY_NOT_A_SALE])
def test_every_stock_code_that_is_no_goods_is_named(code: str) -> None:
    assert trade_of(code) is not Trade.GOODS
    assert f"`{code}`" in PAGE


@pytest.mark.parametrize(
    "status",
    [
        *shopify.REFUSED_PAYMENTS,
        *(status for status in shopify.UNPAID if status not in {"", "unpaid"}),
        *woocommerce.REFUSED_STATUSES,
        *woocommerce.PAID_STATUSES,
        *amazon.REFUSED_STATUSES,
    ],
)
def test_every_status_of_another_platform_is_named(status: str) -> None:
    assert f"`{status}`" in PAGE
