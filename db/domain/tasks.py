"""Long work that people wait for: its kinds and the states of it and of its items."""

from enum import StrEnum

from db.domain.errors import NotFoundError

#: Up to so many orders are done at once in the click; beyond, the worker does it.
AT_ONCE = 100


class TaskKind(StrEnum):
    """What is done to each order of a task."""

    MOVE = "move"
    MESSAGE = "message"
    PAYMENT = "payment"
    REMINDER = "reminder"
    TAG = "tag"
    UNDO = "undo"
    IMPORT = "import"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return TASK_KIND_LABELS[self]


TASK_KIND_LABELS = {
    TaskKind.MOVE: "Changement de statut",
    TaskKind.MESSAGE: "Message aux clients",
    TaskKind.PAYMENT: "Paiements reçus",
    TaskKind.REMINDER: "Relances de paiement",
    TaskKind.TAG: "Mot-clé",
    TaskKind.UNDO: "Annulation d’une action groupée",
    TaskKind.IMPORT: "Import de commandes",
}


#: Of the others, what was done to each order is a row of its history, which an undo takes back.
NOT_UNDOABLE_KINDS = frozenset({TaskKind.UNDO, TaskKind.IMPORT})


class TaskState(StrEnum):
    """Where a task is. ``cancelled``: stopped between two orders, what was done stays."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return TASK_STATE_LABELS[self]

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more will happen by itself."""
        return self not in UNDER_WAY_STATES


UNDER_WAY_STATES = frozenset({TaskState.QUEUED, TaskState.RUNNING})


TASK_STATE_LABELS = {
    TaskState.QUEUED: "En attente",
    TaskState.RUNNING: "En cours",
    TaskState.DONE: "Terminée",
    TaskState.CANCELLED: "Arrêtée",
    TaskState.FAILED: "Échec",
}


class TaskItemState(StrEnum):
    """What became of one order of a task."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    UNDONE = "undone"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return TASK_ITEM_LABELS[self]


TASK_ITEM_LABELS = {
    TaskItemState.WAITING: "En attente",
    TaskItemState.DONE: "Faite",
    TaskItemState.REFUSED: "Refusée",
    TaskItemState.UNDONE: "Revenue en arrière",
}


class ImportItemState(StrEnum):
    """What became of one order of an imported file."""

    WAITING = "waiting"
    CREATED = "created"
    KNOWN = "known"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return IMPORT_ITEM_LABELS[self]


IMPORT_ITEM_LABELS = {
    ImportItemState.WAITING: "En attente",
    ImportItemState.CREATED: "Créée",
    ImportItemState.KNOWN: "Déjà là",
    ImportItemState.REFUSED: "Refusée",
}


class TaskNotFoundError(NotFoundError):
    """No such task, or not for this person."""

    def __init__(self, task_id: int) -> None:
        self.task_id = task_id
        super().__init__("Cette action groupée n’existe pas ou ne vous est pas accessible.")
