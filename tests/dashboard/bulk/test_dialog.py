"""The dialog of a bulk action on the grid: dry run, fields, confirm, result, way back."""

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from dashboard.bulk.fields import NEW_TAG, tagging_of
from db.domain.bulk import Tagging
from db.domain.orders import OrderStatus, PaymentMethod, PaymentState
from db.domain.permissions import Role
from db.domain.tasks import TaskState
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import Order, OutboxMessage, Payment, Tag, Task
from db.services.tasks import run_next_chunk
from tests.dashboard.apptest import open_page
from tests.factories import create_order, create_seller

SignUp = Callable[..., int]
S = OrderStatus


@pytest.fixture
def orders(use_database: str) -> dict[str, int]:
    """Three paid orders, one that waits for its cheque and a finished one; number → id."""
    unpaid = {"status": S.AWAITING_PAYMENT, "payment_state": PaymentState.UNPAID,
              "payment_method": PaymentMethod.CHEQUE}  # fmt: skip
    with transaction() as session:
        seller = create_seller(session)
        made = [create_order(session, seller, number=f"P-{place}") for place in (1, 2, 3)]
        made.append(create_order(session, seller, number="U-1", **unpaid))
        made.append(create_order(session, seller, number="C-1", status=S.COMPLETED))
        return {order.number: order.id for order in made}


def grid(person_id: int, ids: list[int]) -> AppTest:
    """The grid of all orders, with some of them ticked."""
    return tick(open_page("/commandes", person_id=person_id, query={"statut": "tous"}), ids)


def tick(at: AppTest, ids: list[int]) -> AppTest:
    at.session_state["selection_ids"] = frozenset(ids)
    at.session_state["selection_generation"] += 1
    return at.run()


def choose_status(at: AppTest, target: OrderStatus) -> AppTest:
    menu = next(menu for menu in at.get("menu_button") if menu.proto.label == "Changer le statut")
    menu.click(target)
    return at.run()


def press(at: AppTest, label: str) -> AppTest:
    next(button for button in at.button if button.label.replace("\u00a0", " ") == label).click()
    return at.run()


def words(at: AppTest) -> str:
    shown = (*at.markdown, *at.caption, *at.error)
    return "\n".join(element.value for element in shown).replace("\u00a0", " ").replace("\\", "").replace("**", "")


def labels(at: AppTest) -> list[str]:
    return [button.label.replace("\u00a0", " ") for button in at.button]


def statuses(orders: dict[str, int]) -> dict[str, OrderStatus]:
    with reading() as session:
        return dict(session.execute(sa.select(Order.number, Order.status)).all())


def test_a_move_is_said_before_and_its_result_after_with_the_way_back(
    signed_up: SignUp, orders: dict[str, int]
) -> None:
    at = choose_status(grid(signed_up(Role.SUPPORT), list(orders.values())), S.SHIPPED)
    assert "3 des 5 commandes seront expédiées." in words(at)
    assert "3 articles partent." in words(at)
    assert "Pas de passage de « Terminée » à « Livraison/retrait en cours »." in words(at)
    assert "3 e-mails à" in words(at)
    assert statuses(orders)["P-1"] is S.PAID
    press(at, "Expédier 3 des 5 commandes")
    assert not at.exception
    assert statuses(orders) == {"P-1": S.SHIPPED, "P-2": S.SHIPPED, "P-3": S.SHIPPED, "U-1": S.AWAITING_PAYMENT,
                                "C-1": S.COMPLETED}  # fmt: skip
    assert "3 commandes expédiées · 2 refusées" in words(at)
    assert "sélectionnée" not in words(at)
    press(at, "Annuler")
    assert statuses(orders)["P-1"] is S.PAID
    assert "3 commandes revenues en arrière" in words(at)
    press(at, "Fermer")
    assert "revenues en arrière" not in words(at)


def test_a_cancellation_asks_for_its_reason_and_says_what_is_refunded(
    signed_up: SignUp, orders: dict[str, int]
) -> None:
    at = choose_status(grid(signed_up(Role.SUPPORT), [orders["P-1"], orders["P-2"]]), S.CANCELLED)
    assert "Remboursements à faire : 63,80 €." in words(at)
    assert "ce statut est définitif" in words(at)
    press(at, "Annuler 2 commandes")
    assert "Choisissez la raison de l’annulation." in words(at)
    assert statuses(orders)["P-1"] is S.PAID
    reason = next(box for box in at.selectbox if box.label == "Raison de l’annulation")
    reason.select_index(1).run()
    assert "Choisissez la raison de l’annulation." not in words(at)
    press(at, "Annuler 2 commandes")
    assert statuses(orders)["P-1"] is S.CANCELLED


def test_nobody_is_told_where_the_person_says_so(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = choose_status(grid(signed_up(Role.SUPPORT), [orders["P-1"]]), S.PREPARING)
    at.toggle[0].set_value(True).run()
    assert "e-mail à" not in words(at)
    press(at, "Mettre 1 commande en préparation")
    with reading() as session:
        assert session.scalars(sa.select(OutboxMessage.id)).all() == []


def test_a_derogation_goes_once_its_reason_is_there(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = choose_status(grid(signed_up(Role.ADMIN), [orders["P-1"], orders["U-1"]]), S.PREPARING)
    assert "Mettre 1 des 2 commandes en préparation" in labels(at)
    at.text_input(key="bulk_field_move_preparing_note").set_value("Vu avec la mairie").run()
    assert "Par dérogation : 1 n’est pas réglée." in words(at)
    press(at, "Mettre 2 commandes en préparation")
    assert statuses(orders)["U-1"] is S.PREPARING


def test_payments_received_pay_what_is_due(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = press(grid(signed_up(Role.FINANCE), list(orders.values())), "Paiement reçu")
    assert "Montant encaissé : 31,90 €." in words(at)
    press(at, "Enregistrer le paiement de 1 des 5 commandes")
    with reading() as session:
        payment = session.scalars(sa.select(Payment)).one()
        assert (payment.order_id, payment.amount_cents, payment.method) == (orders["U-1"], 31_90, PaymentMethod.CHEQUE)
    assert statuses(orders)["U-1"] is S.PAID


def test_customers_are_written_to_and_reminded(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = press(grid(signed_up(Role.SUPPORT), list(orders.values())), "Message")
    assert "Choisissez un modèle, ou écrivez un objet et un texte." in words(at)
    at.text_input(key="bulk_field_message__text_subject").set_value("Votre commande").run()
    at.text_area(key="bulk_field_message__text_body").set_value("Elle part demain.").run()
    press(at, "Écrire aux clients de 5 commandes")
    press(tick(at, list(orders.values())), "Relancer")
    press(at, "Relancer 1 des 5 commandes")
    with reading() as session:
        templates = session.scalars(sa.select(OutboxMessage.template).order_by(OutboxMessage.id)).all()
    assert templates == ["message"] * 5 + ["payment_reminder"]


def test_orders_are_tagged_and_found_by_their_tag(signed_up: SignUp, orders: dict[str, int]) -> None:
    with transaction() as session:
        session.add(Tag(id=7, name="Fragile"))
    at = press(grid(signed_up(Role.SUPPORT), [orders["P-1"], orders["P-2"]]), "Mot-clé")
    at.selectbox(key="bulk_field_tag__name").set_value("Fragile").run()
    assert "2 commandes recevront le mot-clé « Fragile »." in words(at)
    press(at, "Ajouter le mot-clé à 2 commandes")
    at = open_page("/commandes", person_id=signed_up(Role.SUPPORT), query={"etiquette": "7"})
    assert set(at.dataframe[0].value["numero"]) == {"P-1", "P-2"}


def test_a_name_typed_is_the_tag_that_reads_alike_or_a_new_one() -> None:
    names = {7: "Fragile"}
    assert tagging_of(names, " fragile ", adds=True) == Tagging(7, "Fragile")
    assert tagging_of(names, "À  rappeler", adds=False) == Tagging(NEW_TAG, "À rappeler", adds=False)


def test_a_refusal_stays_in_the_dialog_and_what_was_typed_survives_a_slip(
    signed_up: SignUp, orders: dict[str, int]
) -> None:
    at = choose_status(grid(signed_up(Role.SUPPORT), [orders["P-1"]]), S.SHIPPED)
    at.selectbox(key="bulk_field_move_shipped_carrier").set_value("Livraison par nos soins").run()
    at.text_input(key="bulk_field_move_shipped_link").set_value("suivi").run()
    assert "Le lien de suivi doit être une adresse complète" in words(at)
    assert not any(label.startswith("Expédier") for label in labels(at))


def test_a_large_action_is_left_to_the_worker_and_followed_on_its_page(signed_up: SignUp, use_database: str) -> None:
    person = signed_up(Role.SUPPORT)
    with transaction() as session:
        seller = create_seller(session)
        ids = [create_order(session, seller).id for _ in range(101)]
    at = choose_status(grid(person, ids), S.PREPARING)
    assert "Le travail de fond s’en charge" in words(at)
    press(at, "Mettre 101 commandes en préparation")
    assert not at.exception
    with reading() as session:
        task = session.scalars(sa.select(Task)).one()
    assert (task.state, task.total, task.done) == (TaskState.QUEUED, 101, 0)
    at = open_page("/taches", person_id=person, query={"n": str(task.id)})
    assert "Arrêter" in labels(at)
    with transaction() as session:
        run_next_chunk(session, utc_now() - dt.timedelta(seconds=1))
    press(at, "Arrêter")
    assert "100 commandes passées en préparation · 1 non traitée" in words(at)
    assert {"Annuler", "Arrêter"} & set(labels(at)) == {"Annuler"}


def test_a_task_that_is_not_there_is_said_to_be(signed_up: SignUp, use_database: str) -> None:
    at = open_page("/taches", person_id=signed_up(Role.SUPPORT), query={"n": "12"})
    assert not at.exception
    assert "n’existe pas" in at.info[0].value
