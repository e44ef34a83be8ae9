"""What people write in the columns with few answers, folded, in French and in English."""

from collections.abc import Mapping

from db.domain.orders import DeliveryMode, PaymentMethod

PAYMENT_METHODS: Mapping[str, PaymentMethod] = {
    "carte": PaymentMethod.CARD,
    "carte bancaire": PaymentMethod.CARD,
    "cb": PaymentMethod.CARD,
    "card": PaymentMethod.CARD,
    "credit card": PaymentMethod.CARD,
    "paypal": PaymentMethod.PAYPAL,
    "virement": PaymentMethod.TRANSFER,
    "virement bancaire": PaymentMethod.TRANSFER,
    "transfer": PaymentMethod.TRANSFER,
    "bank transfer": PaymentMethod.TRANSFER,
    "cheque": PaymentMethod.CHEQUE,
    "check": PaymentMethod.CHEQUE,
    "especes": PaymentMethod.CASH,
    "liquide": PaymentMethod.CASH,
    "cash": PaymentMethod.CASH,
}
MODES: Mapping[str, DeliveryMode] = {
    "a domicile": DeliveryMode.HOME,
    "domicile": DeliveryMode.HOME,
    "home": DeliveryMode.HOME,
    "point relais": DeliveryMode.PICKUP_POINT,
    "relais": DeliveryMode.PICKUP_POINT,
    "pickup point": DeliveryMode.PICKUP_POINT,
    "click & collect": DeliveryMode.CLICK_AND_COLLECT,
    "click and collect": DeliveryMode.CLICK_AND_COLLECT,
    "retrait": DeliveryMode.CLICK_AND_COLLECT,
    "au magasin": DeliveryMode.IN_STORE,
    "magasin": DeliveryMode.IN_STORE,
    "in store": DeliveryMode.IN_STORE,
}
YES_OR_NO: Mapping[str, bool] = {"oui": True, "yes": True, "x": True, "non": False, "no": False}
