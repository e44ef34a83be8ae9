"""What will happen to an order, drawn from checkout to the end without a thought for what time it is now."""

import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random

from db.demo.baskets import Draft, Oddity
from db.demo.facts import CUSTOMER, HANDED_OVER_AT_COUNTER, SYSTEM, Actor, Money, Move, Remark, SentBack
from db.demo.names import STAFF
from db.domain.business_days import add_business_days
from db.domain.orders import (
    ActorKind,
    HistoryEvent,
    OrderStatus,
    PaymentKind,
    PaymentMethod,
    PaymentRecordState,
    ReturnStatus,
)
from db.domain.returns import ReturnReason
from db.domain.time import PARIS, local_day

DAYS_TO_DELIVER = 3

_SHARE_NEVER_PAID = {
    PaymentMethod.CARD: 0.035,
    PaymentMethod.PAYPAL: 0.02,
    PaymentMethod.TRANSFER: 0.10,
    PaymentMethod.CHEQUE: 0.14,
    PaymentMethod.CASH: 0.10,
}
_SHARE_SLOW_CARD = 0.04
#: Business days until the money is there: at least, at most.
_PAYMENT_DAYS = {PaymentMethod.TRANSFER: (1, 8), PaymentMethod.CHEQUE: (3, 12), PaymentMethod.CASH: (1, 8)}
_TOWN_HALL_PAYS_AFTER = (15, 24)
_UNPAID_EXPIRES_AFTER = 30

_INSTALLMENTS_FROM_CENTS = 150_00
_INSTALLMENTS = (1, 1, 1, 3, 4)

_SHARE_CANCELLED = 0.025
_SHARE_CONFIRMED_FIRST = 0.12
_SHARE_PACKED_FIRST = 0.25
_SHARE_SPLIT = 0.04
_SHARE_REST_CANCELLED = 0.30
_SHARE_SLOW_SELLER = 0.20
_SHARE_REPAIRED_ERROR = 0.002
_SHARE_ANNOTATED = 0.02
_SHARE_RECEIPT_CONFIRMED = 0.55
_SYSTEM_CONFIRMS_RECEIPT_AFTER = dt.timedelta(days=7)

_SHARE_RETURNED = 0.05
_SHARE_RETURN_DENIED = 0.12

_WORK_STARTS, _WORK_ENDS = 8 * 3600 + 1800, 18 * 3600

_CANCEL_REASONS = (
    "Rupture de stock",
    "Commande passée deux fois",
    "Le client a changé d'avis",
    "Délai trop long pour le client",
    "Adresse de livraison impossible à servir",
)
_ERROR_REASONS = (
    "Notification de paiement refusée : le montant annoncé n'est pas celui de la commande.",
    "Notification de paiement refusée : signature invalide.",
    "Données incohérentes : la somme des articles ne correspond pas au total transmis par la boutique.",
)
_REMARKS = (
    (HistoryEvent.NOTE_ADDED, "Le client a appelé : livrer après 17 h."),
    (HistoryEvent.NOTE_ADDED, "Emballage cadeau demandé."),
    (HistoryEvent.NOTE_ADDED, "Prévenir par SMS avant la livraison."),
    (HistoryEvent.EDITED, "Adresse de livraison complétée à la demande du client."),
)
_RETURN_REASONS = (
    (ReturnReason.NOT_AS_DESCRIBED, "Ne correspond pas à ce que j’attendais."),
    (ReturnReason.DAMAGED, "Arrivé cassé, le carton était enfoncé d’un côté."),
    (ReturnReason.CHANGED_MIND, "Mauvaise taille, je souhaite un remboursement."),
    (ReturnReason.CHANGED_MIND, "Erreur dans la commande\u00a0: je voulais l’autre modèle."),
    (ReturnReason.WRONG_ARTICLE, "Reçu en double."),
)

#: Finance makes refunds within so many days.
_DAYS_TO_REFUND = 3

_RETURNED_FOR_SURE = frozenset({Oddity.RETURN_REQUESTED, Oddity.RETURN_AWAITING_PARCEL})


@dataclass(slots=True)
class Plan:
    """A whole life. How much is refunded follows from the units, when the plan is cut."""

    moves: list[Move] = field(default_factory=list)
    payments: list[Money] = field(default_factory=list)
    refund: Money | None = None
    remarks: list[Remark] = field(default_factory=list)
    #: When the seller was told to go on: paid, or trusted to pay.
    released_at: dt.datetime | None = None
    #: Whether only the first line was shipped, and the others were given up.
    rest_is_cancelled: bool = False
    sent_back: SentBack | None = None
    return_steps: list[tuple[dt.datetime, ReturnStatus]] = field(default_factory=list)


def draw_plan(rng: Random, draft: Draft) -> Plan:
    """Return everything that will ever happen to an order."""
    return _Storyteller(rng, draft).tell()


@lru_cache(maxsize=4_096)
def business_day_after(day: dt.date, count: int) -> dt.date:
    """Return ``add_business_days``, remembered: a day has many orders."""
    return add_business_days(day, count)


class _Storyteller:
    """Tells a life step by step; ``_at`` is the instant, ``_day`` the local day, the story has come to."""

    def __init__(self, rng: Random, draft: Draft) -> None:
        self._rng = rng
        self._draft = draft
        self._at = draft.placed_at
        self._day = local_day(draft.placed_at)
        self._plan = Plan()
        self._seller = Actor(ActorKind.PERSON, rng.choice(STAFF))

    def tell(self) -> Plan:
        """Tell the story to its end."""
        is_ordinary = self._draft.oddity is None and not self._draft.customer.is_town_hall
        if self._draft.customer.is_town_hall:
            self._prepared_before_payment()
        elif is_ordinary and self._rng.random() < _SHARE_NEVER_PAID[self._draft.method]:
            self._never_paid()
            return self._plan
        elif not self._is_paid():
            return self._plan
        if is_ordinary and self._rng.random() < _SHARE_CANCELLED:
            self._cancelled()
        elif self._draft.is_collected:
            self._collected()
        else:
            self._sent()
        return self._plan

    # --- the chapters ---------------------------------------------------------------------------------------------

    def _is_paid(self) -> bool:
        """Let the customer pay; tell whether that was enough to go on."""
        draft, rng = self._draft, self._rng
        actor = SYSTEM
        if draft.method in _PAYMENT_DAYS:
            self._work(rng.randint(*_PAYMENT_DAYS[draft.method]))
            actor = self._seller
        elif rng.random() < _SHARE_SLOW_CARD and draft.oddity is None:
            self._pay(PaymentRecordState.FAILED, draft.total_cents, self._soon())
            self._work(rng.randint(1, 4))
        else:
            self._at = self._soon()
        amount = draft.total_cents
        if draft.oddity is Oddity.PART_PAID:
            amount //= 2
        elif draft.oddity is Oddity.OVERPAID:
            amount += 10_00
        self._pay(PaymentRecordState.CAPTURED, amount, self._at, actor)
        if draft.oddity is Oddity.PART_PAID:
            return False
        self._plan.released_at = self._at
        self._move(OrderStatus.PAID, actor)
        return True

    def _never_paid(self) -> None:
        if self._draft.method not in _PAYMENT_DAYS:
            self._pay(PaymentRecordState.FAILED, self._draft.total_cents, self._soon())
        self._work(_UNPAID_EXPIRES_AFTER)
        if self._draft.method in _PAYMENT_DAYS:
            self._pay(PaymentRecordState.CANCELLED, self._draft.total_cents, self._at)
        self._move(OrderStatus.CANCELLED, SYSTEM, "Paiement non reçu dans le délai")

    def _prepared_before_payment(self) -> None:
        """A town hall pays on invoice: staff lets the order go first, and says why."""
        self._work(1)
        self._move(
            OrderStatus.PREPARING, self._seller, "Dérogation : bon de commande de la mairie, paiement à réception"
        )
        pays_at = self._instant(business_day_after(self._day, self._rng.randint(*_TOWN_HALL_PAYS_AFTER)))
        self._plan.released_at = self._at
        self._pay(PaymentRecordState.CAPTURED, self._draft.total_cents, pays_at, self._seller)

    def _cancelled(self) -> None:
        self._work(self._rng.randint(1, 3))
        self._move(OrderStatus.CANCELLED, self._seller, self._rng.choice(_CANCEL_REASONS))
        cancelled_at = self._at
        self._work(1)
        self._give_back(begun_at=cancelled_at)

    def _prepared(self) -> None:
        """Bring the order to the parcel on the table, at the seller's pace."""
        rng, oddity = self._rng, self._draft.oddity
        if oddity is Oddity.ERROR or rng.random() < _SHARE_REPAIRED_ERROR:
            before = self._plan.moves[-1].status
            self._at += dt.timedelta(minutes=rng.randint(5, 50))
            self._move(OrderStatus.ERROR, SYSTEM, rng.choice(_ERROR_REASONS))
            self._work(rng.randint(1, 3))
            self._move(before, self._seller, "Vérifié auprès du prestataire de paiement")
        days = self._days_to_prepare()
        if self._plan.moves[-1].status is OrderStatus.PAID:
            if oddity is Oddity.STUCK_CONFIRMING or rng.random() < _SHARE_CONFIRMED_FIRST:
                self._work(1)
                self._move(OrderStatus.CONFIRMING, self._seller)
            self._work(max(1, days // 3))
            self._move(OrderStatus.PREPARING, self._seller)
        self._annotated()
        self._work(max(1, days - days // 3))

    def _days_to_prepare(self) -> int:
        lead = self._draft.seller.lead_days
        if self._draft.oddity is None and self._rng.random() < _SHARE_SLOW_SELLER:
            return lead + self._rng.randint(1, lead + 4)
        return self._rng.randint((lead + 1) // 2 + 1, max(2, lead))

    def _collected(self) -> None:
        """The customer comes: nothing is shipped, and cash is paid at the counter."""
        rng = self._rng
        if self._draft.method is not PaymentMethod.CASH:
            self._prepared()
            self._move(OrderStatus.READY, self._seller)
            self._work(rng.choice((1, 2, 3, 5, 8, 12)))
        else:
            self._at += dt.timedelta(minutes=2)
        self._move(OrderStatus.COMPLETED, self._seller, HANDED_OVER_AT_COUNTER)

    def _sent(self) -> None:
        rng, oddity = self._rng, self._draft.oddity
        self._prepared()
        if oddity is Oddity.STUCK_READY or rng.random() < _SHARE_PACKED_FIRST:
            self._move(OrderStatus.READY, self._seller)
            self._work(1)
        if len(self._draft.lines) > 1 and (oddity is Oddity.STUCK_PARTLY_SHIPPED or rng.random() < _SHARE_SPLIT):
            self._move(OrderStatus.PARTLY_SHIPPED, self._seller)
            self._work(rng.randint(3, 8))
            if rng.random() < _SHARE_REST_CANCELLED:
                self._plan.rest_is_cancelled = True
                self._give_back(begun_at=self._at)
                self._remark(HistoryEvent.LINE_CANCELLED, "Le reste de la commande est annulé : rupture de stock.")
        self._move(OrderStatus.SHIPPED, self._seller)
        self._work(rng.randint(1, DAYS_TO_DELIVER))
        self._move(OrderStatus.DELIVERED, SYSTEM)
        delivered_at = self._at
        self._received(delivered_at)
        self._move(OrderStatus.COMPLETED, SYSTEM)
        if oddity in _RETURNED_FOR_SURE or (
            oddity is None and rng.random() < _SHARE_RETURNED and self._plan.refund is None
        ):
            self._sent_back(delivered_at)

    def _received(self, delivered_at: dt.datetime) -> None:
        if self._rng.random() < _SHARE_RECEIPT_CONFIRMED:
            self._at = delivered_at + dt.timedelta(minutes=self._rng.randint(40, 5 * 24 * 60))
            self._move(OrderStatus.RECEIVED, CUSTOMER)
        else:
            self._at = delivered_at + _SYSTEM_CONFIRMS_RECEIPT_AFTER
            self._move(OrderStatus.RECEIVED, SYSTEM, "Sans réponse du client 7 jours après la livraison")
        self._day = local_day(self._at)
        self._work(self._rng.randint(1, 3))

    def _sent_back(self, delivered_at: dt.datetime) -> None:
        """The customer asks to return one line of the order."""
        rng = self._rng
        index = rng.randrange(len(self._draft.lines))
        line = self._draft.lines[index]
        if line.total_cents == 0:
            return
        requested_at = delivered_at + dt.timedelta(minutes=rng.randint(60, 12 * 24 * 60))
        self._day = local_day(requested_at)
        self._plan.sent_back = SentBack(
            ReturnStatus.REQUESTED, requested_at, *rng.choice(_RETURN_REASONS), {index: rng.randint(1, line.quantity)}
        )
        self._plan.return_steps = [(requested_at, ReturnStatus.REQUESTED)]
        self._work(rng.randint(1, 3))
        if self._draft.oddity is None and rng.random() < _SHARE_RETURN_DENIED:
            self._plan.return_steps.append((self._at, ReturnStatus.DENIED))
            return
        for status, days in (
            (ReturnStatus.AWAITING_PARCEL, 0),
            (ReturnStatus.PARCEL_RECEIVED, rng.randint(3, 8)),
            (ReturnStatus.COMPLETED, rng.randint(1, 3)),
        ):
            self._work(days)
            self._plan.return_steps.append((self._at, status))
        self._give_back(begun_at=self._at)

    def _annotated(self) -> None:
        if self._rng.random() < _SHARE_ANNOTATED:
            self._remark(*self._rng.choice(_REMARKS))

    # --- the clock ------------------------------------------------------------------------------------------------

    def _work(self, business_days: int) -> None:
        """Go on to the working hours of the n-th business day from here."""
        if business_days:
            self._day = business_day_after(self._day, business_days)
            self._at = self._instant(self._day)

    def _instant(self, day: dt.date) -> dt.datetime:
        minutes, seconds = divmod(self._rng.randint(_WORK_STARTS, _WORK_ENDS), 60)
        hours, minutes = divmod(minutes, 60)
        return dt.datetime(day.year, day.month, day.day, hours, minutes, seconds, tzinfo=PARIS).astimezone(dt.UTC)

    def _soon(self) -> dt.datetime:
        return self._draft.placed_at + dt.timedelta(seconds=self._rng.randint(20, 240))

    # --- the records ----------------------------------------------------------------------------------------------

    def _move(self, status: OrderStatus, actor: Actor, note: str = "") -> None:
        self._plan.moves.append(Move(self._at, status, actor, note))

    def _remark(self, event: HistoryEvent, text: str) -> None:
        self._plan.remarks.append(Remark(self._at, self._seller, event, text))

    def _pay(
        self, state: PaymentRecordState, amount_cents: int, settled_at: dt.datetime, actor: Actor = SYSTEM
    ) -> None:
        # A card is tried in seconds; a transfer, a cheque or cash is announced at checkout and comes days later.
        is_slow = self._draft.method in _PAYMENT_DAYS
        created_at = self._draft.placed_at if is_slow else settled_at - dt.timedelta(seconds=15)
        reference = _draw_reference(self._rng, self._draft.method)
        self._plan.payments.append(
            Money(
                PaymentKind.PAYMENT, state, amount_cents, created_at, settled_at, actor, reference, self._installments()
            )
        )

    def _give_back(self, begun_at: dt.datetime) -> None:
        # The amount is not known before the plan is cut: it depends on the units that came back by then.
        reference = _draw_reference(self._rng, self._draft.method)
        self._plan.refund = Money(
            PaymentKind.REFUND,
            PaymentRecordState.CAPTURED,
            0,
            begun_at,
            self._at + dt.timedelta(days=self._rng.randint(0, _DAYS_TO_REFUND)),
            self._seller,
            reference,
        )

    def _installments(self) -> int:
        may_split = self._draft.method is PaymentMethod.CARD and self._draft.total_cents >= _INSTALLMENTS_FROM_CENTS
        return self._rng.choice(_INSTALLMENTS) if may_split else 1


def _draw_reference(rng: Random, method: PaymentMethod) -> str:
    """Return what each way of paying leaves as its trace."""
    match method:
        case PaymentMethod.CARD:
            return f"CB-{rng.getrandbits(48):012x}"
        case PaymentMethod.PAYPAL:
            return "".join(rng.choices("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", k=17))
        case PaymentMethod.TRANSFER:
            return f"VIR SEPA {rng.randrange(10**8):08d}"
        case PaymentMethod.CHEQUE:
            return f"Chèque n° {rng.randrange(10**7):07d}"
        case PaymentMethod.CASH | PaymentMethod.VOUCHER:
            return ""
