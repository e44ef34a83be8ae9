"""The vocabulary of Olist's files in our words; docs/imports.md gives the reason for each."""

from zoneinfo import ZoneInfo

from db.domain.orders import OrderStatus, PaymentMethod

SOURCE = "olist"
CURRENCY = "BRL"
COUNTRY_CODE = "BR"
LOCALE = "pt"
#: Every time in the files is local time there, and so without a zone.
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
#: Brazilian taxes are inside the prices, and none of our rates is theirs.
VAT_RATE_BP = 0

ORDER_STATUSES = {
    "created": OrderStatus.AWAITING_PAYMENT,
    "approved": OrderStatus.PAID,
    "processing": OrderStatus.PREPARING,
    "invoiced": OrderStatus.READY,
    "shipped": OrderStatus.SHIPPED,
    "delivered": OrderStatus.COMPLETED,
    "canceled": OrderStatus.CANCELLED,
    "unavailable": OrderStatus.CANCELLED,
}

METHOD_NOT_DEFINED = "not_defined"
PAYMENT_METHODS = {
    "credit_card": PaymentMethod.CARD,
    "debit_card": PaymentMethod.CARD,
    "boleto": PaymentMethod.TRANSFER,
    "voucher": PaymentMethod.CHEQUE,
    METHOD_NOT_DEFINED: PaymentMethod.CARD,
}

#: Whether times are exact to the minute only.
TIME_PRECISIONS = {"minute": True, "second": False}
