"""Carriers: how their parcels are numbered, followed, and how long they take. Réglages › Transporteurs edits them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from db.domain.text import fold

#: What stands for the parcel's number in a link pattern.
NUMBER = "{number}"


@dataclass(frozen=True, slots=True)
class Carrier:
    """One way for goods to reach the customer."""

    code: str
    name: str
    #: Where a parcel is followed; ``NUMBER`` stands for its number. Empty: it cannot be.
    tracking_url_pattern: str
    #: Business days from leaving to arriving.
    delivery_days: int
    is_active: bool = True

    def tracking_url(self, number: str) -> str:
        """Return where a parcel is followed, or nothing where it cannot be."""
        tidy = compact(number)
        return self.tracking_url_pattern.replace(NUMBER, quote(tidy, safe="")) if tidy else ""

    def doubt_about(self, number: str) -> str:
        """Return why a tracking number does not look like one of this carrier's, or nothing: a warning, no refusal."""
        known = NUMBER_FORMATS.get(self.code)
        tidy = compact(number)
        if not tidy or known is None or any(each.matches(tidy) for each in known):
            return ""
        examples = " ou ".join(each.example for each in known)
        return f"{number.strip()} ne ressemble pas à un numéro {self.name} (exemple\u00a0: {examples})."


def compact(number: str) -> str:
    """Return a tracking number without the spaces and dashes that labels print."""
    return re.sub(r"[\s\-.]+", "", number).upper()


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """One form that a carrier's numbers have."""

    pattern: str
    example: str
    #: Whether it is a UPU number, whose ninth digit is a check digit.
    is_s10: bool = False

    def matches(self, number: str) -> bool:
        """Tell whether a compact number has this form."""
        return re.fullmatch(self.pattern, number) is not None and (not self.is_s10 or s10_is_valid(number))


_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def s10_is_valid(number: str) -> bool:
    """Tell whether a 13-character number carries the right check digit (UPU standard S10)."""
    digits = [int(digit) for digit in number[2:10]]
    remainder = 11 - sum(weight * digit for weight, digit in zip(_S10_WEIGHTS, digits, strict=True)) % 11
    return int(number[10]) == {10: 0, 11: 5}.get(remainder, remainder)


_S10 = NumberFormat(r"[A-Z]{2}\d{9}[A-Z]{2}", "RR 1234 5678 5 FR", is_s10=True)

#: The forms that carriers document for their numbers; a carrier that is not here takes any.
NUMBER_FORMATS = {
    "colissimo": (NumberFormat(r"\d[A-Z0-9]\d{11}", "6A 12345678901"), _S10),
    "chronopost": (NumberFormat(r"[A-Z]{2}\d{9}[A-Z]{2}|\d{13,15}", "XY 1234 5678 9 FR"),),
    "mondial_relay": (NumberFormat(r"\d{8}|\d{10}|\d{12}", "12345678"),),
    "dhl": (NumberFormat(r"\d{10}", "1234567890"), NumberFormat(r"JJD\d{16,18}", "JJD 0146 0000 1234 5678")),
    "ups": (NumberFormat(r"1Z[A-Z0-9]{16}", "1Z 999 AA1 01 2345 6784"),),
    "dpd": (NumberFormat(r"\d{14}|\d{15}|\d{18}", "0123 4567 8901 23"),),
    "gls": (NumberFormat(r"[A-Z0-9]{8}", "00AB12CD"), NumberFormat(r"\d{11,12}", "12345678901")),
    "la_poste_letter": (_S10, NumberFormat(r"\d[A-Z0-9]\d{11}", "87 00123456789")),
}

HAND_DELIVERY_CODE = "own_delivery"

DEFAULT_CARRIERS = (
    Carrier("colissimo", "Colissimo", "https://www.laposte.fr/outils/suivre-vos-envois?code={number}", 2),
    Carrier(
        "chronopost", "Chronopost", "https://www.chronopost.fr/tracking-no-cms/suivi-page?listeNumerosLT={number}", 1
    ),
    Carrier(
        "mondial_relay", "Mondial Relay", "https://www.mondialrelay.fr/suivi-de-colis/?numeroExpedition={number}", 4
    ),
    Carrier("dhl", "DHL", "https://www.dhl.com/fr-fr/home/tracking.html?tracking-id={number}", 2),
    Carrier("ups", "UPS", "https://www.ups.com/track?loc=fr_FR&tracknum={number}", 2),
    Carrier("dpd", "DPD", "https://trace.dpd.fr/fr/trace/{number}", 2),
    Carrier("gls", "GLS", "https://gls-group.com/FR/fr/suivi-colis/?match={number}", 2),
    Carrier(
        "la_poste_letter", "Lettre suivie La Poste", "https://www.laposte.fr/outils/suivre-vos-envois?code={number}", 3
    ),
    Carrier(HAND_DELIVERY_CODE, "Livraison par nos soins", "", 1),
)


_FIRST_NAMES = {each.code: each.name for each in DEFAULT_CARRIERS}


def carrier_named(carriers: Sequence[Carrier], name: str) -> Carrier | None:
    """Return the carrier that a text names, by its name or code, whatever its case and accents."""
    wanted = fold(name)
    return next((each for each in carriers if wanted in names_of(each)), None) if wanted else None


def names_of(carrier: Carrier) -> frozenset[str]:
    """Return what names a carrier, folded: orders of before it was called otherwise still mean it."""
    return frozenset({fold(carrier.name), carrier.code, fold(_FIRST_NAMES.get(carrier.code, carrier.name))})
