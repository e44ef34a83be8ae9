"""The dialogs of the order page: said before, done, refused with what was typed kept, changed meanwhile, taken back."""

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from db.domain.actor import SYSTEM, Actor
from db.domain.mail import EmailTemplate, OutboxState, RecipientKind
from db.domain.moves import CancelReason, Move
from db.domain.orders import DeliveryMode, HistoryEvent, OrderStatus, PaymentKind, PaymentMethod, PaymentState
from db.domain.permissions import Role
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import Marketplace, Order, OrderAddress, OrderHistory, OutboxMessage, Payment, Shipment
from db.models.orders import AddressKind
from db.services.edits import ContactEdit, edit_order
from db.services.error_state import put_in_error
from db.services.moves import move_order
from tests.dashboard.apptest import open_page
from tests.factories import create_customer, create_line, create_order

S = OrderStatus
SignUp = Callable[..., int]
UNPAID = {"status": S.AWAITING_PAYMENT, "payment_state": PaymentState.UNPAID, "payment_method": PaymentMethod.CHEQUE}


def new_order(**columns: object) -> int:
    """Add an order of Évelyne Morin's, of 31,90 €; return its id."""
    with transaction() as session:
        customer = create_customer(session, "Évelyne Morin", "e.morin@example.org", phone="0612345678")
        return create_order(session, customer=customer, number="A-1", **columns).id


def opened(person_id: int) -> AppTest:
    at = open_page("/commande", person_id=person_id, query={"n": "A-1"})
    assert not at.exception
    return at


def start(at: AppTest, label: str) -> AppTest:
    """Click the primary button, or the line of the menu, that says so."""
    if any(button.key == "order_next" and button.label == label for button in at.button):
        return at.button(key="order_next").click().run()
    menu = at.get("menu_button")[0]
    index = next(i for i, option in enumerate(menu.options) if option.endswith(f": {label}"))
    return menu.click_index(index).run()


def act(at: AppTest) -> AppTest:
    """Click the filled button of the dialog."""
    at = next(button for button in at.button if str(button.key).endswith("_act")).click().run()
    assert not at.exception
    return at


def is_open(at: AppTest) -> bool:
    return any(str(button.key).endswith("_act") for button in at.button)


def can_act(at: AppTest) -> bool:
    """Whether the dialog's filled button is there and can be clicked."""
    return any(str(button.key).endswith("_act") and not button.disabled for button in at.button)


def field(widgets: object, name: str) -> object:
    """The widget of a field, whatever its dialog."""
    return next(widget for widget in widgets if str(widget.key).endswith(f"_{name}"))  # type: ignore[attr-defined]


def words(at: AppTest) -> str:
    shown = (*at.markdown, *at.caption, *at.success, *at.warning, *at.info, *at.error, *at.toast, *at.subheader)
    return "\n".join(part.value for part in shown).replace("\\", "")


def html_of(at: AppTest) -> str:
    return "\n".join(part.proto.body for part in at.get("html"))


def one(column: sa.orm.InstrumentedAttribute[object], order_id: int) -> object:
    with reading() as session:
        return session.scalars(sa.select(column).where(Order.id == order_id)).one()


def mails() -> list[OutboxMessage]:
    with reading() as session:
        return list(session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)))


def test_a_move_is_said_done_and_taken_back(signed_up: SignUp) -> None:
    order_id, at = new_order(), opened(signed_up(Role.SUPPORT))

    at = start(at, "Mettre en préparation")
    assert "La commande passe de «\u00a0Payée\u00a0» à **«\u00a0En cours de traitement\u00a0»**." in words(at)
    assert "E-mail «\u00a0En préparation\u00a0» à e.morin@example.org." in words(at)
    assert "Départ dans 60\u00a0secondes" in words(at)
    field(at.text_area, "message").set_value("Nous emballons.")
    at = act(at)

    assert not is_open(at)
    assert "Commande passée à « En cours de traitement » · il reste" in words(at)
    assert one(Order.status, order_id) is S.PREPARING
    assert mails()[0].variables["message"] == "Nous emballons."

    at = at.button(key="order_undo_button").click().run()
    assert "Action annulée" in words(at)
    assert "1\u00a0e-mail n’est pas parti" in words(at)
    assert one(Order.status, order_id) is S.PAID
    assert not [button for button in at.button if button.key == "order_undo_button"]


def test_nobody_is_told_when_one_says_so(signed_up: SignUp) -> None:
    new_order()
    at = start(opened(signed_up(Role.SUPPORT)), "Mettre en préparation")
    at = field(at.toggle, "muted").set_value(True).run()
    assert "Personne ne sera prévenu." in words(at)
    act(at)
    assert mails() == []


def test_the_email_is_shown_on_demand_as_it_will_be_read(signed_up: SignUp) -> None:
    new_order()
    at = start(opened(signed_up(Role.SUPPORT)), "Expédier")
    at = field(at.text_input, "tracking_number").set_value("6A42").run()
    at = field(at.toggle, "example").set_value(True).run()
    assert not at.exception
    assert "Commande envoyée (Numéro de commande A-1)" in words(at)


def test_a_cancellation_asks_why_and_says_what_comes_back(signed_up: SignUp) -> None:
    order_id = new_order(lines=[create_line(quantity=2, total_cents=31_90)])
    at = start(opened(signed_up(Role.SUPPORT)), "Annuler la commande")
    assert "2\u00a0articles annulés reviennent en stock." in words(at)
    assert "**Remboursement à faire\u00a0: 31,90\u00a0€**." in words(at)
    assert "Aucun e-mail n’est prévu" in words(at)
    assert "**Le client ne sera pas prévenu**\u00a0: écrivez-lui si besoin." in words(at)

    field(at.text_area, "note").set_value("Vu au téléphone")
    at = act(at)
    assert "Indiquez la raison" in words(at)
    assert field(at.text_area, "note").value == "Vu au téléphone"
    assert one(Order.status, order_id) is S.PAID

    field(at.selectbox, "reason").set_value(CancelReason.OUT_OF_STOCK)
    at = act(at)
    assert one(Order.status, order_id) is S.CANCELLED
    assert "Rupture de stock" in html_of(at)
    assert "Vu au téléphone" in html_of(at)
    assert "Remboursement à faire" in html_of(at)


def test_preparing_before_the_payment_needs_its_reason(signed_up: SignUp) -> None:
    order_id = new_order(**UNPAID)
    at = start(opened(signed_up(Role.MANAGER)), "Mettre en préparation sans paiement")
    assert "**Par dérogation**\u00a0: 31,90\u00a0€ restent à régler." in words(at)
    at = act(at)
    assert "Indiquez la raison" in words(at)
    field(at.text_area, "note").set_value("Mairie, paie à 30 jours")
    at = act(at)
    assert one(Order.status, order_id) is S.PREPARING
    assert "par dérogation" in html_of(at)


def test_a_tracking_link_that_is_none_is_refused_and_the_parcel_is_shown_once_it_is(signed_up: SignUp) -> None:
    order_id = new_order(carrier="Coursier du Marais")
    at = start(opened(signed_up(Role.SUPPORT)), "Expédier")
    assert field(at.selectbox, "carrier").value == "Coursier du Marais"
    field(at.text_input, "tracking_number").set_value("6A42")
    field(at.toggle, "muted").set_value(True)
    at = field(at.text_input, "tracking_url").set_value("javascript:alert(1)").run()
    assert "Le lien de suivi doit être une adresse complète" in words(at)
    at = act(at)
    assert one(Order.status, order_id) is S.PAID

    at = field(at.text_input, "tracking_url").set_value("https://suivi.fr/6A42").run()
    assert "Le lien de suivi" not in words(at)
    at = act(at)
    with reading() as session:
        parcel = session.scalars(sa.select(Shipment).where(Shipment.order_id == order_id)).one()
    assert (parcel.carrier, parcel.tracking_number, mails()) == ("Coursier du Marais", "6A42", [])
    assert 'href="https://suivi.fr/6A42"' in html_of(at)


@pytest.mark.parametrize(
    ("label", "said", "shipped", "cancelled"),
    [
        ("Expédier le reste", "1\u00a0article est expédié.", 2, 0),
        ("Annuler le reste", "1\u00a0article annulé revient en stock.", 1, 1),
    ],
)
def test_the_rest_of_a_partly_shipped_order_is_shipped_or_cancelled(
    signed_up: SignUp, label: str, said: str, shipped: int, cancelled: int
) -> None:
    order_id = new_order(
        status=S.PARTLY_SHIPPED, lines=[create_line(quantity=2, total_cents=31_90, quantity_shipped=1)]
    )
    at = start(opened(signed_up(Role.SUPPORT)), label)
    assert said in words(at)
    act(at)
    assert one(Order.status, order_id) is S.SHIPPED
    with reading() as session:
        line = session.execute(sa.text("SELECT quantity_shipped, quantity_cancelled FROM order_lines")).one()
    assert tuple(line) == (shipped, cancelled)


@pytest.mark.parametrize(
    ("typed", "before", "after", "status"),
    [
        (
            "20",
            "Il restera 11,90\u00a0€ à régler.",
            "enregistré, il reste 11,90\u00a0€ à régler · il reste ",
            S.AWAITING_PAYMENT,
        ),
        (
            "31,90 €",
            "La commande sera payée.",
            "Paiement de 31,90\u00a0€ enregistré, commande payée · il reste ",
            S.PAID,
        ),
        (
            "34.90",
            "La commande sera payée, avec un trop-perçu de 3,00\u00a0€.",
            "Paiement de 34,90\u00a0€ enregistré, commande payée, trop-perçu de 3,00\u00a0€ · il reste ",
            S.PAID,
        ),
    ],
)
def test_a_payment_says_what_it_makes_of_the_order(
    signed_up: SignUp, typed: str, before: str, after: str, status: OrderStatus
) -> None:
    order_id = new_order(**UNPAID)
    at = start(opened(signed_up(Role.FINANCE)), "Paiement reçu")
    assert field(at.text_input, "amount").value == "31,90"
    assert field(at.text_input, "amount").label == "Montant (€)"
    assert field(at.selectbox, "method").value is PaymentMethod.CHEQUE
    field(at.text_input, "reference").set_value("CH 42")
    at = field(at.text_input, "amount").set_value(typed).run()
    assert before in words(at)
    at = act(at)
    assert after in words(at)
    assert not at.toast
    assert one(Order.status, order_id) is status
    assert "CH 42" in html_of(at)


def test_a_payment_that_cannot_be_taken_back_is_said_by_a_toast(signed_up: SignUp) -> None:
    new_order(**UNPAID)
    finance = signed_up(Role.FINANCE)
    with transaction() as session:
        session.add(Marketplace(id=1, name="Marché", undo_window_s=0))
    at = act(start(opened(finance), "Paiement reçu"))
    assert [toast.value.replace("\\", "") for toast in at.toast] == [
        "Paiement de 31,90\u00a0€ enregistré, commande payée."
    ]


def test_an_amount_that_is_none_is_refused_and_kept(signed_up: SignUp) -> None:
    order_id = new_order(**UNPAID)
    at = start(opened(signed_up(Role.FINANCE)), "Paiement reçu")
    at = field(at.text_input, "amount").set_value("douze").run()
    assert "« douze » n’est pas un montant" in words(at)
    at = act(at)
    assert field(at.text_input, "amount").value == "douze"
    assert one(Order.paid_cents, order_id) == 0


def test_an_order_in_error_is_repaired_with_what_was_done(signed_up: SignUp) -> None:
    order_id = new_order(status=S.PREPARING)
    with transaction() as session:
        put_in_error(session, SYSTEM, order_id, "Le total n’est pas la *somme* des lignes.", utc_now())
    at = opened(signed_up(Role.ADMIN))
    assert [said.value.replace("\\", "") for said in at.error] == ["Le total n’est pas la *somme* des lignes."]
    at = start(at, "Réparer")
    assert len([said for said in at.error if "Le total n’est pas" in said.value]) == 2  # On the page, in the dialog.
    assert "La commande passe de «\u00a0Erreur\u00a0» à **«\u00a0En cours de traitement\u00a0»**" in words(at)
    at = act(at)
    assert "Indiquez ce qui a été réparé" in words(at)
    field(at.text_area, "note").set_value("Total corrigé")
    act(at)
    assert one(Order.status, order_id) is S.PREPARING


def test_a_note_is_for_the_house(signed_up: SignUp) -> None:
    order_id = new_order()
    at = opened(signed_up(Role.MANAGER)).button(key="order_add_note").click().run()
    field(at.text_area, "note").set_value("Rappeler *lundi*")
    at = act(at)
    assert html_of(at).count("Rappeler *lundi*") == 2  # Beside the customer, and in the history.
    seller = opened(signed_up(Role.SELLER, seller_id=one(Order.seller_id, order_id)))
    assert "Rappeler" not in html_of(seller)
    assert "Notes internes" not in words(seller)


def test_the_newest_three_notes_stand_beside_the_customer(signed_up: SignUp) -> None:
    order_id, manager = new_order(), signed_up(Role.MANAGER)
    with transaction() as session:
        for day in range(4):
            at, event = utc_now() - dt.timedelta(days=day), HistoryEvent.NOTE_ADDED
            session.add(OrderHistory(order_id=order_id, event=event, at=at, actor_name="Zoé", note=f"note {day}"))
    page = html_of(opened(manager))
    assert [page.count(f"note {day}") for day in range(4)] == [2, 2, 2, 1]


def test_contact_address_and_delivery_are_corrected_in_their_dialogs(signed_up: SignUp) -> None:
    order_id, at = new_order(), opened(signed_up(Role.SUPPORT))

    at = at.button(key="order_edit_contact").click().run()
    field(at.text_input, "email").set_value("nope")
    at = act(at)
    assert "adresse e-mail complète" in words(at)
    field(at.text_input, "email").set_value("evelyne@example.org")
    at = act(at)
    assert "Contact modifié." in words(at)
    assert one(Order.customer_email, order_id) == "evelyne@example.org"

    at = at.button(key="order_edit_delivery_address").click().run()
    assert field(at.text_input, "name").value == "Évelyne Morin"
    for name, value in (("street", "3 rue du Port"), ("postcode", "13100"), ("city", "Aix")):
        field(at.text_input, name).set_value(value)
    at = act(at)
    with reading() as session:
        address = session.scalars(sa.select(OrderAddress).where(OrderAddress.order_id == order_id)).one()
    assert (address.kind, address.city) == (AddressKind.DELIVERY, "Aix")

    at = at.button(key="order_edit_delivery").click().run()
    at = field(at.selectbox, "mode").set_value(DeliveryMode.PICKUP_POINT).run()
    field(at.text_area, "pickup").set_value("Tabac du Port")
    at = act(at)
    assert one(Order.pickup_address, order_id) == "Tabac du Port"
    for told in ("e-mail : e.morin@example.org → evelyne@example.org", "livraison, ville : Aix", "Point relais"):
        assert told in html_of(at), told


def test_an_edit_that_changes_nothing_says_so(signed_up: SignUp) -> None:
    new_order()
    at = opened(signed_up(Role.SUPPORT)).button(key="order_edit_contact").click().run()
    assert "tout était déjà ainsi" in words(act(at))


def test_the_second_of_two_people_sees_both_states_and_goes_on(signed_up: SignUp) -> None:
    order_id, at = new_order(), opened(signed_up(Role.SUPPORT))
    at = start(at, "Expédier")
    field(at.text_input, "tracking_number").set_value("6A42")
    with transaction() as session:
        move_order(session, SYSTEM, order_id, Move(S.READY), utc_now())

    at = act(at)
    assert "**Rien n’a été fait.**" in words(at)
    for part in ("Ce que vous aviez sous les yeux", "Maintenant", "Payée", "Commande prête", "Système"):
        assert part in html_of(at), part
    assert field(at.text_input, "tracking_number").value == "6A42"
    assert one(Order.status, order_id) is S.READY

    act(at)
    assert one(Order.status, order_id) is S.SHIPPED


def test_where_the_other_one_did_it_already_there_is_nothing_left_to_do(signed_up: SignUp) -> None:
    order_id, at = new_order(), opened(signed_up(Role.SUPPORT))
    at = start(at, "Mettre en préparation")
    with transaction() as session:
        move_order(session, SYSTEM, order_id, Move(S.PREPARING), utc_now())
    at = act(at)
    assert "Déjà au statut « En cours de traitement »." in words(at)
    assert not can_act(at)


def test_who_does_not_want_to_after_all_does_nothing(signed_up: SignUp) -> None:
    order_id, at = new_order(), opened(signed_up(Role.SUPPORT))
    at = start(at, "Mettre en préparation")
    at = next(button for button in at.button if button.label == "Ne rien faire").click().run()
    assert not at.exception
    assert not is_open(at)
    assert one(Order.status, order_id) is S.PAID


def test_two_edits_of_one_contact_both_count(signed_up: SignUp) -> None:
    order_id, at = new_order(), opened(signed_up(Role.SUPPORT))
    at = at.button(key="order_edit_contact").click().run()
    field(at.text_input, "phone").set_value("07 00 00 00 00")
    with transaction() as session:
        edit = ContactEdit("Évelyne Morin", "corrected@example.org", "0612345678")
        edit_order(session, Actor(SYSTEM.kind, "Import"), order_id, 1, edit, utc_now())

    at = act(at)
    assert "corrected@example.org" in html_of(at)
    assert "Import" in html_of(at)
    act(at)
    assert one(Order.customer_phone, order_id) == "07 00 00 00 00"
    assert one(Order.customer_email, order_id) == "corrected@example.org"


def test_an_undo_that_comes_too_late_is_refused_with_why(signed_up: SignUp) -> None:
    order_id, at = new_order(), opened(signed_up(Role.SUPPORT))
    at = act(start(at, "Mettre en préparation"))
    with transaction() as session:
        session.execute(sa.update(OutboxMessage).values(state=OutboxState.SENT))
    at = at.button(key="order_undo_button").click().run()
    assert "Un e-mail est déjà parti" in words(at)
    assert one(Order.status, order_id) is S.PREPARING


def test_an_unpaid_customer_is_reminded_once_an_hour(signed_up: SignUp) -> None:
    new_order(**UNPAID)
    at = start(opened(signed_up(Role.SUPPORT)), "Relancer le client")
    assert "E-mail «\u00a0Relance de paiement\u00a0» à e.morin@example.org." in words(at)
    at = act(at)
    assert "Client relancé · il reste" in words(at)
    at = start(at, "Relancer le client")
    assert "Déjà relancée" in words(at)
    assert not can_act(at)


def test_the_confirmation_is_sent_again(signed_up: SignUp) -> None:
    new_order()
    at = act(start(opened(signed_up(Role.SUPPORT)), "Renvoyer la confirmation"))
    assert [mail.template for mail in mails()] == [EmailTemplate.ORDER_CONFIRMATION]
    assert "E-mail renvoyé · il reste" in words(at)


def test_an_email_that_was_refused_is_said_at_the_top_and_can_be_read(signed_up: SignUp) -> None:
    order_id = new_order()
    with transaction() as session:
        session.add(
            OutboxMessage(
                order_id=order_id,
                event="move:1",
                template=EmailTemplate.ORDER_SHIPPED,
                recipient_kind=RecipientKind.CUSTOMER,
                recipient="e.morin@example.org",
                state=OutboxState.BOUNCED,
                subject="Commande envoyée A-1",
                html="<html><head></head><body>Bonjour</body></html>",
                text="Bonjour",
            )
        )
    at = opened(signed_up(Role.SUPPORT))
    assert "L’e-mail « Commande envoyée » a été refusé par l’adresse e.morin@example.org." in words(at)
    at = at.button(key="order_trouble_1").click().run()
    assert not at.exception
    assert "Commande envoyée A-1" in [title.value for title in at.subheader][-1].replace("\\", "")


def test_of_many_emails_the_newest_are_shown_and_all_are_one_click_away(signed_up: SignUp) -> None:
    order_id = new_order()
    with transaction() as session:
        for number in range(9):
            session.add(
                OutboxMessage(
                    order_id=order_id,
                    event=f"message:{number}",
                    template=EmailTemplate.MESSAGE,
                    recipient_kind=RecipientKind.CUSTOMER,
                    recipient="e.morin@example.org",
                )
            )
    at = opened(signed_up(Role.SUPPORT))
    read = [button.key for button in at.button if str(button.key).startswith("order_read_")]
    assert read == [f"order_read_{number}" for number in range(9, 1, -1)]
    assert "Voir les 9\u00a0e-mails" in [link.proto.label for link in at.get("page_link")]


def test_a_refund_that_is_to_be_made_is_said(signed_up: SignUp) -> None:
    order_id = new_order()
    with transaction() as session:
        session.add(Payment(order_id=order_id, kind=PaymentKind.REFUND, method=PaymentMethod.CARD, amount_cents=5_00))
    at = opened(signed_up(Role.SUPPORT))
    assert "Remboursement à faire" in html_of(at)
    assert "à faire" in html_of(at)


def test_a_seller_has_no_buttons_but_the_papers_of_their_order(signed_up: SignUp) -> None:
    order_id = new_order()
    at = opened(signed_up(Role.SELLER, seller_id=one(Order.seller_id, order_id)))
    assert [menu.label for menu in at.get("menu_button")] == ["Imprimer"]
    assert [button.key for button in at.button] == ["sign_out"]


def test_a_dialog_that_was_left_by_leaving_the_page_does_not_come_back(signed_up: SignUp) -> None:
    new_order()
    with transaction() as session:
        create_order(session, number="B-2")
    at = start(opened(signed_up(Role.SUPPORT)), "Mettre en préparation")
    at.query_params["n"] = "B-2"
    at.run()
    assert not is_open(at)
    at.query_params["n"] = "A-1"
    at.run()
    assert not is_open(at)


def test_a_row_of_history_tells_who_did_it(signed_up: SignUp) -> None:
    new_order()
    person_id = signed_up(Role.SUPPORT, name="Samira Benali")
    act(start(opened(person_id), "Mettre en préparation"))
    with reading() as session:
        row = session.scalars(sa.select(OrderHistory)).one()
    assert (row.actor_name, row.person_id, row.at.tzinfo) == ("Samira Benali", person_id, dt.UTC)
