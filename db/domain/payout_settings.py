"""How sellers are paid, as an administrator sets it: what can be set, checked, and told in words when it changes."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from db.domain.access import tidy
from db.domain.errors import InvalidInputError, MarketplaceError
from db.domain.formats import money, plural, rate
from db.domain.iban import bic_number, bic_of, iban_in_groups, iban_number, is_in_sepa
from db.domain.money import BASIS_POINTS
from db.domain.payouts import FeeInvoicing
from db.domain.text import is_storable

MAX_DEBTOR_NAME = 70  # What a transfer has room for (EPC rulebook: Max70Text).
#: As the table's own constraints say.
UNUSUAL_TIMES = range(2, 101)
REST_HOURS = range(721)
#: As DOMAIN.md says; less is allowed, and told to be less.
USUAL_REST_HOURS = 72


@dataclass(frozen=True, slots=True)
class PayoutSettingsRow:
    """Réglages › Règles de versement. Amounts are cents, rates basis points."""

    #: The account that pays; its IBAN without spaces.
    debtor_name: str = ""
    debtor_iban: str = ""
    debtor_bic: str = ""
    #: Whether the night prepares what is due.
    is_automatic: bool = True
    #: Whether who approves may be neither who prepared nor who transmits.
    four_eyes: bool = True
    #: A payout above it is held until somebody lets it through; None: none is.
    max_cents: int | None = None
    #: A payout that is more than so many times the usual one is pointed out.
    unusual_times: int = 3
    iban_rest_hours: int = USUAL_REST_HOURS
    fee_invoicing: FeeInvoicing = FeeInvoicing.PER_PAYOUT
    fee_vat_rate_bp: int = 2000
    #: DAC7: a seller of goods below both is not declared (Directive (EU) 2021/514, annex V, section I, B.4, d).
    dac7_min_sales: int = 30
    dac7_min_cents: int = 2_000_00


SETTING_LABELS = {
    "debtor_name": "Titulaire du compte qui paie",
    "debtor_iban": "IBAN qui paie",
    "debtor_bic": "BIC",
    "is_automatic": "Préparation chaque nuit",
    "four_eyes": "Contrôle à quatre yeux",
    "max_cents": "Plafond d’un reversement",
    "unusual_times": "Montant inhabituel",
    "iban_rest_hours": "Délai après un changement d’IBAN",
    "fee_invoicing": "Facturation des commissions",
    "fee_vat_rate_bp": "TVA des commissions",
    "dac7_min_sales": "DAC7\u00a0: nombre de ventes",
    "dac7_min_cents": "DAC7\u00a0: montant",
}


class PayoutSettingsChangedError(MarketplaceError):
    """Somebody else changed the settings after they were shown; nothing was saved."""

    def __init__(self) -> None:
        super().__init__(
            "Quelqu’un vient de modifier ces réglages. Relisez ce qui est enregistré, puis refaites vos changements."
        )


def checked_settings(typed: PayoutSettingsRow) -> PayoutSettingsRow:
    """Return settings as they are kept: tidy, the IBAN without spaces, the BIC found where it is not typed.

    Raises:
        InvalidInputError: A value cannot be used; the sentence says which, and what goes.
    """
    _check_numbers(typed)
    name = tidy(typed.debtor_name)
    if len(name) > MAX_DEBTOR_NAME or not is_storable(name):
        raise InvalidInputError(f"Titulaire du compte qui paie\u00a0: {MAX_DEBTOR_NAME} caractères au plus.")
    iban = iban_number(typed.debtor_iban)
    if iban and not is_in_sepa(iban):
        raise InvalidInputError(f"Le compte qui paie ({iban[:2]}) n’est pas dans l’espace SEPA.")
    bic = (bic_number(typed.debtor_bic) or bic_of(iban)) if iban else ""
    return replace(typed, debtor_name=name, debtor_iban=iban, debtor_bic=bic)


def _check_numbers(typed: PayoutSettingsRow) -> None:
    if typed.max_cents is not None and typed.max_cents <= 0:
        raise InvalidInputError(
            "Plafond d’un reversement\u00a0: saisissez un montant, ou laissez vide pour n’en pas avoir."
        )
    if typed.unusual_times not in UNUSUAL_TIMES:
        raise InvalidInputError("Montant inhabituel\u00a0: saisissez de 2 à 100 fois le montant habituel.")
    if typed.iban_rest_hours not in REST_HOURS:
        raise InvalidInputError("Délai après un changement d’IBAN\u00a0: saisissez de 0 à 720 heures (30 jours).")
    if not 0 <= typed.fee_vat_rate_bp <= BASIS_POINTS:
        raise InvalidInputError("TVA des commissions\u00a0: saisissez un taux de 0 à 100\u00a0%.")
    if min(typed.dac7_min_sales, typed.dac7_min_cents) < 0:
        raise InvalidInputError("DAC7\u00a0: les seuils ne peuvent pas être négatifs.")


def changes_between(before: PayoutSettingsRow, after: PayoutSettingsRow) -> dict[str, tuple[str, str]]:
    """Return what changed: the setting's name, and what it was and is in words."""
    was, becomes = asdict(before), asdict(after)
    return {
        name: (setting_words(name, was[name]), setting_words(name, becomes[name]))
        for name in SETTING_LABELS
        if was[name] != becomes[name]
    }


def setting_words(name: str, value: Any) -> str:  # noqa: ANN401  of whatever type the setting is
    """Return the value of a setting in words; nothing for what is not set."""
    return "" if value is None or value == "" else _WORDS.get(name, str)(value)


def _switch_words(is_on: bool) -> str:  # noqa: FBT001  it is the value that is told
    return "activé" if is_on else "désactivé"


_WORDS: dict[str, Callable[[Any], str]] = {
    "debtor_iban": iban_in_groups,
    "is_automatic": _switch_words,
    "four_eyes": _switch_words,
    "max_cents": money,
    "unusual_times": lambda times: f"{times} fois l’habituel",
    "iban_rest_hours": lambda hours: plural(hours, "heure"),
    "fee_invoicing": lambda when: when.label,
    "fee_vat_rate_bp": rate,
    "dac7_min_cents": money,
}
