"""Which payouts the bank's answers are about, and what follows: told first, then done, from the very same plan.

Nothing is guessed: an answer that names none of our payouts, or another amount or day than possible, is for somebody
to look at. Nothing is done twice: what is noted already stays as it is.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from db.domain.bank_reports import BankAnswer, BankReport, Said
from db.domain.formats import date, money
from db.domain.payouts import PayoutState, payout_id_of, reference_of


class Verdict(StrEnum):
    """What follows from an answer."""

    PAY = "pay"
    REJECT = "reject"
    LOOK = "look"
    NOTHING = "nothing"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return VERDICT_LABELS[self]


VERDICT_LABELS = {
    Verdict.PAY: "Sera noté payé",
    Verdict.REJECT: "Sera noté rejeté",
    Verdict.LOOK: "À vérifier",
    Verdict.NOTHING: "Rien à faire",
}


@dataclass(frozen=True, slots=True)
class KnownPayout:
    """A payout that the bank may speak of."""

    id: int
    state: PayoutState
    version: int
    seller_name: str
    net_cents: int
    currency: str
    #: Of its file; empty where it was in none.
    message_id: str
    paid_on: dt.date | None
    #: When it was transmitted, on our calendar: nothing happened to it at the bank before.
    sent_on: dt.date | None
    #: When it was last noted rejected.
    rejected_on: dt.date | None = None
    #: The bank's reference of its debit; empty where the bank told none.
    booking: str = ""


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One answer, and what follows from it."""

    reference: str
    verdict: Verdict
    #: Why, or what will be.
    sentence: str
    payout: KnownPayout | None = None
    on: dt.date | None = None
    code: str = ""
    words: str = ""
    booking: str = ""


@dataclass(frozen=True, slots=True)
class ReportPlan:
    """What follows from a report."""

    lines: tuple[PlannedLine, ...]
    #: Lines of a statement, or transfers of a report, that are no payouts.
    other_lines: int

    def of(self, verdict: Verdict) -> tuple[PlannedLine, ...]:
        """Return the lines of one verdict."""
        return tuple(line for line in self.lines if line.verdict is verdict)

    @property
    def to_do(self) -> tuple[PlannedLine, ...]:
        """Return the lines from which something follows."""
        return tuple(line for line in self.lines if line.verdict in {Verdict.PAY, Verdict.REJECT})


def named_payouts(report: BankReport) -> set[int]:
    """Return the payouts that a report names, whether they exist or not."""
    named = (payout_id_of(answer.reference) for answer in report.answers)
    return {payout_id for payout_id in named if payout_id is not None}


def named_files(report: BankReport) -> set[str]:
    """Return the files of which a report says something as a whole."""
    return {answer.message_id for answer in report.answers if not answer.reference}


def plan(report: BankReport, known: Iterable[KnownPayout], today: dt.date) -> ReportPlan:
    """Return what follows from a report.

    Args:
        report: What the bank says.
        known: The payouts that exist of ``named_payouts``, and all of ``named_files``.
        today: The day it is.
    """
    by_id = {payout.id: payout for payout in known}
    by_file: dict[str, list[KnownPayout]] = {}
    for payout in by_id.values():
        by_file.setdefault(payout.message_id, []).append(payout)
    named = [answer for answer in report.answers if payout_id_of(answer.reference) is not None]
    whole = [answer for answer in report.answers if not answer.reference]
    lines = _of_payouts(report, named, by_id, today)
    told = {line.payout.id for line in lines if line.payout}
    for message_id in dict.fromkeys(answer.message_id for answer in whole):
        said = [answer for answer in whole if answer.message_id == message_id]
        lines += _of_files_answers(report, said, by_file.get(message_id, []), told, today)
    foreign_files = sum(answer.message_id not in by_file for answer in whole)
    others = report.other_lines + len(report.answers) - len(named) - len(whole) + foreign_files
    return ReportPlan(tuple(sorted(lines, key=lambda line: (_ORDER.index(line.verdict), line.reference))), others)


#: What somebody has to do something about comes first.
_ORDER = (Verdict.LOOK, Verdict.REJECT, Verdict.PAY, Verdict.NOTHING)


def _of_payouts(
    report: BankReport, named: Sequence[BankAnswer], by_id: Mapping[int, KnownPayout], today: dt.date
) -> list[PlannedLine]:
    """Say what follows for each payout that is named, from the strongest thing that is said of it."""
    answers: dict[int, list[BankAnswer]] = {}
    for answer in named:
        answers.setdefault(payout_id_of(answer.reference) or 0, []).append(answer)
    lines = []
    for payout_id, said in answers.items():
        strongest = max(said, key=lambda answer: answer.said.strength)
        payout = by_id.get(payout_id)
        debits, returns = (_bookings(said, what) for what in (Said.PAID, Said.RETURNED))
        if payout is None:
            lines.append(_look(reference_of(payout_id), "Aucun reversement ne porte cette référence."))
        elif debits > 1 + returns:
            lines.append(_look(reference_of(payout_id), f"Débité {debits} fois\u00a0: appelez votre banque.", payout))
        else:
            lines.append(_follows(report, strongest, payout, today))
    return lines


def _bookings(answers: Iterable[BankAnswer], said: Said) -> int:
    """Return how many times a transfer was booked; the same booking told twice is one.

    The bank's references tell bookings of one day apart. What has none may be any of them, so it is not counted beside
    them.
    """
    alike: dict[BankAnswer, list[BankAnswer]] = {}
    for answer in answers:
        if answer.said is said:
            alike.setdefault(replace(answer, booking="", line=""), []).append(answer)
    return sum(
        len({each.booking for each in same} - {""}) or len({each.line for each in same} - {""}) or 1
        for same in alike.values()
    )


def _of_files_answers(
    report: BankReport, said: Sequence[BankAnswer], payouts: Sequence[KnownPayout], told: set[int], today: dt.date
) -> list[PlannedLine]:
    """Say what follows from all that is said of a file as a whole."""
    debits, returns = (_bookings(said, what) for what in (Said.PAID, Said.RETURNED))
    if payouts and debits > 1 + returns:
        return [_look(said[0].message_id, f"Débité {debits} fois\u00a0: appelez votre banque.")]
    return [line for answer in said for line in _of_file(report, answer, payouts, told, today)]


def _of_file(
    report: BankReport, answer: BankAnswer, payouts: Sequence[KnownPayout], told: set[int], today: dt.date
) -> list[PlannedLine]:
    """Say what follows for the payouts of a file that are not named one by one."""
    left = [payout for payout in payouts if payout.id not in told]
    if left and answer.said in _NOT_ACTED_ON:
        return [_look(answer.message_id, _not_acted_on(answer))]
    if answer.cents is not None:
        # One debit for all of them: those that were rejected before are not in it.
        left = [payout for payout in left if payout.state is not PayoutState.REJECTED]
        total = sum(payout.net_cents for payout in left)
        if left and answer.cents != total:
            said, ours = (money(cents, left[0].currency) for cents in (answer.cents, total))
            return [_look(answer.message_id, f"La banque a débité {said} pour cette remise, qui compte {ours}.")]
    alone = replace(answer, cents=None)
    return [_follows(report, alone, payout, today) for payout in left]


def _follows(report: BankReport, answer: BankAnswer, payout: KnownPayout, today: dt.date) -> PlannedLine:
    """Return what follows from an answer about a payout."""
    reference, on = reference_of(payout.id), answer.on or report.created_on or today
    doubt = _mismatch(answer, payout) or _second_debit(answer, payout) or _contradiction(answer, payout, on, today)
    if doubt:
        return _look(reference, doubt, payout)
    known = _known_already(answer, payout)
    if known:
        return PlannedLine(reference, Verdict.NOTHING, known, payout)
    if answer.said is Said.PAID:
        return PlannedLine(reference, Verdict.PAY, f"Débité le {date(on)}.", payout, on, booking=answer.booking)
    return _rejected(reference, answer, payout, on)


def _rejected(reference: str, answer: BankAnswer, payout: KnownPayout, on: dt.date) -> PlannedLine:
    why = " – ".join(part for part in (answer.code, answer.words) if part)
    how = "Revenu" if answer.said is Said.RETURNED else "Rejeté"
    due = money(payout.net_cents, payout.currency)
    sentence = f"{how} le {date(on)}\u00a0: {why}. {due} sont de nouveau dus."
    return PlannedLine(reference, Verdict.REJECT, sentence, payout, on, answer.code, answer.words)


def _mismatch(answer: BankAnswer, payout: KnownPayout) -> str:
    """Return why an answer is not about the payout that it names; nothing where it is."""
    if answer.said in _NOT_ACTED_ON:
        return _not_acted_on(answer)
    if answer.message_id and payout.message_id and answer.message_id != payout.message_id:
        return f"La banque parle de la remise {answer.message_id}, mais il est dans {payout.message_id}."
    said, currency = answer.cents, answer.currency or payout.currency
    if said is not None and (said, currency) != (payout.net_cents, payout.currency):
        ours = money(payout.net_cents, payout.currency)
        return f"La banque dit {money(said, currency)}, mais il est de {ours}\u00a0: vérifiez avec elle."
    return ""


#: A duplicate says nothing of the first one: owed anew, what is paid would be paid twice.
_NOT_ACTED_ON = frozenset({Said.DUPLICATE, Said.UNCLEAR})


def _not_acted_on(answer: BankAnswer) -> str:
    if answer.said is Said.UNCLEAR:
        return f"{answer.words or 'Réponse inconnue'}\u00a0: à lire sur le document de la banque."
    return (
        f"Déjà reçu par la banque ({answer.code})\u00a0: le premier envoi vaut toujours, rien n’est remis en paiement."
    )


def _second_debit(answer: BankAnswer, payout: KnownPayout) -> str:
    """Return that a debit is another one than the noted one; nothing where it is not, or where that is not known."""
    if answer.said is not Said.PAID or not payout.booking or answer.booking in {"", payout.booking}:
        return ""
    return f"Débité deux fois, références {payout.booking} et {answer.booking}\u00a0: appelez votre banque."


def _contradiction(answer: BankAnswer, payout: KnownPayout, on: dt.date, today: dt.date) -> str:
    """Return what an answer contradicts of what is noted; nothing where it may be."""
    is_debit, is_new = answer.said is Said.PAID, _known_already(answer, payout) == ""
    paid_on, rejected_on = payout.paid_on or on, payout.rejected_on or on
    if payout.state not in _AT_THE_BANK:
        return f"Il est « {payout.state.label} »\u00a0: il n’attend rien de la banque."
    if payout.state is PayoutState.REJECTED and is_debit and on > rejected_on:
        return f"Débité le {date(on)}, après avoir été noté rejeté le {date(rejected_on)}. Vérifiez avec la banque."
    if payout.state is PayoutState.PAID and is_debit and on != paid_on:
        return f"Noté payé le {date(paid_on)}, mais débité le {date(on)}\u00a0: vérifiez qu’il ne l’est pas deux fois."
    if payout.state is PayoutState.PAID and answer.said is Said.REJECTED:
        return f"Noté payé le {date(paid_on)}, mais rejeté par la banque ({answer.words}). Vérifiez avec elle."
    if is_new and not (payout.sent_on or on) <= on <= today:
        return f"La banque le date du {date(on)}, ce qui ne peut pas être."
    return ""


_AT_THE_BANK = frozenset({PayoutState.EXPORTED, PayoutState.PAID, PayoutState.REJECTED})


def _known_already(answer: BankAnswer, payout: KnownPayout) -> str:
    """Return why nothing follows; nothing where something does."""
    if payout.state is PayoutState.REJECTED:
        return "Déjà noté rejeté."
    if payout.state is PayoutState.PAID and answer.said in {Said.PAID, Said.ACCEPTED}:
        return "Déjà noté payé."
    return "Accepté par la banque, pas encore exécuté." if answer.said is Said.ACCEPTED else ""


_BOOKING_MARK = "débité, réf. "


def booking_note(booking: str) -> str:
    """Return how the history of a payout keeps the bank's reference of its debit; nothing where there is none."""
    return f"{_BOOKING_MARK}{booking}" if booking else ""


def booking_of(note: str) -> str:
    """Return the bank's reference that a note of the history ends with; nothing where there is none."""
    return note.rpartition(_BOOKING_MARK)[2] if _BOOKING_MARK in note else ""


def _look(reference: str, sentence: str, payout: KnownPayout | None = None) -> PlannedLine:
    return PlannedLine(reference, Verdict.LOOK, sentence, payout)
