import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa
from pyarrow import parquet
from sqlalchemy.orm import Session

from db.domain.errors import MarketplaceError
from db.domain.orders import HistoryEvent, OrderStatus, PaymentKind, PaymentMethod, PaymentState
from db.imports.online_retail import import_online_retail
from db.imports.online_retail.cancellations import NO_CUSTOMER as CANCELLED_WITHOUT_CUSTOMER
from db.imports.online_retail.cancellations import NO_SALE, NOT_NEGATIVE, PRICE_BELOW_CENT, TOO_MUCH
from db.imports.online_retail.invoices import (
    NEGATIVE_PRICE,
    NO_PRICE,
    NO_QUANTITY,
    NOT_AN_INVOICE,
    OTHER_CUSTOMER,
)
from db.imports.online_retail.orders import COUNTRY_UNKNOWN, NO_CUSTOMER, NO_TEXT, SEVERAL_TIMES
from db.imports.online_retail.orders import PRICE_BELOW_CENT as SOLD_BELOW_CENT
from db.imports.online_retail.run import REPEATED
from db.imports.online_retail.words import WHY_NOT_A_SALE
from db.imports.report import Kind, Outcome
from db.models import (
    Address,
    Customer,
    Order,
    OrderAddress,
    OrderHistory,
    OrderLine,
    OrderSearch,
    Payment,
    Product,
    Seller,
)
from tests.db.imports.helpers import (
    a_line,
    everything_in,
    is_empty,
    lines_about,
    order_numbered,
    plain,
    retail_file,
)

UTC = dt.UTC
EVENING = "2010-12-01T18:00:00"


def refund_rows(session: Session) -> list[tuple[str | None, int]]:
    rows = session.execute(
        sa.select(Payment.external_ref, Payment.amount_cents)
        .where(Payment.kind == PaymentKind.REFUND)
        .order_by(Payment.external_ref)
    )
    return [tuple(row) for row in rows]


def test_an_invoice_becomes_a_completed_order_taken_as_paid(engine: sa.Engine, tmp_path: Path) -> None:
    report = import_online_retail(
        engine,
        retail_file(
            tmp_path,
            a_line(),
            a_line(code="21730", Description=" GLASS STAR FROSTED ", Quantity=2, UnitPrice=4.25),
            a_line(code="POST", Description="POSTAGE", Quantity=3, UnitPrice=18.0),
        ),
    )
    with Session(engine) as session:
        order = order_numbered(session, "OR-536365")
        assert (order.status, order.payment_state) == (OrderStatus.COMPLETED, PaymentState.PAID)
        assert (order.items_cents, order.shipping_cents, order.total_cents) == (15_30 + 8_50, 54_00, 77_80)
        assert (order.currency, order.source) == ("GBP", "online-retail")
        assert order.placed_at == dt.datetime(2010, 12, 1, 8, 26, tzinfo=UTC)
        lines = session.scalars(sa.select(OrderLine).order_by(OrderLine.position)).all()
        assert [(x.sku, x.name, x.quantity, x.quantity_shipped, x.total_cents) for x in lines] == [
            ("85123A", "WHITE HANGING HEART T-LIGHT HOLDER", 6, 6, 15_30),
            ("21730", "GLASS STAR FROSTED", 2, 2, 8_50),
        ]
        assert {line.vat_rate_bp for line in lines} == {0}
        payment = session.scalars(sa.select(Payment)).one()
        assert (payment.amount_cents, payment.method) == (77_80, PaymentMethod.TRANSFER)
        assert payment.reference == "Facture 536365, supposée réglée"
        customer = session.get_one(Customer, order.customer_id)
        assert (customer.name, customer.external_ref) == ("Client 17850", "online-retail:17850")
        assert session.scalars(sa.select(Address.country_code)).all() == ["GB"]
        assert session.scalars(sa.select(OrderAddress.kind)).one().value == "billing"
        assert session.get_one(Seller, order.seller_id).code == "ONLINE-RETAIL"
        history = session.scalars(sa.select(OrderHistory)).one()
        assert history.after is not None
        assert history.after["shipping"] == [{"code": "POST", "text": "POSTAGE", "quantity": 3, "cents": 54_00}]
        assert "glass star frosted" in session.get_one(OrderSearch, order.id).what
    assert report.imported[Kind.SHIPPING].cents == 54_00


def test_the_first_of_several_times_is_kept(engine: sa.Engine, tmp_path: Path) -> None:
    path = retail_file(tmp_path, a_line(InvoiceDate="2011-06-30T23:31:00"), a_line(InvoiceDate="2011-06-30T23:30:00"))
    report = import_online_retail(engine, path)
    with Session(engine) as session:
        order = order_numbered(session, "OR-536365")
        # Summer time in London, and past midnight in Paris.
        assert order.placed_at == dt.datetime(2011, 6, 30, 22, 30, tzinfo=UTC)
        assert order.placed_on == dt.date(2011, 7, 1)
    assert lines_about(report, Outcome.CORRECTED, SEVERAL_TIMES) == [2]


def test_the_lines_of_an_invoice_need_not_be_neighbours(engine: sa.Engine, tmp_path: Path) -> None:
    import_online_retail(engine, retail_file(tmp_path, a_line("1"), a_line("2"), a_line("1", code="21730")))
    with Session(engine) as session:
        assert order_numbered(session, "OR-1").item_count == 12
        assert order_numbered(session, "OR-2").item_count == 6


def test_a_product_is_one_stock_code_with_its_commonest_text_and_last_price(engine: sa.Engine, tmp_path: Path) -> None:
    path = retail_file(
        tmp_path,
        a_line("1", code="15056bl", Description="PARASOL", UnitPrice=5.0),
        a_line("2", code="15056BL", Description="EDWARDIAN PARASOL", UnitPrice=6.0),
        a_line("3", code="15056BL", Description="EDWARDIAN PARASOL", UnitPrice=7.0, InvoiceDate=EVENING),
        a_line("4", code="15056BL", Description="FREE", UnitPrice=0.0, InvoiceDate="2010-12-02T09:00:00"),
        a_line("5", code="M", Description="Manual", UnitPrice=1.0),
    )
    import_online_retail(engine, path)
    with Session(engine) as session:
        product = session.scalars(sa.select(Product)).one()
        assert (product.sku, product.name, product.unit_price_cents) == ("15056BL", "EDWARDIAN PARASOL", 700)
        lines = session.execute(sa.select(OrderLine.sku, OrderLine.name, OrderLine.product_id)).all()
        assert sorted(map(tuple, lines), key=str) == [
            ("15056BL", "EDWARDIAN PARASOL", product.id),
            ("15056BL", "EDWARDIAN PARASOL", product.id),
            ("15056BL", "FREE", product.id),
            ("15056BL", "PARASOL", product.id),
            ("M", "Manual", None),
        ]


def test_an_invoice_without_customer_is_an_order_of_nobody(engine: sa.Engine, tmp_path: Path) -> None:
    report = import_online_retail(engine, retail_file(tmp_path, a_line(CustomerID=None)))
    with Session(engine) as session:
        order = order_numbered(session, "OR-536365")
        assert (order.customer_id, order.customer_name) == (None, "Client inconnu")
        assert session.scalars(sa.select(Customer)).all() == []
    assert lines_about(report, Outcome.FLAGGED, NO_CUSTOMER) == [1]
    assert report.amount_of(Outcome.FLAGGED, NO_CUSTOMER) == 15_30


def test_a_country_that_is_none_keeps_its_words(engine: sa.Engine, tmp_path: Path) -> None:
    path = retail_file(tmp_path, a_line(Country="Channel Islands"), a_line("2", Country="EIRE", CustomerID="2"))
    report = import_online_retail(engine, path)
    with Session(engine) as session:
        addresses = session.execute(sa.select(OrderAddress.country_code, OrderAddress.city)).all()
        assert sorted(map(tuple, addresses)) == [("IE", ""), ("ZZ", "Channel Islands")]
    assert lines_about(report, Outcome.CORRECTED, COUNTRY_UNKNOWN) == [1]


def test_identical_lines_are_all_kept_and_flagged(engine: sa.Engine, tmp_path: Path) -> None:
    report = import_online_retail(engine, retail_file(tmp_path, a_line(), a_line(), a_line(Quantity=7)))
    with Session(engine) as session:
        assert order_numbered(session, "OR-536365").total_cents == 19 * 2_55
    assert lines_about(report, Outcome.FLAGGED, REPEATED) == [2]


def test_a_price_finer_than_a_penny_still_adds_up(engine: sa.Engine, tmp_path: Path) -> None:
    lines = [a_line(UnitPrice=0.001, Quantity=1000), a_line(code="2", UnitPrice=0.125, Quantity=3)]
    report = import_online_retail(engine, retail_file(tmp_path, *lines))
    with Session(engine) as session:
        rows = session.execute(
            sa.select(OrderLine.unit_price_cents, OrderLine.discount_cents, OrderLine.total_cents).order_by(
                OrderLine.position
            )
        )
        # 1000 × 0.001 is 1.00; 3 × 0.125 is 0.375, half up 0.38.
        assert [tuple(row) for row in rows] == [(1, 9_00, 1_00), (13, 1, 38)]
        order = order_numbered(session, "OR-536365")
        assert (order.items_cents, order.discount_cents) == (1_38, 9_01)
    assert lines_about(report, Outcome.CORRECTED, SOLD_BELOW_CENT) == [1, 2]


def test_a_free_article_stays_and_a_line_without_text_takes_its_products(engine: sa.Engine, tmp_path: Path) -> None:
    path = retail_file(tmp_path, a_line("1"), a_line("2", UnitPrice=0.0, Description=None))
    report = import_online_retail(engine, path)
    with Session(engine) as session:
        order = order_numbered(session, "OR-2")
        assert (order.total_cents, order.payment_state) == (0, PaymentState.PAID)
        assert order.summary == "WHITE HANGING HEART T-LIGHT HOLDER"
    assert lines_about(report, Outcome.CORRECTED, NO_TEXT) == [2]


def test_what_is_no_sale_is_refused_with_its_reason_and_amount(engine: sa.Engine, tmp_path: Path) -> None:
    path = retail_file(
        tmp_path,
        a_line("1", Quantity=-3, UnitPrice=0.0, CustomerID=None),
        a_line("2", UnitPrice=0.0, CustomerID=None),
        a_line("3", UnitPrice=-2.0),
        a_line("3", Country="France"),
        a_line("A563185", code="B", Quantity=1, UnitPrice=11062.06, CustomerID=None),
        a_line("5", code="AMAZONFEE", Quantity=1, UnitPrice=219.76, CustomerID=None),
        a_line("X6"),
        a_line("7", Quantity=0),
    )
    report = import_online_retail(engine, path)
    assert sorted((r.place.line, r.reason, r.amount_cents) for r in report.remarks) == [
        (1, NO_QUANTITY, 0),
        (2, NO_PRICE, 0),
        (3, NEGATIVE_PRICE, -12_00),
        (4, OTHER_CUSTOMER, 15_30),
        (5, WHY_NOT_A_SALE["B"], 11062_06),
        (6, WHY_NOT_A_SALE["AMAZONFEE"], 219_76),
        (7, NOT_AN_INVOICE, 15_30),
        (8, NO_QUANTITY, 0),
    ]
    assert Kind.ORDERS not in report.imported


def test_a_cancellation_takes_units_back_from_the_newest_earlier_sales(engine: sa.Engine, tmp_path: Path) -> None:
    path = retail_file(
        tmp_path,
        a_line("1", Quantity=6, InvoiceDate="2010-12-01T10:00:00"),
        a_line("2", Quantity=4, InvoiceDate="2010-12-02T10:00:00"),
        a_line("3", Quantity=9, InvoiceDate="2010-12-04T10:00:00"),  # Later than the cancellation.
        a_line("4", Quantity=9, InvoiceDate="2010-12-02T10:00:00", CustomerID="other"),
        a_line("5", Quantity=9, InvoiceDate="2010-12-02T10:00:00", UnitPrice=2.95),
        a_line("C6", Quantity=-5, InvoiceDate="2010-12-03T10:00:00"),
    )
    report = import_online_retail(engine, path)
    with Session(engine) as session:
        returned = session.execute(sa.select(Order.number, OrderLine.quantity_returned).join(OrderLine)).all()
        assert sorted(map(tuple, returned)) == [("OR-1", 1), ("OR-2", 4), ("OR-3", 0), ("OR-4", 0), ("OR-5", 0)]
        assert refund_rows(session) == [
            ("online-retail:C6:1:1:1", 2_55),
            ("online-retail:C6:1:2:1", 10_20),
        ]
        partly, fully = order_numbered(session, "OR-1"), order_numbered(session, "OR-2")
        assert (partly.payment_state, partly.refunded_cents) == (PaymentState.PARTLY_REFUNDED, 2_55)
        assert (fully.payment_state, fully.refunded_cents) == (PaymentState.REFUNDED, 10_20)
        assert fully.version == 2
        history = session.scalars(
            sa.select(OrderHistory)
            .where(OrderHistory.event == HistoryEvent.REFUND_RECORDED)
            .order_by(OrderHistory.note)
        ).all()
        assert {plain(row.note) for row in history} == {"Annulation C6 : 1 × 85123A", "Annulation C6 : 4 × 85123A"}
        assert {row.at for row in history} == {dt.datetime(2010, 12, 3, 10, 0, tzinfo=UTC)}
    assert (report.imported[Kind.REFUNDS].count, report.imported[Kind.REFUNDS].cents) == (2, 12_75)
    assert report.count_of(Outcome.REFUSED) == 0


def test_cancelled_shipping_comes_whole_from_one_order(engine: sa.Engine, tmp_path: Path) -> None:
    def postage(invoice: str, quantity: int, day: int) -> dict[str, object]:
        at = f"2010-12-{day:02d}T10:00:00"
        return a_line(invoice, code="POST", Description="POSTAGE", Quantity=quantity, UnitPrice=18.0, InvoiceDate=at)

    path = retail_file(
        tmp_path,
        postage("1", 3, day=1),
        postage("2", 1, day=2),
        postage("C3", -2, day=3),  # More than the newest order's, so the older one's.
        postage("C4", -1, day=4),
        postage("C5", -2, day=5),  # Only one is left on the older order.
    )
    report = import_online_retail(engine, path)
    with Session(engine) as session:
        assert refund_rows(session) == [
            ("online-retail:C3:1:1:port", 36_00),
            ("online-retail:C4:1:2:port", 18_00),
        ]
        assert order_numbered(session, "OR-1").refunded_cents == 36_00
    assert lines_about(report, Outcome.REFUSED, NO_SALE) == [5]
    assert report.amount_of(Outcome.REFUSED, NO_SALE) == -36_00


def test_a_cancellation_that_matches_no_sale_is_refused_with_its_amount(engine: sa.Engine, tmp_path: Path) -> None:
    back = {"Quantity": -2, "InvoiceDate": EVENING}
    path = retail_file(
        tmp_path,
        a_line("1", Quantity=1),
        a_line("C1", **back),
        a_line("C2", **back | {"UnitPrice": 9.99}),
        a_line("C3", **back | {"CustomerID": None}),
        a_line("C4", **back | {"UnitPrice": 0.001}),
        a_line("C5", **back | {"Quantity": 2}),
        a_line("C6", **back | {"UnitPrice": 0.0}),
        a_line("C7", code="D", Description="Discount", Quantity=-1, UnitPrice=27.5),
        a_line("C8", code="CRUK", Quantity=-1, UnitPrice=16.0),
    )
    report = import_online_retail(engine, path)
    refused = [(r.place.line, r.reason, r.amount_cents) for r in report.remarks if r.outcome is Outcome.REFUSED]
    assert sorted(refused) == [
        (2, TOO_MUCH, -2_55),
        (3, NO_SALE, -19_98),
        (4, CANCELLED_WITHOUT_CUSTOMER, -5_10),
        (5, PRICE_BELOW_CENT, 0),
        (6, NOT_NEGATIVE, 5_10),
        (7, NOT_NEGATIVE, 0),
        (8, WHY_NOT_A_SALE["D"], -27_50),
        (9, WHY_NOT_A_SALE["CRUK"], -16_00),
    ]
    assert report.imported[Kind.REFUNDS].cents == 2_55


def test_importing_twice_changes_nothing(engine: sa.Engine, tmp_path: Path) -> None:
    path = retail_file(
        tmp_path,
        a_line("1"),
        a_line("1", code="POST", UnitPrice=18.0, Quantity=1),
        a_line("C2", Quantity=-7, InvoiceDate=EVENING),
        a_line("C2", code="POST", UnitPrice=18.0, Quantity=-1, InvoiceDate=EVENING),
    )
    first = import_online_retail(engine, path)
    before = everything_in(engine)
    again = import_online_retail(engine, path)
    assert everything_in(engine) == before
    assert again.imported == {}
    assert again.present[Kind.REFUNDS] == first.imported[Kind.REFUNDS]
    assert lines_about(again, Outcome.REFUSED, TOO_MUCH) == lines_about(first, Outcome.REFUSED, TOO_MUCH) == [3]


def test_a_later_file_cancels_what_an_earlier_one_sold(engine: sa.Engine, tmp_path: Path) -> None:
    import_online_retail(engine, retail_file(tmp_path, a_line("1"), name="december.parquet"))
    january = retail_file(
        tmp_path, a_line("C2", Quantity=-2, InvoiceDate="2011-01-05T10:00:00"), name="january.parquet"
    )
    report = import_online_retail(engine, january)
    assert report.imported[Kind.REFUNDS].cents == 5_10
    with Session(engine) as session:
        assert order_numbered(session, "OR-1").payment_state is PaymentState.PARTLY_REFUNDED


def test_what_staff_refunded_meanwhile_is_not_refunded_again(engine: sa.Engine, tmp_path: Path) -> None:
    import_online_retail(engine, retail_file(tmp_path, a_line("1"), name="december.parquet"))
    with Session(engine) as session, session.begin():
        order_numbered(session, "OR-1").refunded_cents = 15_30 - 2_55
    january = retail_file(
        tmp_path, a_line("C2", Quantity=-2, InvoiceDate="2011-01-05T10:00:00"), name="january.parquet"
    )
    report = import_online_retail(engine, january)
    assert report.imported[Kind.REFUNDS].cents == 2_55
    assert report.amount_of(Outcome.REFUSED, TOO_MUCH) == -2_55


def test_an_import_cut_short_leaves_nothing_and_can_be_run_again(
    engine: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = retail_file(tmp_path, a_line("1"), a_line("C2", Quantity=-1, InvoiceDate=EVENING))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("db.imports.online_retail.run.apply_cancellations", killed)
        with pytest.raises(KeyboardInterrupt):
            import_online_retail(engine, path)
    assert is_empty(engine)
    assert import_online_retail(engine, path).imported[Kind.REFUNDS].cents == 2_55


def refusal(path: Path) -> str:
    """What the import says as it refuses; it does so before it asks for the database."""
    with pytest.raises(MarketplaceError) as refused:
        import_online_retail(sa.create_mock_engine("sqlite://", executor=None), path)  # type: ignore[arg-type]
    return plain(str(refused.value))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "nowhere.parquet » est introuvable." in refusal(tmp_path / "nowhere.parquet")


def test_what_is_not_parquet_is_named(tmp_path: Path) -> None:
    path = tmp_path / "text.parquet"
    path.write_text("InvoiceNo,StockCode\n")
    assert "« text.parquet » est illisible : ce n'est pas un fichier Parquet entier." in refusal(path)


def test_a_file_cut_short_is_named(tmp_path: Path) -> None:
    path = retail_file(tmp_path, a_line())
    path.write_bytes(path.read_bytes()[:-100])
    assert "ce n'est pas un fichier Parquet entier" in refusal(path)


def test_missing_columns_are_named(tmp_path: Path) -> None:
    path = retail_file(tmp_path, a_line())
    parquet.write_table(parquet.read_table(path).drop_columns(["Quantity", "Country"]), path)
    assert "les colonnes « Quantity », « Country » manquent." in refusal(path)


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("Quantity", ["6", "douze"], "colonne « Quantity » : « douze », attendu : un nombre entier"),
        ("Quantity", [6, None], "colonne « Quantity » : vide, attendu : un nombre entier"),
        ("Quantity", [6.0, 1.5], "colonne « Quantity » : « 1.5 », attendu : un nombre entier"),
        ("Quantity", [6, 10**12], "colonne « Quantity » : « 1000000000000 », attendu"),
        ("UnitPrice", ["2.55", "2,55"], "colonne « UnitPrice » : « 2,55 », attendu : un prix"),
        ("UnitPrice", [2.55, float("nan")], "colonne « UnitPrice » : « nan », attendu : un prix"),
        ("UnitPrice", [2.55, 0.00001], "colonne « UnitPrice » : « 1e-05 », attendu : un prix"),
        ("InvoiceDate", ["2010-12-01T08:26:00", "hier"], "colonne « InvoiceDate » : « hier », attendu : une date"),
        ("InvoiceNo", ["1", " "], "colonne « InvoiceNo » : vide, attendu : un texte"),
        ("StockCode", ["1", None], "colonne « StockCode » : vide, attendu : un texte"),
        ("Description", ["x", "a\0b"], "colonne « Description »"),
    ],
)
def test_an_unreadable_value_is_named_with_its_line_and_column(
    tmp_path: Path, column: str, values: list[object], said: str
) -> None:
    path = retail_file(tmp_path, a_line(), a_line())
    table = parquet.read_table(path)
    parquet.write_table(table.set_column(table.schema.get_field_index(column), column, pa.array(values)), path)
    assert f"« retail.parquet », ligne 2, {said}" in refusal(path)
