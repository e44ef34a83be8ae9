"""What people do to payouts: who may, when it goes, and the sentences that say why it does not."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from db.domain.access import tidy
from db.domain.business_days import bank_day_from
from db.domain.errors import InvalidInputError
from db.domain.formats import date, money
from db.domain.iban import is_in_sepa
from db.domain.payouts import (
    PAYOUT_LABELS,
    HoldReason,
    PayoutLimits,
    PayoutRefusedError,
    PayoutState,
    SellerStanding,
    hold_reasons,
    reference_of,
)

#: What is written in an audit trail is a sentence, not a letter.
MAX_NOTE = 500
#: What a bank's statement shows of a transfer at most (SEPA: 140 characters of remittance information).
MAX_REFERENCE = 140
SEPA_CURRENCY = "EUR"
#: Further ahead, the year was mistyped.
MAX_DAYS_AHEAD = 365
#: What the history says of an act while nobody else had to look at it.
WITHOUT_FOUR_EYES = "contrôle à quatre yeux désactivé"


@dataclass(frozen=True, slots=True)
class ShownPayout:
    """A payout as somebody saw it before they acted."""

    payout_id: int
    version: int


class PayoutStateError(PayoutRefusedError):
    """A payout that is not where this can be done to it."""

    def __init__(self, payout_id: int, state: PayoutState, wanted: Sequence[PayoutState]) -> None:
        self.payout_id, self.state = payout_id, state
        labels = " ou ".join(f"« {PAYOUT_LABELS[each]} »" for each in wanted)
        super().__init__(
            f"{reference_of(payout_id)} est « {state.label} »\u00a0: cela ne se fait que d’un reversement {labels}."
        )


_ANOTHER_PERSON = "une autre personne doit s’en charger (contrôle à quatre yeux, Réglages › Règles de versement)."


class SamePersonError(PayoutRefusedError):
    """One person who would do what two have to."""

    def __init__(self, payout_id: int, done: str) -> None:
        super().__init__(f"Vous avez {done} {reference_of(payout_id)}\u00a0: {_ANOTHER_PERSON}")


class OwnCorrectionError(PayoutRefusedError):
    """One person who corrected an account, and would approve the payout that pays the correction."""

    def __init__(self, payout_id: int) -> None:
        super().__init__(
            f"Vous avez corrigé le compte du vendeur, et {reference_of(payout_id)} contient cette correction\u00a0: "
            f"{_ANOTHER_PERSON}"
        )


class HeldError(PayoutRefusedError):
    """A payout whose seller, account or amount is in the way."""

    def __init__(self, payout_id: int, reasons: Sequence[HoldReason]) -> None:
        self.reasons = tuple(reasons)
        words = ", ".join(reason.label for reason in reasons)
        super().__init__(f"{reference_of(payout_id)} est retenu\u00a0: {words}. {HOLD_REMEDIES[reasons[0]]}")


HOLD_REMEDIES = {
    HoldReason.SUSPENDED: "Levez la retenue du vendeur sur son compte pour le payer.",
    HoldReason.DISPUTE: "Levez la retenue du vendeur sur son compte quand le litige est réglé.",
    HoldReason.MANUAL: "Levez la retenue du vendeur sur son compte pour le payer.",
    HoldReason.NO_IBAN: "Faites saisir son IBAN au vendeur.",
    HoldReason.INVALID_IBAN: "Faites corriger l’IBAN du vendeur.",
    HoldReason.REFUSED_IBAN: "Demandez un autre IBAN au vendeur.",
    HoldReason.IBAN_CHANGED: "Attendez la fin du délai qui suit un changement d’IBAN.",
    HoldReason.OVER_LIMIT: "Laissez-le passer d’abord, s’il est juste.",
}


class UnusualAmountError(PayoutRefusedError):
    """An amount that deserves a second look; who approves says that they took it."""

    def __init__(self, payout_id: int, net_cents: int, usual_cents: int | None, currency: str) -> None:
        self.usual_cents = usual_cents
        compared = (
            "c’est le premier reversement de ce vendeur"
            if usual_cents is None
            else f"ce vendeur reçoit {money(usual_cents, currency)} d’habitude"
        )
        super().__init__(
            f"{reference_of(payout_id)}, {money(net_cents, currency)}\u00a0: {compared}. Vérifiez le détail, puis "
            "cochez que vous acceptez ce montant."
        )


class DebtSinceError(PayoutRefusedError):
    """A seller that owes more by now than when its payout was prepared."""

    def __init__(self, payout_id: int, debt_cents: int, currency: str) -> None:
        super().__init__(
            f"{reference_of(payout_id)} : ce vendeur doit {money(debt_cents, currency)} depuis la préparation. "
            "Préparez de nouveau\u00a0: cette somme sera déduite."
        )


class AccountChangedError(PayoutRefusedError):
    """An account that is not the one that was approved."""

    def __init__(self, payout_id: int) -> None:
        super().__init__(
            f"L’IBAN du vendeur a changé depuis l’approbation de {reference_of(payout_id)} : annulez-le, il sera "
            "préparé de nouveau."
        )


class OrderSettledError(PayoutRefusedError):
    """An order that cannot be kept out any more: its sale is approved, or paid."""

    def __init__(self, number: str, payout_id: int, state: PayoutState) -> None:
        remedy = (
            "annulez-le d’abord."
            if state is PayoutState.APPROVED
            else "corrigez plutôt le compte du vendeur, ou remboursez la commande."
        )
        super().__init__(
            f"La vente de la commande {number} est dans {reference_of(payout_id)}, « {state.label} »\u00a0: {remedy}"
        )


class DebtorMissingError(PayoutRefusedError):
    """Nobody has said yet from which account sellers are paid."""

    def __init__(self) -> None:
        super().__init__(
            "Le compte qui paie n’est pas renseigné\u00a0: saisissez son titulaire et son IBAN dans Réglages › Règles "
            "de versement."
        )


def check_transferable(
    payout_id: int,
    currency: str,
    approved_iban: str,
    standing: SellerStanding,
    limits: PayoutLimits,
    now: dt.datetime,
) -> None:
    """Refuse what cannot go into a file for the bank now, although it was approved; its amount was approved with it.

    Raises:
        HeldError: Somebody or something is in the way of paying the seller.
        AccountChangedError: The seller has another account now.
        PayoutRefusedError: It is in another currency than the euro, or its account is in no country of SEPA.
    """
    if currency != SEPA_CURRENCY:
        raise PayoutRefusedError(
            f"{reference_of(payout_id)} est en {currency} : un virement SEPA est en euros. Payez-le hors remise."
        )
    reasons = [reason for reason in hold_reasons(standing, 0, limits, now) if reason is not HoldReason.IBAN_CHANGED]
    if reasons:
        raise HeldError(payout_id, reasons)
    if standing.iban != approved_iban:
        raise AccountChangedError(payout_id)
    if not is_in_sepa(approved_iban):
        raise PayoutRefusedError(
            f"Le compte de {reference_of(payout_id)} ({approved_iban[:2]}) n’est pas dans l’espace SEPA. Payez-le "
            "hors remise."
        )
    rest = hold_reasons(standing, 0, limits, now)
    if rest:
        raise HeldError(payout_id, rest)


def check_requested_on(day: dt.date, today: dt.date) -> None:
    """Refuse a day on which no bank pays.

    Raises:
        InvalidInputError: It is past, too far ahead, or one on which banks settle no transfers (TARGET).
    """
    next_day = date(bank_day_from(max(day, today)))
    if day < today:
        raise InvalidInputError(f"Le {date(day)} est passé. Le prochain jour où les banques paient est le {next_day}.")
    if day > today + dt.timedelta(days=MAX_DAYS_AHEAD):
        raise InvalidInputError(f"Le {date(day)} est dans plus d’un an : vérifiez l’année.")
    if bank_day_from(day) != day:
        raise InvalidInputError(f"Le {date(day)}, les banques ne paient pas. Le prochain jour est le {next_day}.")


def check_state(payout_id: int, state: PayoutState, wanted: Sequence[PayoutState]) -> None:
    """Refuse unless a payout is in one of the states, told in their order.

    Raises:
        PayoutStateError: It is elsewhere.
    """
    if state not in wanted:
        raise PayoutStateError(payout_id, state, wanted)


def check_other_person(payout_id: int, actor_id: int | None, before_id: int | None, done: str) -> None:
    """Refuse who did the step before; a step that the system did is nobody's.

    Args:
        payout_id: The payout.
        actor_id: Who acts.
        before_id: Who did the step before.
        done: What that person did, in words: « préparé ».

    Raises:
        SamePersonError: It is the same person.
    """
    if actor_id is not None and actor_id == before_id:
        raise SamePersonError(payout_id, done)


def checked_note(typed: str, what: str, *, is_required: bool = True) -> str:
    """Return why somebody does something, on one line.

    Raises:
        InvalidInputError: There is none although there must be, or it is too long.
    """
    note = tidy(typed)
    if is_required and not note:
        raise InvalidInputError(f"{what}\u00a0: écrivez pourquoi, une phrase suffit.")
    if len(note) > MAX_NOTE:
        raise InvalidInputError(f"{what}\u00a0: {MAX_NOTE} caractères au plus.")
    return note


def checked_reference(typed: str) -> str:
    """Return the reference of a transfer that was made outside of a batch, on one line.

    Raises:
        InvalidInputError: There is none, or it is longer than the ones of banks.
    """
    reference = tidy(typed)
    if not 0 < len(reference) <= MAX_REFERENCE:
        raise InvalidInputError(
            f"Saisissez la référence du virement, comme sur le relevé\u00a0: {MAX_REFERENCE} caractères au plus."
        )
    return reference


def check_bank_day(payout_id: int, what: str, day: dt.date, first: dt.date, today: dt.date) -> None:
    """Refuse a day on which the bank cannot have done something.

    Args:
        payout_id: The payout.
        what: What the bank did, in words: « payé ».
        day: As it was typed.
        first: The earliest day on which it could.
        today: The day it is.

    Raises:
        InvalidInputError: It is before the one, or after the other.
    """
    if not first <= day <= today:
        raise InvalidInputError(
            f"{reference_of(payout_id)} n’a pas pu être {what} le {date(day)}\u00a0: choisissez un jour du "
            f"{date(first)} au {date(today)}."
        )


def checked_rejection(code: str, words: str) -> str:
    """Return why the bank rejected a transfer, its code first: « AC04 – Compte clos ».

    Raises:
        InvalidInputError: Neither is given, or they are too long.
    """
    why = joined_notes(tidy(code).upper(), tidy(words))
    if not 0 < len(why) <= MAX_NOTE:
        raise InvalidInputError(
            f"Écrivez pourquoi la banque a rejeté le virement, comme elle le dit\u00a0: {MAX_NOTE} caractères au plus."
        )
    return why


def joined_notes(*notes: str) -> str:
    """Return notes as one line of the history; what is empty is left out."""
    return " – ".join(note for note in notes if note)
