"""The vocabulary of the Online Retail file in our words; docs/imports.md gives the reason for each."""

from enum import Enum, auto
from zoneinfo import ZoneInfo

SOURCE = "online-retail"
SELLER_REF = f"{SOURCE}:seller"
SELLER_CODE = "ONLINE-RETAIL"
CURRENCY = "GBP"
LOCALE = "en"
#: Every time in the file is local time there, and so without a zone.
LONDON = ZoneInfo("Europe/London")
#: The prices are without VAT and its rates are not in the file.
VAT_RATE_BP = 0


class Trade(Enum):
    """What a stock code stands for."""

    GOODS = auto()
    #: Part of what the customer owes, but no product: manual entries, samples, bank charges passed on.
    CHARGE = auto()
    SHIPPING = auto()
    #: Not between the wholesaler and a customer at all, or not a sale.
    NOT_A_SALE = auto()


_TRADES = {
    "POST": Trade.SHIPPING,
    "DOT": Trade.SHIPPING,
    "C2": Trade.SHIPPING,
    "M": Trade.CHARGE,
    "S": Trade.CHARGE,
    "BANK CHARGES": Trade.CHARGE,
    "AMAZONFEE": Trade.NOT_A_SALE,
    "CRUK": Trade.NOT_A_SALE,
    "B": Trade.NOT_A_SALE,
    "D": Trade.NOT_A_SALE,
}

WHY_NOT_A_SALE = {
    "AMAZONFEE": "commission d'Amazon (AMAZONFEE) : une charge du vendeur, pas une vente",
    "CRUK": "commission versée à Cancer Research UK (CRUK) : une charge du vendeur, pas une vente",
    "B": "ajustement de créance douteuse : une écriture comptable, pas une vente",
    "D": "remise accordée sans désigner de vente (code D)",
}


def trade_of(code: str) -> Trade:
    """Return what a stock code (in capitals) stands for; everything that is not listed is goods."""
    return _TRADES.get(code, Trade.GOODS)


#: Where the file's country is one country to ISO 3166. « Channel Islands » are two, the other two are none.
COUNTRY_CODES = {
    "Australia": "AU",
    "Austria": "AT",
    "Bahrain": "BH",
    "Belgium": "BE",
    "Brazil": "BR",
    "Canada": "CA",
    "Cyprus": "CY",
    "Czech Republic": "CZ",
    "Denmark": "DK",
    "EIRE": "IE",
    "Finland": "FI",
    "France": "FR",
    "Germany": "DE",
    "Greece": "GR",
    "Hong Kong": "HK",
    "Iceland": "IS",
    "Israel": "IL",
    "Italy": "IT",
    "Japan": "JP",
    "Lebanon": "LB",
    "Lithuania": "LT",
    "Malta": "MT",
    "Netherlands": "NL",
    "Norway": "NO",
    "Poland": "PL",
    "Portugal": "PT",
    "RSA": "ZA",
    "Saudi Arabia": "SA",
    "Singapore": "SG",
    "Spain": "ES",
    "Sweden": "SE",
    "Switzerland": "CH",
    "USA": "US",
    "United Arab Emirates": "AE",
    "United Kingdom": "GB",
}
#: ISO 3166 leaves it to users: « unknown ». The file's own words are then kept as the city.
UNKNOWN_COUNTRY = "ZZ"
