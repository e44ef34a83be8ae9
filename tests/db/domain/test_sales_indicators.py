from db.domain.figures import CustomerShare, Facet, Figure, Punctuality, Stage
from db.domain.sales_indicators import indicators


def test_the_indicators_divide_what_they_say_they_divide() -> None:
    told = indicators(
        {
            Facet.SALES: [Figure("", 8, 100_00, 20)],
            Facet.CUSTOMER: [
                Figure(CustomerShare.NEW, 2, 0, 0),
                Figure(CustomerShare.RETURNING, 4, 0, 0),
                Figure(CustomerShare.GUEST, 2, 0, 0),
            ],
            Facet.STAGE: [Figure(Stage.PLACED, 9, 0, 0), Figure(Stage.SHIPPED, 6, 0, 0)],
            Facet.SHIPPING: [Figure(Punctuality.LATE, 1, 0, 0), Figure(Punctuality.ON_TIME, 3, 0, 0)],
            Facet.RETURNED: [Figure("damaged", 1, 0, 0), Figure("other", 2, 0, 0)],
            Facet.PAYMENT_STATE: [Figure("paid", 6, 0, 0), Figure("unpaid", 2, 25_00, 25_00)],
        }
    )
    assert (told.orders, told.revenue_cents, told.due_cents) == (8, 100_00, 25_00)
    assert told.average_basket_cents == 12_50  # 100 € ÷ 8
    assert told.hundredths_of_items_per_order == 250  # 20 ÷ 8
    assert told.new_customers_bp == 33_33  # 2 ÷ (2 + 4): guests are not known
    assert told.returned_bp == 50_00  # (1 + 2) ÷ 6 shipped
    assert told.late_bp == 25_00  # 1 ÷ 4


def test_of_nothing_there_is_no_average() -> None:
    nothing = indicators({})
    assert nothing.revenue_cents == 0
    assert nothing.average_basket_cents is None
    assert nothing.returned_bp is None
