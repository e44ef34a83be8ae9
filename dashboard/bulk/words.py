"""What a bulk action is called in French: as a button, as what will happen, and as what was done."""

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.markdown import escape_markdown
from db.domain.bulk import KINDS, BulkAction, Tagging
from db.domain.formats import NO_BREAK_SPACE, integer, plural
from db.domain.mail import Channel, OutboxState
from db.domain.moves import Move
from db.domain.orders import OrderStatus
from db.domain.tasks import TaskKind


@dataclass(frozen=True, slots=True)
class Words:
    """The forms; ``{orders}`` stands for « 47 commandes » or « 5 des 12 commandes », ``{s}`` for their plural."""

    #: « Mettre 47 commandes en préparation »
    verb: str
    #: « 47 commandes passeront en préparation », for one order and for several.
    goes: tuple[str, str]
    #: « 47 commandes passées en préparation »
    done: str
    #: « 3 commandes ne peuvent pas passer en préparation »
    cannot: str


_MOVES: Mapping[OrderStatus, Words] = {
    OrderStatus.PAID: Words(
        "Passer {orders} au statut payé",
        ("{orders} deviendra payée", "{orders} deviendront payées"),
        "{orders} payée{s}",
        "devenir payée{s}",
    ),
    OrderStatus.CONFIRMING: Words(
        "Demander confirmation pour {orders}",
        ("{orders} passera en confirmation", "{orders} passeront en confirmation"),
        "{orders} passée{s} en confirmation",
        "passer en confirmation",
    ),
    OrderStatus.PREPARING: Words(
        "Mettre {orders} en préparation",
        ("{orders} passera en préparation", "{orders} passeront en préparation"),
        "{orders} passée{s} en préparation",
        "passer en préparation",
    ),
    OrderStatus.READY: Words(
        "Marquer {orders} comme prête{s}",
        ("{orders} sera marquée prête", "{orders} seront marquées prêtes"),
        "{orders} marquée{s} prête{s}",
        "être marquée{s} prête{s}",
    ),
    OrderStatus.SHIPPED: Words(
        "Expédier {orders}",
        ("{orders} sera expédiée", "{orders} seront expédiées"),
        "{orders} expédiée{s}",
        "être expédiée{s}",
    ),
    OrderStatus.DELIVERED: Words(
        "Marquer {orders} comme livrée{s}",
        ("{orders} sera marquée livrée", "{orders} seront marquées livrées"),
        "{orders} marquée{s} livrée{s}",
        "être marquée{s} livrée{s}",
    ),
    OrderStatus.RECEIVED: Words(
        "Marquer {orders} comme reçue{s}",
        ("{orders} sera marquée reçue", "{orders} seront marquées reçues"),
        "{orders} marquée{s} reçue{s}",
        "être marquée{s} reçue{s}",
    ),
    OrderStatus.COMPLETED: Words(
        "Terminer {orders}",
        ("{orders} sera terminée", "{orders} seront terminées"),
        "{orders} terminée{s}",
        "être terminée{s}",
    ),
    OrderStatus.CANCELLED: Words(
        "Annuler {orders}",
        ("{orders} sera annulée", "{orders} seront annulées"),
        "{orders} annulée{s}",
        "être annulée{s}",
    ),
}
_PAYMENT = Words(
    "Enregistrer le paiement de {orders}",
    ("Le paiement de {orders} sera enregistré", "Le paiement de {orders} sera enregistré"),
    "Paiement enregistré pour {orders}",
    "recevoir ce paiement",
)
_MESSAGE = Words(
    "Écrire aux clients de {orders}",
    ("Le client de {orders} recevra ce message", "Les clients de {orders} recevront ce message"),
    "Message confié à la boîte d’envoi pour {orders}",
    "recevoir ce message",
)
_REMINDER = Words(
    "Relancer {orders}",
    ("{orders} sera relancée", "{orders} seront relancées"),
    "{orders} relancée{s}",
    "être relancée{s}",
)
_TAGGED = Words(
    "Ajouter le mot-clé à {orders}",
    ("{orders} recevra le mot-clé «\u00a0{tag}\u00a0»", "{orders} recevront le mot-clé «\u00a0{tag}\u00a0»"),
    "Mot-clé «\u00a0{tag}\u00a0» ajouté à {orders}",
    "recevoir ce mot-clé",
)
_UNTAGGED = Words(
    "Retirer le mot-clé de {orders}",
    ("{orders} perdra le mot-clé «\u00a0{tag}\u00a0»", "{orders} perdront le mot-clé «\u00a0{tag}\u00a0»"),
    "Mot-clé «\u00a0{tag}\u00a0» retiré de {orders}",
    "perdre ce mot-clé",
)
_IMPORTED = Words(
    "Importer {orders}", ("{orders} sera créée", "{orders} seront créées"), "{orders} créée{s}", "être créée{s}"
)
_UNDONE = Words(
    "Annuler l’action sur {orders}",
    ("{orders} reviendra en arrière", "{orders} reviendront en arrière"),
    "{orders} revenue{s} en arrière",
    "revenir en arrière",
)

#: Of the actions that are the same whatever they say.
_WORDS: Mapping[TaskKind, Words] = {
    TaskKind.PAYMENT: _PAYMENT,
    TaskKind.MESSAGE: _MESSAGE,
    TaskKind.REMINDER: _REMINDER,
    TaskKind.UNDO: _UNDONE,
    TaskKind.IMPORT: _IMPORTED,
}

#: What a dialog asks before its fields say what exactly is done.
_QUESTIONS: Mapping[TaskKind, str] = {
    TaskKind.PAYMENT: _PAYMENT.verb,
    TaskKind.MESSAGE: _MESSAGE.verb,
    TaskKind.REMINDER: _REMINDER.verb,
    TaskKind.TAG: "Ajouter un mot-clé à {orders}",
}
#: What an action that wrote to people leaves to take back: its e-mails, not its orders.
_DROPPED = {
    TaskKind.MESSAGE: ("message abandonné", "messages abandonnés"),
    TaskKind.REMINDER: ("relance abandonnée", "relances abandonnées"),
}
_CHANNELS = {Channel.EMAIL: ("e-mail", "e-mails"), Channel.SMS: ("SMS", "SMS")}
#: Where so many e-mails are: « 5 e-mails retenus ».
_MAILS: Mapping[OutboxState, tuple[str, str]] = {
    OutboxState.HELD: ("retenu", "retenus"),
    OutboxState.QUEUED: ("en attente", "en attente"),
    OutboxState.SENDING: ("en cours d’envoi", "en cours d’envoi"),
    OutboxState.SENT: ("envoyé", "envoyés"),
    OutboxState.DELIVERED: ("remis", "remis"),
    OutboxState.OPENED: ("ouvert", "ouverts"),
    OutboxState.BOUNCED: ("refusé par l’adresse", "refusés par l’adresse"),
    OutboxState.FAILED: ("en échec", "en échec"),
    OutboxState.UNCERTAIN: ("incertain", "incertains"),
    OutboxState.CANCELLED: ("abandonné", "abandonnés"),
}


def title(kind: TaskKind, target: OrderStatus | None, orders: int) -> str:
    """Return what stands above a dialog: « Mettre 12 commandes en préparation ? ».

    It stays while the fields change how many of them go; the button says that. Without orders, a file says which.
    """
    if not orders:
        return "Importer des numéros de suivi"
    question = _QUESTIONS[kind] if target is None else _MOVES[target].verb
    return f"{question.format(orders=plural(orders, 'commande'), s=_mark(orders))}{NO_BREAK_SPACE}?"


def verb(action: BulkAction, orders: int, ticked: int | None = None) -> str:
    """Return what the button says, in plain text: « Mettre 5 des 12 commandes en préparation »."""
    return _filled(_words_of(action).verb, action, orders, ticked)


def goes(action: BulkAction, orders: int, ticked: int | None = None) -> str:
    """Return what will happen to so many of the orders that are ticked, as Markdown."""
    one, several = _words_of(action).goes
    return escape_markdown(_filled(one if orders < 2 else several, action, orders, ticked))


def cannot(action: BulkAction, orders: int) -> str:
    """Return « 3 commandes ne peuvent pas être expédiées », as Markdown."""
    words = _words_of(action).cannot.format(s=_mark(orders))
    held = plural(orders, "commande ne peut pas", "commandes ne peuvent pas")
    return escape_markdown(f"{held} {words}")


def done(action: BulkAction, orders: int, undone: TaskKind | None = None) -> str:
    """Return what was done to so many orders, as Markdown.

    Args:
        action: What was done.
        orders: To how many.
        undone: What kind of action it took back, if it took one back.
    """
    if undone in _DROPPED:
        return plural(orders, *_DROPPED[undone])
    return escape_markdown(_filled(_words_of(action).done, action, orders))


def mail_words(mails: Mapping[OutboxState, int], channel: Channel = Channel.EMAIL) -> str:
    """Return « **5 e-mails retenus** », or « **47 e-mails** · 45 retenus · 2 abandonnés », as Markdown."""
    everything = plural(sum(mails.values()), *_CHANNELS[channel])
    if len(mails) == 1:
        [(state, count)] = mails.items()
        return f"**{everything} {_MAILS[state][count > 1]}**"
    return " · ".join(
        [f"**{everything}**", *(plural(mails[state], *_MAILS[state]) for state in OutboxState if state in mails)]
    )


def _filled(form: str, action: BulkAction, orders: int, ticked: int | None = None) -> str:
    tag = action.name if isinstance(action, Tagging) else ""
    of = plural(orders, "commande")
    if ticked is not None and ticked > orders:
        of = f"{integer(orders)} des {plural(ticked, 'commande')}"
    return form.format(orders=of, s=_mark(orders), tag=tag)


def _mark(orders: int) -> str:
    return "" if orders < 2 else "s"


def _words_of(action: BulkAction) -> Words:
    match action:
        case Move(target=target):
            return _MOVES[target]
        case Tagging(adds=adds):
            return _TAGGED if adds else _UNTAGGED
        case _:
            return _WORDS[KINDS[type(action)]]
