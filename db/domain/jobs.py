"""What the worker does by itself: the name of each job, what it is for in words, and when it is due.

Pages show this and services wake it; ``jobs/table.py`` gives each name its function.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

#: A worker writes every few seconds that it is there; silent for so long, it is gone.
WORKER_GONE_AFTER = dt.timedelta(minutes=1)
#: Mail that should have left so long ago is worth a word to everybody.
MAIL_LATE_AFTER = dt.timedelta(minutes=5)


class JobName(StrEnum):
    """A job, as the command line and the database name it."""

    COMPLETE_ORDERS = "complete-orders"
    BOOK_PAYMENTS = "book-payments"
    DELIVER_EMAILS = "deliver-emails"
    RUN_TASKS = "run-tasks"
    MAKE_FILES = "make-files"
    MAKE_LARGE_FILES = "make-large-files"
    ISSUE_DOCUMENTS = "issue-documents"
    MAKE_DOCUMENTS = "make-documents"
    CHECK_DOCUMENTS = "check-documents"
    TAKE_IN_RETURNS = "take-in-returns"
    SEND_REFUNDS = "send-refunds"
    CHECK_BALANCES = "check-balances"
    PREPARE_PAYOUTS = "prepare-payouts"
    ISSUE_FEE_INVOICES = "issue-fee-invoices"
    SEND_STATEMENTS = "send-statements"
    REFRESH_FIGURES = "refresh-figures"
    CHECK_FIGURES = "check-figures"
    SEAL_AUDIT = "seal-audit"
    CHECK_AUDIT = "check-audit"
    RUN_EXPORTS = "run-exports"
    SEND_SUMMARIES = "send-summaries"
    CONFIRM_RECEIPTS = "confirm-receipts"
    REMIND_PAYMENTS = "remind-payments"
    CANCEL_UNPAID = "cancel-unpaid"
    REMIND_PICKUPS = "remind-pickups"
    REMIND_SELLERS = "remind-sellers"
    COMPACT_SALES = "compact-sales"
    DAILY_PURGE = "daily-purge"

    @property
    def plan(self) -> "JobPlan":
        """Return what it is for and when it is due."""
        return JOB_PLANS[self]


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again; ``seconds`` divides a minute."""

    seconds: int

    def __post_init__(self) -> None:
        """Refuse what a cron expression cannot say evenly."""
        if 60 % self.seconds:
            raise ValueError(f"{self.seconds} does not divide a minute")

    @property
    def cron(self) -> str:
        """Return the six fields: minute, hour, day, month, weekday, second."""
        return "* * * * * 0" if self.seconds == 60 else f"* * * * * */{self.seconds}"

    @property
    def words(self) -> str:
        """Return it in words."""
        return "chaque minute" if self.seconds == 60 else f"toutes les {self.seconds} secondes"

    def next_after(self, now: dt.datetime) -> dt.datetime:
        """Return the next time it is due."""
        start = now.replace(microsecond=0)
        return start + dt.timedelta(seconds=self.seconds - start.second % self.seconds)


@dataclass(frozen=True, slots=True)
class At:
    """Once an hour, or once a day where ``hour`` (UTC) is given."""

    minute: int
    hour: int | None = None

    @property
    def cron(self) -> str:
        """Return the six fields: minute, hour, day, month, weekday, second."""
        return f"{self.minute} {'*' if self.hour is None else self.hour} * * * 0"

    @property
    def words(self) -> str:
        """Return it in words."""
        return "chaque heure" if self.hour is None else "chaque jour"

    def next_after(self, now: dt.datetime) -> dt.datetime:
        """Return the next time it is due."""
        due = now.replace(minute=self.minute, second=0, microsecond=0)
        if self.hour is not None:
            due = due.replace(hour=self.hour)
        if due > now:
            return due
        return due + (dt.timedelta(hours=1) if self.hour is None else dt.timedelta(days=1))


Schedule = Every | At

#: A woken job needs no clock; this catches what was written without a wake, or while no worker was there.
_SAFETY_ROUND = Every(60)


@dataclass(frozen=True, slots=True)
class JobPlan:
    """What a job is for and when it is due."""

    title: str
    #: What it counts, in the singular.
    unit: str
    schedule: Schedule
    #: What causes it also wakes it, where the database can (``db/services/wake.py``); elsewhere ``schedule`` polls.
    is_woken: bool = False
    #: Two workers gain nothing by doing it at once.
    is_alone: bool = True

    def schedule_where(self, *, can_wake: bool) -> Schedule:
        """Return when it is due on a database that can wake workers, or cannot."""
        return _SAFETY_ROUND if can_wake and self.is_woken else self.schedule


JOB_PLANS = {
    JobName.COMPLETE_ORDERS: JobPlan("Prendre en charge les nouvelles commandes", "commande", Every(5)),
    JobName.BOOK_PAYMENTS: JobPlan("Enregistrer les paiements encaissés par la boutique", "commande", Every(5)),
    JobName.DELIVER_EMAILS: JobPlan("Envoyer les e-mails et les SMS", "envoi", Every(2), is_woken=True, is_alone=False),
    JobName.RUN_TASKS: JobPlan("Exécuter les actions groupées", "commande", Every(2), is_woken=True, is_alone=False),
    JobName.MAKE_FILES: JobPlan("Préparer les fichiers demandés", "fichier", Every(2), is_woken=True, is_alone=False),
    JobName.MAKE_LARGE_FILES: JobPlan(
        "Préparer les impressions en nombre et les listes", "fichier", Every(2), is_woken=True, is_alone=False
    ),
    JobName.ISSUE_DOCUMENTS: JobPlan("Établir les factures et les avoirs", "document", Every(2), is_woken=True),
    JobName.MAKE_DOCUMENTS: JobPlan(
        "Mettre en page les factures et les avoirs", "document", Every(2), is_woken=True, is_alone=False
    ),
    JobName.CHECK_DOCUMENTS: JobPlan("Contrôler la suite et les fichiers des factures", "document", At(10, hour=1)),
    JobName.TAKE_IN_RETURNS: JobPlan("Prendre en charge les nouvelles demandes de retour", "retour", Every(5)),
    JobName.SEND_REFUNDS: JobPlan(
        "Transmettre les remboursements au prestataire, donner les bons d’achat dus", "remboursement", Every(20)
    ),
    JobName.CHECK_BALANCES: JobPlan("Contrôler stocks, points, comptes et remboursements", "écart", At(25, hour=1)),
    JobName.PREPARE_PAYOUTS: JobPlan("Préparer les reversements", "vendeur", _SAFETY_ROUND, is_woken=True),
    JobName.ISSUE_FEE_INVOICES: JobPlan("Facturer les commissions aux vendeurs", "document", Every(20)),
    JobName.SEND_STATEMENTS: JobPlan("Envoyer aux vendeurs leur relevé du mois passé", "relevé", At(50, hour=3)),
    JobName.REFRESH_FIGURES: JobPlan("Compter les ventes pour les graphiques", "jour", Every(10)),
    JobName.CHECK_FIGURES: JobPlan("Comparer les chiffres des ventes aux commandes", "écart", At(5, hour=2)),
    JobName.SEAL_AUDIT: JobPlan("Sceller le journal d’audit", "inscription", Every(5)),
    JobName.CHECK_AUDIT: JobPlan("Vérifier et ancrer le journal d’audit", "défaut", At(35, hour=1)),
    JobName.RUN_EXPORTS: JobPlan("Lancer les exports programmés", "export", _SAFETY_ROUND),
    JobName.SEND_SUMMARIES: JobPlan("Envoyer les résumés à la direction", "résumé", At(minute=3)),
    JobName.CONFIRM_RECEIPTS: JobPlan("Tenir pour reçus les colis livrés sans réponse", "commande", At(minute=5)),
    JobName.REMIND_PAYMENTS: JobPlan("Relancer les commandes non réglées", "commande", At(minute=13)),
    JobName.CANCEL_UNPAID: JobPlan("Annuler les commandes jamais réglées", "commande", At(minute=21)),
    JobName.REMIND_PICKUPS: JobPlan("Rappeler les commandes à retirer", "commande", At(minute=29)),
    JobName.REMIND_SELLERS: JobPlan("Rappeler les commandes aux vendeurs", "commande", At(minute=37)),
    JobName.COMPACT_SALES: JobPlan("Réunir les lignes des ventes par jour", "ligne", At(minute=17)),
    JobName.DAILY_PURGE: JobPlan("Oublier ce qui est périmé\u00a0: sessions, liens, journaux", "ligne", At(40, hour=2)),
}
