"""What a bulk action is called in French: as a button, as what will happen, and as what was done."""

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.markdown import escape_markdown
from db.domain.bulk import BulkAction, CustomerMessage, DuePayment, Reminder, Tagging, Undoing
from db.domain.formats import NO_BREAK_SPACE, plural
from db.domain.moves import Move
from db.domain.orders import OrderStatus
from db.domain.tasks import TaskKind


@dataclass(frozen=True, slots=True)
class Words:
    """The three forms; ``{orders}`` stands for « 47 commandes » and ``{s}`` for the mark of the plural."""

    #: « Mettre 47 commandes en préparation »
    verb: str
    #: « 47 commandes passent en préparation », for one order and for several.
    goes: tuple[str, str]
    #: « 47 commandes passées en préparation »
    done: str


_MOVES: Mapping[OrderStatus, Words] = {
    OrderStatus.PAID: Words(
        "Passer {orders} au statut payé", ("{orders} devient payée", "{orders} deviennent payées"), "{orders} payée{s}"
    ),
    OrderStatus.CONFIRMING: Words(
        "Demander confirmation pour {orders}",
        ("{orders} passe en confirmation", "{orders} passent en confirmation"),
        "{orders} passée{s} en confirmation",
    ),
    OrderStatus.PREPARING: Words(
        "Mettre {orders} en préparation",
        ("{orders} passe en préparation", "{orders} passent en préparation"),
        "{orders} passée{s} en préparation",
    ),
    OrderStatus.READY: Words(
        "Marquer {orders} comme prête{s}",
        ("{orders} est marquée prête", "{orders} sont marquées prêtes"),
        "{orders} marquée{s} prête{s}",
    ),
    OrderStatus.SHIPPED: Words(
        "Expédier {orders}", ("{orders} est expédiée", "{orders} sont expédiées"), "{orders} expédiée{s}"
    ),
    OrderStatus.DELIVERED: Words(
        "Marquer {orders} comme livrée{s}",
        ("{orders} est marquée livrée", "{orders} sont marquées livrées"),
        "{orders} marquée{s} livrée{s}",
    ),
    OrderStatus.RECEIVED: Words(
        "Marquer {orders} comme reçue{s}",
        ("{orders} est marquée reçue", "{orders} sont marquées reçues"),
        "{orders} marquée{s} reçue{s}",
    ),
    OrderStatus.COMPLETED: Words(
        "Terminer {orders}", ("{orders} est terminée", "{orders} sont terminées"), "{orders} terminée{s}"
    ),
    OrderStatus.CANCELLED: Words(
        "Annuler {orders}", ("{orders} est annulée", "{orders} sont annulées"), "{orders} annulée{s}"
    ),
}
_PAYMENT = Words(
    "Enregistrer le paiement de {orders}",
    ("Le paiement de {orders} est enregistré", "Le paiement de {orders} est enregistré"),
    "Paiement enregistré pour {orders}",
)
_MESSAGE = Words(
    "Écrire aux clients de {orders}",
    ("Le client de {orders} reçoit ce message", "Les clients de {orders} reçoivent ce message"),
    "Message confié à la boîte d’envoi pour {orders}",
)
_REMINDER = Words("Relancer {orders}", ("{orders} est relancée", "{orders} sont relancées"), "{orders} relancée{s}")
_TAGGED = Words(
    "Étiqueter {orders}",
    ("{orders} reçoit l’étiquette «\u00a0{tag}\u00a0»", "{orders} reçoivent l’étiquette «\u00a0{tag}\u00a0»"),
    "{orders} étiquetée{s} «\u00a0{tag}\u00a0»",
)
_UNTAGGED = Words(
    "Retirer l’étiquette de {orders}",
    ("{orders} perd l’étiquette «\u00a0{tag}\u00a0»", "{orders} perdent l’étiquette «\u00a0{tag}\u00a0»"),
    "Étiquette «\u00a0{tag}\u00a0» retirée de {orders}",
)
_UNDONE = Words(
    "Annuler l’action sur {orders}",
    ("{orders} revient en arrière", "{orders} reviennent en arrière"),
    "{orders} revenue{s} en arrière",
)


_OF_KINDS = {
    TaskKind.PAYMENT: _PAYMENT,
    TaskKind.MESSAGE: _MESSAGE,
    TaskKind.REMINDER: _REMINDER,
    TaskKind.TAG: _TAGGED,
}


def question(kind: TaskKind, target: OrderStatus | None, orders: int) -> str:
    """Return what a dialog asks before anything else is known: « Mettre 47 commandes en préparation ? »."""
    words = _OF_KINDS[kind] if target is None else _MOVES[target]
    return f"{words.verb.format(orders=plural(orders, 'commande'), s=_mark(orders))}{NO_BREAK_SPACE}?"


def verb(action: BulkAction, orders: int) -> str:
    """Return what the button says, in plain text."""
    return _filled(_words_of(action).verb, action, orders)


def goes(action: BulkAction, orders: int) -> str:
    """Return what will happen to so many orders, as Markdown."""
    one, several = _words_of(action).goes
    return escape_markdown(_filled(one if orders < 2 else several, action, orders))


def done(action: BulkAction, orders: int) -> str:
    """Return what was done to so many orders, as Markdown."""
    return escape_markdown(_filled(_words_of(action).done, action, orders))


def _filled(form: str, action: BulkAction, orders: int) -> str:
    tag = action.name if isinstance(action, Tagging) else ""
    return form.format(orders=plural(orders, "commande"), s=_mark(orders), tag=tag)


def _mark(orders: int) -> str:
    return "" if orders < 2 else "s"


def _words_of(action: BulkAction) -> Words:
    match action:
        case Move(target=target):
            return _MOVES[target]
        case DuePayment():
            return _PAYMENT
        case CustomerMessage():
            return _MESSAGE
        case Reminder():
            return _REMINDER
        case Tagging(adds=adds):
            return _TAGGED if adds else _UNTAGGED
        case Undoing():
            return _UNDONE
