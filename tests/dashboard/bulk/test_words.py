"""Every action in French, for one order and for several."""

import datetime as dt

import pytest

from dashboard.bulk.words import cannot, done, goes, mail_words, title, verb
from db.domain.bulk import BulkAction, CustomerMessage, DuePayment, Reminder, Tagging, Undoing
from db.domain.mail import OutboxState
from db.domain.moves import MOVE_VERBS, CancelReason, Move
from db.domain.orders import OrderStatus, PaymentMethod
from db.domain.tasks import TaskKind

S = OrderStatus


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (
            Move(S.PREPARING),
            (
                "Mettre 2 commandes en préparation",
                "2 commandes passeront en préparation",
                "2 commandes passées en préparation",
            ),
        ),
        (
            Move(S.READY),
            ("Marquer 2 commandes comme prêtes", "2 commandes seront marquées prêtes", "2 commandes marquées prêtes"),
        ),
        (Move(S.SHIPPED), ("Expédier 2 commandes", "2 commandes seront expédiées", "2 commandes expédiées")),
        (
            Move(S.CANCELLED, cancel_reason=CancelReason.DUPLICATE),
            ("Annuler 2 commandes", "2 commandes seront annulées", "2 commandes annulées"),
        ),
        (
            DuePayment(dt.date(2026, 11, 21), PaymentMethod.CHEQUE),
            (
                "Enregistrer le paiement de 2 commandes",
                "Le paiement de 2 commandes sera enregistré",
                "Paiement enregistré pour 2 commandes",
            ),
        ),
        (
            CustomerMessage("Objet", "Texte"),
            (
                "Écrire aux clients de 2 commandes",
                "Les clients de 2 commandes recevront ce message",
                "Message confié à la boîte d’envoi pour 2 commandes",
            ),
        ),
        (Reminder(), ("Relancer 2 commandes", "2 commandes seront relancées", "2 commandes relancées")),
        (
            Tagging(1, "Fragile"),
            (
                "Ajouter le mot-clé à 2 commandes",
                "2 commandes recevront le mot-clé « Fragile »",
                "Mot-clé « Fragile » ajouté à 2 commandes",
            ),
        ),
        (
            Tagging(1, "Fragile", adds=False),
            (
                "Retirer le mot-clé de 2 commandes",
                "2 commandes perdront le mot-clé « Fragile »",
                "Mot-clé « Fragile » retiré de 2 commandes",
            ),
        ),
        (
            Undoing(1, "Expédier"),
            (
                "Annuler l’action sur 2 commandes",
                "2 commandes reviendront en arrière",
                "2 commandes revenues en arrière",
            ),
        ),
    ],
)
def test_an_action_is_said_before_and_after(action: BulkAction, said: tuple[str, str, str]) -> None:
    forms = (verb(action, 2), goes(action, 2), done(action, 2))
    assert tuple(form.replace("\u00a0", " ").replace("\\", "") for form in forms) == said


@pytest.mark.parametrize("target", MOVE_VERBS)
def test_one_order_is_singular_whatever_happens_to_it(target: OrderStatus) -> None:
    said = (verb(Move(target), 1), goes(Move(target), 1), done(Move(target), 1), title(TaskKind.MOVE, target, 1))
    assert all("1\u00a0commande" in form and "commandes" not in form for form in said)
    assert not goes(Move(target), 1).endswith("ées")


def test_what_an_order_cannot_is_said_of_the_action() -> None:
    assert cannot(Move(S.SHIPPED), 1) == "1\u00a0commande ne peut pas être expédiée"
    assert cannot(Move(S.READY), 2) == "2\u00a0commandes ne peuvent pas être marquées prêtes"
    assert cannot(Reminder(), 3) == "3\u00a0commandes ne peuvent pas être relancées"


def test_a_tag_is_shown_as_it_is_written() -> None:
    assert "\\*" in goes(Tagging(1, "*Urgent*"), 1)


def test_a_dialog_is_named_by_what_was_ticked_and_its_button_by_what_goes() -> None:
    assert title(TaskKind.MOVE, S.PREPARING, 50) == "Mettre 50\u00a0commandes en préparation\u00a0?"
    assert title(TaskKind.MOVE, S.READY, 2) == "Marquer 2\u00a0commandes comme prêtes\u00a0?"
    assert title(TaskKind.TAG, None, 1) == "Ajouter un mot-clé à 1\u00a0commande\u00a0?"
    assert title(TaskKind.MOVE, S.SHIPPED, 0) == "Importer des numéros de suivi"
    assert verb(Move(S.PREPARING), 5, 12) == "Mettre 5 des 12\u00a0commandes en préparation"
    assert goes(Move(S.SHIPPED), 1, 2) == "1 des 2\u00a0commandes sera expédiée"
    assert goes(Move(S.SHIPPED), 2, 2) == "2\u00a0commandes seront expédiées"


def test_a_message_taken_back_is_e_mails_not_orders() -> None:
    assert done(Undoing(1, "Message"), 3_000, TaskKind.MESSAGE) == "3\u202f000\u00a0messages abandonnés"
    assert done(Undoing(1, "Relance"), 1, TaskKind.REMINDER) == "1\u00a0relance abandonnée"
    assert done(Undoing(1, "Expédier"), 1, TaskKind.MOVE) == "1\u00a0commande revenue en arrière"


def test_e_mails_are_told_by_where_they_are() -> None:
    assert mail_words({OutboxState.HELD: 5}) == "**5\u00a0e-mails retenus**"
    assert mail_words({OutboxState.CANCELLED: 1}) == "**1\u00a0e-mail abandonné**"
    both = {OutboxState.CANCELLED: 2, OutboxState.HELD: 45}
    assert mail_words(both) == "**47\u00a0e-mails** · 45\u00a0retenus · 2\u00a0abandonnés"
