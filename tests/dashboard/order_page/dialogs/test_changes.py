"""What differs between the order that somebody looks at and the order as it is."""

import datetime as dt
from dataclasses import replace

from dashboard.order_page.dialogs.changes import Difference, differences
from db.domain.orders import OrderStatus, PaymentState
from db.queries.order_rows import OrderPage
from tests.dashboard.order_page.test_facts import ADDRESS, HEADER
from tests.dashboard.order_page.test_rows import LINE

PAGE = OrderPage(
    header=replace(HEADER, status=OrderStatus.AWAITING_PAYMENT, payment_state=PaymentState.UNPAID, paid_cents=0),
    lines=(LINE,),
    vat_totals=(),
    payments=(),
    billing=None,
    delivery=ADDRESS,
    account=None,
    basket_siblings=(),
    returns=(),
    shipments=(),
    mails=(),
    history=(),
    undo_window=dt.timedelta(seconds=60),
)


def test_nothing_differs_from_itself() -> None:
    assert differences(PAGE, PAGE) == []


def test_status_payment_and_articles_are_told_in_words() -> None:
    paid = replace(PAGE.header, status=OrderStatus.PAID, payment_state=PaymentState.PAID, paid_cents=31_90)
    shipped = replace(LINE, quantity_shipped=LINE.quantity_shipped + 1)
    assert differences(PAGE, replace(PAGE, header=paid, lines=(shipped,))) == [
        Difference("Statut", "En attente de paiement", "Payée"),
        Difference("Règlement", "Non réglée", "Réglée"),
        Difference("Payé", "0,00\u00a0€", "31,90\u00a0€"),
        Difference("Articles expédiés", str(LINE.quantity_shipped), str(LINE.quantity_shipped + 1)),
    ]


def test_an_address_is_told_whole_and_one_that_was_not_there_as_nothing() -> None:
    other = replace(ADDRESS, city="Arles")
    changed = differences(PAGE, replace(PAGE, delivery=other, billing=ADDRESS))
    assert [difference.what for difference in changed] == ["Adresse de livraison", "Adresse de facturation"]
    assert "Arles" in changed[0].now
    assert changed[1].was == ""
