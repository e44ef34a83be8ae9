"""Every action in French, for one order and for several."""

import datetime as dt

import pytest

from dashboard.bulk.words import done, goes, question, verb
from db.domain.bulk import BulkAction, CustomerMessage, DuePayment, Reminder, Tagging, Undoing
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
                "2 commandes passent en préparation",
                "2 commandes passées en préparation",
            ),
        ),
        (
            Move(S.READY),
            ("Marquer 2 commandes comme prêtes", "2 commandes sont marquées prêtes", "2 commandes marquées prêtes"),
        ),
        (Move(S.SHIPPED), ("Expédier 2 commandes", "2 commandes sont expédiées", "2 commandes expédiées")),
        (
            Move(S.CANCELLED, cancel_reason=CancelReason.DUPLICATE),
            ("Annuler 2 commandes", "2 commandes sont annulées", "2 commandes annulées"),
        ),
        (
            DuePayment(dt.date(2026, 11, 21), PaymentMethod.CHEQUE),
            (
                "Enregistrer le paiement de 2 commandes",
                "Le paiement de 2 commandes est enregistré",
                "Paiement enregistré pour 2 commandes",
            ),
        ),
        (
            CustomerMessage("Objet", "Texte"),
            (
                "Écrire aux clients de 2 commandes",
                "Les clients de 2 commandes reçoivent ce message",
                "Message confié à la boîte d’envoi pour 2 commandes",
            ),
        ),
        (Reminder(), ("Relancer 2 commandes", "2 commandes sont relancées", "2 commandes relancées")),
        (
            Tagging(1, "Fragile"),
            (
                "Étiqueter 2 commandes",
                "2 commandes reçoivent l’étiquette « Fragile »",
                "2 commandes étiquetées « Fragile »",
            ),
        ),
        (
            Tagging(1, "Fragile", adds=False),
            (
                "Retirer l’étiquette de 2 commandes",
                "2 commandes perdent l’étiquette « Fragile »",
                "Étiquette « Fragile » retirée de 2 commandes",
            ),
        ),
        (
            Undoing(1, "Expédier"),
            (
                "Annuler l’action sur 2 commandes",
                "2 commandes reviennent en arrière",
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
    said = (verb(Move(target), 1), goes(Move(target), 1), done(Move(target), 1), question(TaskKind.MOVE, target, 1))
    assert all("1\u00a0commande" in form and "commandes" not in form for form in said)
    assert not goes(Move(target), 1).endswith("ées")


def test_a_tag_is_shown_as_it_is_written() -> None:
    assert "\\*" in goes(Tagging(1, "*Urgent*"), 1)


def test_a_dialog_asks_with_the_number_of_orders() -> None:
    assert question(TaskKind.MOVE, S.PREPARING, 50) == "Mettre 50\u00a0commandes en préparation\u00a0?"
    assert question(TaskKind.TAG, None, 1) == "Étiqueter 1\u00a0commande\u00a0?"
