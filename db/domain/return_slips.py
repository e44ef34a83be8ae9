"""The slip of a return: when it is given out, and how long what it says is believed."""

import datetime as dt

from db.domain.errors import MarketplaceError
from db.domain.orders import ReturnStatus

#: The parcel is awaited: neither a request that nobody said yes to nor a parcel that came needs a slip.
SLIP_STATUSES = frozenset({ReturnStatus.AWAITING_PARCEL})
#: Addresses and instructions may have changed since.
SLIP_STAYS = dt.timedelta(days=1)

#: How to send, until Réglages › Règles des retours says more.
USUAL_INSTRUCTIONS = (
    "Emballez les articles avec soin, glissez le bon de retour dans le colis et envoyez-le à l’adresse indiquée. "
    "Gardez la preuve de dépôt de votre envoi."
)


class NoSlipError(MarketplaceError):
    """This return has no slip now."""

    def __init__(self) -> None:
        super().__init__("Le bon de retour se télécharge tant que le colis est attendu.")
