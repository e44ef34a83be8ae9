"""The columns of each carrier's file.

Coliship (La Poste): the fields, their order and their units are those that La Poste's own Magento module writes for it
(``LaPoste_Colissimo``, ``Controller/Adminhtml/Coliship/Export.php``); separator and columns are configurable in
Coliship's import settings. ChronoShip: those of Chronopost's own Magento module (``Chronopost_Chronorelais``,
``Controller/Adminhtml/Sales/Export/Export.php``), whose separator and charset are settings there, too.

For Mondial Relay, DPD and GLS no layout is published that their tools take without a mapping of columns: they get the
general file with a line of titles. None of our orders knows the code of its pick-up point, only its name and address.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from db.domain.carrier_files import CarrierFile
from db.queries.labels import Parcel

#: Marks the line of a parcel for Coliship; others are articles for the customs.
_PARCEL_LINE = "EXP"
#: Colissimo at home without signature.
_HOME_WITHOUT_SIGNATURE = "DOM"


@dataclass(frozen=True, slots=True)
class Layout:
    """How one tool wants its file."""

    encoding: str
    titles: tuple[str, ...]
    #: The cells of one parcel, as people typed them; the day is that of the file.
    cells: Callable[[Parcel, dt.date], tuple[str, ...]]


def _coliship(parcel: Parcel, _day: dt.date) -> tuple[str, ...]:
    sender, to = parcel.sender, parcel.recipient
    goes_home = to.country_code == "FR" and not parcel.is_pickup_point
    return (
        _PARCEL_LINE,
        parcel.order_number,
        sender.company,
        "",  # nom_commercial_chargeur
        sender.name,
        sender.street,
        sender.street_extra,
        "",  # adresse_3_expediteur
        "",  # adresse_4_expediteur
        sender.postcode,
        sender.city,
        sender.country_code,
        sender.email,
        dialled(sender.phone),
        to.company,
        to.name,
        "",  # prenom: the shop gives one name
        to.street,
        to.street_extra,
        "",  # adresse_3
        "",  # adresse_4
        to.postcode,
        to.city,
        to.country_code,
        "",  # code_iso_province
        dialled(to.phone),
        "",  # telephone
        to.email,
        "",  # code_point_retrait
        _HOME_WITHOUT_SIGNATURE if goes_home else "",
        "0",  # ftd
        "fr",
        "N",  # livraison_avec_signature
        "O",  # livraison_sans_code_bloquant
        str(parcel.weight_g),
        "",  # nature_envoi
        "",  # montant_adv
        "",  # tag_users
    )


def _chronopost(parcel: Parcel, day: dt.date) -> tuple[str, ...]:
    to = parcel.recipient
    return (
        parcel.order_number,  # customer
        to.company,
        "",  # first name: the shop gives one name
        to.name,
        to.street,
        to.street_extra,
        "",  # door code
        to.postcode,
        to.city,
        to.country_code,
        dialled(to.phone),
        to.email,
        parcel.order_number,
        "",  # EAN
        "",  # product
        "",  # account
        "",  # sub-account
        "0",  # insured value
        "0",  # customs value
        "",  # document or goods
        "",  # content
        "L",  # not on a Saturday
        "",  # pick-up point
        f"{max(parcel.weight_g, 10) / 1000:.2f}",
        "",  # width
        "",  # length
        "",  # height
        "",  # tell the recipient
        "",  # number of parcels
        f"{day:%d/%m/%Y}",
        "",  # to integrate
        "",  # tell the sender
        "",  # best before
        "",  # appointment, from
        "",  # appointment, until
        "",  # appointment, tariff
        "",  # appointment, service
    )


_GENERIC_TITLES = (
    "Commande",
    "Colis",
    "Date",
    "Transporteur",
    "Numéro de suivi",
    "Destinataire",
    "Société ou point de retrait",
    "Adresse",
    "Complément",
    "Code postal",
    "Ville",
    "Pays",
    "Téléphone",
    "E-mail",
    "Poids (g)",
    "Valeur",
    "Devise",
    "Expéditeur",
    "Adresse de l’expéditeur",
    "Code postal de l’expéditeur",
    "Ville de l’expéditeur",
)


def _generic(parcel: Parcel, day: dt.date) -> tuple[str, ...]:
    sender, to = parcel.sender, parcel.recipient
    return (
        parcel.order_number,
        str(parcel.place),
        day.isoformat(),
        parcel.carrier,
        parcel.tracking_number,
        to.name,
        to.company,
        to.street,
        to.street_extra,
        to.postcode,
        to.city,
        to.country_code,
        dialled(to.phone),
        to.email,
        str(parcel.weight_g),
        f"{parcel.total_cents // 100}.{parcel.total_cents % 100:02d}",
        parcel.currency,
        sender.company,
        sender.street,
        sender.postcode,
        sender.city,
    )


def dialled(phone: str) -> str:
    """Return a phone number as it is dialled from France, in digits: no spreadsheet takes it for a sum."""
    compact = "".join(each for each in phone if each.isascii() and (each.isdigit() or each == "+"))
    if compact.startswith("+33"):
        return f"0{compact[3:].removeprefix('0')}"
    return compact.replace("+", "00", 1) if compact.startswith("+") else compact.replace("+", "")


LAYOUTS: Mapping[CarrierFile, Layout] = {
    CarrierFile.COLISHIP: Layout("utf-8", (), _coliship),
    CarrierFile.CHRONOPOST: Layout("cp1252", (), _chronopost),
    CarrierFile.GENERIC: Layout("utf-8-sig", _GENERIC_TITLES, _generic),
}
