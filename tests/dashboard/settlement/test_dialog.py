"""« Remboursement de produits » as finance fills it in: every effect said before, done once, nothing typed lost.

The order of the examples: two teas at 25,00 € (5,5 %), a teapot at 31,41 € and 4,90 € of shipping (20 %), paid by card,
received and invoiced; 1,78 € of fee and 61 points.
"""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from db.domain.actor import SYSTEM
from db.domain.orders import ActorKind, PaymentKind, PaymentMethod, ReturnStatus
from db.domain.permissions import Role
from db.domain.returns import Condition
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import Document, Order, OrderLine, Payment, Product, Return, ReturnLine, Settlement, Voucher
from db.services.notes import add_note
from tests.dashboard.apptest import open_page
from tests.dashboard.order_page.dialogs.test_frame import act, can_act, field, is_open, mails, opened, start, words
from tests.db.services import test_settlements
from tests.db.services.test_settlements import received_order

SignUp = Callable[..., int]
REFUND = "Rembourser des produits"


@pytest.fixture
def order(use_database: object) -> int:
    with transaction() as session:
        made = received_order(session)
        made.number = "A-1"
        return made.id


def lines() -> list[int]:
    with reading() as session:
        return list(session.scalars(sa.select(OrderLine.id).order_by(OrderLine.position)))


def dialog(signed_up: SignUp) -> AppTest:
    at = start(opened(signed_up(Role.FINANCE)), REFUND)
    assert not at.exception
    return at


def typed(at: AppTest, name: str, text: str) -> AppTest:
    at = field(at.text_input, name).set_value(text).run()
    assert not at.exception
    return at


def switched(at: AppTest, name: str, *, on: bool = True) -> AppTest:
    at = field(at.toggle, name).set_value(on).run()
    assert not at.exception
    return at


def because(at: AppTest, reason: str = "Retour d’articles") -> AppTest:
    return field(at.selectbox, "reason").set_value(reason).run()


def label(at: AppTest) -> str:
    return next(button.label for button in at.button if str(button.key).endswith("_act")).replace("\u00a0", " ")


def said(at: AppTest) -> str:
    return words(at).replace("\u00a0", " ")


def warned(at: AppTest) -> list[str]:
    """The lines of the warning, as they are read."""
    (warning,) = at.warning
    return warning.value.replace("\\", "").replace("\u00a0", " ").split("  \n")


def test_every_effect_is_said_before_and_done_by_one_click(signed_up: SignUp, order: int) -> None:
    tea, _ = lines()
    at = dialog(signed_up)
    assert (label(at), can_act(at)) == ("Remboursement de produits", False)
    assert "Il reste 61,31 € à rembourser." in said(at)

    at = switched(typed(at, f"units_{tea}", "1"), "shipping")

    # 12,50 + 4,90.
    assert "Remboursement à faire : 17,40 €** sur la carte bancaire." in said(at)
    assert "En stock : 1 × Thé vert bio." in said(at)
    # The fee of 61,31 is 1,78, of 43,91 it is 1,27.
    assert "Compte du vendeur : −17,40 €, frais rendus +0,51 €." in said(at)
    assert "18 points de fidélité repris au client." in said(at)
    assert "Avoir de 17,40 €** sur la facture F2026-THE-000001" in said(at)
    # 12,50 / 1,055 = 11,848; 4,90 / 1,2 = 4,083.
    assert "| Thé vert bio | 1 | −11,85 € | −0,65 € | −12,50 € |" in said(at)
    assert "| **TVA 5,5 %** |  | **−11,85 €** | **−0,65 €** | **−12,50 €** |" in said(at)
    assert "| **TVA 20 %** |  | **−4,08 €** | **−0,82 €** | **−4,90 €** |" in said(at)
    assert "E-mail « Avoir »" in said(at)
    assert label(at) == "Remboursement de produits · 17,40 €"

    at = act(because(at))

    assert not is_open(at)
    assert "17,40 € à rembourser · avoir AV2026-THE-000001." in said(at)
    with reading() as session:
        assert session.scalars(sa.select(Document.gross_cents).order_by(Document.id)).all() == [61_31, -17_40]
        refund = session.scalars(sa.select(Payment).where(Payment.kind == PaymentKind.REFUND)).one()
        assert (refund.amount_cents, refund.method) == (17_40, PaymentMethod.CARD)
        assert session.scalars(sa.select(Product.stock).order_by(Product.id)).all() == [11, 3]
        assert session.scalars(sa.select(Settlement.reason)).one() == "Retour d’articles"
    # The points of the order itself were told before.
    assert [mail.template for mail in mails()] == ["loyalty_points", "credit_note"]


def test_less_than_the_price_asks_why_and_keeps_it(signed_up: SignUp, order: int) -> None:
    _, pot = lines()
    at = typed(dialog(signed_up), f"units_{pot}", "1")
    at = typed(at, f"amount_{pot}", "20,00")
    # 31,41 − 20,00.
    assert "11,41 € de moins que le prix." in said(at)
    at = act(because(at))
    assert "Indiquez pourquoi vous rendez moins que le prix" in said(at)
    at = typed(at, "deduction", "Couvercle ébréché")
    act(at)
    with reading() as session:
        row = session.scalars(sa.select(Settlement)).one()
        assert (row.total_cents, row.deduction_reason) == (20_00, "Couvercle ébréché")


def test_what_is_given_as_a_voucher_is_no_money(signed_up: SignUp, order: int) -> None:
    tea, _ = lines()
    at = switched(typed(dialog(signed_up), f"units_{tea}", "2"), "voucher")
    assert "Bon d’achat de 25,00 €" in said(at)
    assert "Remboursement à faire" not in said(at)
    at = typed(at, "voucher_amount", "10")
    assert "Remboursement à faire : 15,00 €" in said(at)
    act(because(at))
    with reading() as session:
        assert session.scalars(sa.select(Voucher.amount_cents)).one() == 10_00


def test_a_gesture_is_spread_over_what_is_left(signed_up: SignUp, order: int) -> None:
    at = typed(dialog(signed_up), "gesture", "5")
    assert "Remboursement à faire : 5,00 €" in said(at)
    assert "pas en stock" not in said(at)
    act(because(at, "Geste commercial"))
    with reading() as session:
        assert session.scalars(sa.select(Settlement.total_cents)).one() == 5_00


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("units", "3", "il ne reste que 2 à rembourser"),
        ("units", "deux", "n’est pas une quantité de Thé vert bio"),
        ("amount", "25,01", "le remboursement dépasse ce qui reste (25,00 €). Saisissez au plus 25,00 €."),
        ("amount", "beaucoup", "n’est pas un montant"),
        ("gesture", "61,32", "le remboursement dépasse ce qui reste (61,31 €)"),
        ("amount", "0", "Rien n’est choisi"),
    ],
)
def test_what_cannot_be_is_refused_with_the_limit(
    signed_up: SignUp, order: int, name: str, text: str, sentence: str
) -> None:
    tea, _ = lines()
    at = typed(dialog(signed_up), name if name == "gesture" else f"{name}_{tea}", text)
    assert sentence in said(at)
    assert not can_act(at)


def test_two_screens_never_give_the_same_back_twice(signed_up: SignUp, order: int) -> None:
    tea, _ = lines()
    first, second = dialog(signed_up), dialog(signed_up)
    first, second = (because(typed(at, f"units_{tea}", "2")) for at in (first, second))
    act(first)
    second = act(second)
    # The order is another one now: the second one is told, keeps what was typed, and cannot go on with it.
    assert "il n’en reste aucun à rembourser" in said(second)
    assert field(second.text_input, f"units_{tea}").value == "2"
    assert not can_act(second)
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Settlement)) == 1


def test_a_colleagues_change_meanwhile_is_shown_and_what_was_typed_stays(signed_up: SignUp, order: int) -> None:
    tea, _ = lines()
    at = because(typed(dialog(signed_up), f"units_{tea}", "1"))
    with transaction() as session:
        add_note(session, SYSTEM, order, "Vu", utc_now())
        session.execute(sa.update(Order).values(version=Order.version + 1))
    at = act(at)
    assert field(at.text_input, f"units_{tea}").value == "1"
    act(at)
    with reading() as session:
        assert session.scalars(sa.select(Settlement.total_cents)).one() == 12_50


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.MANAGER])
def test_only_who_may_give_money_back_is_offered_it(signed_up: SignUp, order: int, role: Role) -> None:
    at = opened(signed_up(role))
    menus = at.get("menu_button")
    assert not menus or not any(option.endswith(REFUND) for option in menus[0].options)


def a_return(order: int, *, units: int = 2, received: int | None = None, condition: Condition | None = None) -> int:
    tea, _ = lines()
    with transaction() as session:
        made = Return(
            order_id=order, status=ReturnStatus.PARCEL_RECEIVED, requested_by=ActorKind.CUSTOMER, taken_in_at=utc_now()
        )
        session.add(made)
        session.flush()
        session.add(
            ReturnLine(
                return_id=made.id, order_line_id=tea, quantity=units, quantity_received=received, condition=condition
            )
        )
        return made.id


def of_return(signed_up: SignUp, return_id: int) -> AppTest:
    at = open_page("/retour", person_id=signed_up(Role.FINANCE), query={"r": str(return_id)})
    at = at.button(key="return_next").click().run()
    assert not at.exception
    return at


def test_a_return_is_settled_with_what_was_received_and_then_it_is_over(signed_up: SignUp, order: int) -> None:
    tea, _ = lines()
    return_id = a_return(order, received=1)
    at = of_return(signed_up, return_id)
    # Two were announced, one came: 12,50.
    assert field(at.text_input, f"units_{tea}").value == "1"
    assert label(at) == "Remboursement de produits · 12,50 €"
    assert "Le retour est **terminé**." in said(at)
    assert "E-mail « Retour terminé »" in said(at)
    act(at)
    with reading() as session:
        assert session.scalars(sa.select(Return.status)).one() is ReturnStatus.COMPLETED
        assert session.scalars(sa.select(Settlement.return_id)).one() == return_id
        assert session.scalars(sa.select(OrderLine.quantity_returned).where(OrderLine.id == tea)).one() == 1
    assert [mail.template for mail in mails()][1:] == ["return_completed"]


def test_what_came_damaged_is_not_sold_again_unless_one_says_so(signed_up: SignUp, order: int) -> None:
    at = of_return(signed_up, a_return(order, received=2, condition=Condition.DAMAGED))
    assert "2 articles ne reviennent pas en stock." in said(at)
    at = field(at.multiselect, "kept_out").set_value([]).run()
    assert "En stock : 2 × Thé vert bio." in said(at)
    act(at)
    with reading() as session:
        assert session.scalars(sa.select(Product.stock).order_by(Product.id)).all() == [12, 3]


def test_nobody_is_written_to_where_one_says_so(signed_up: SignUp, order: int) -> None:
    at = switched(of_return(signed_up, a_return(order)), "muted")
    act(at)
    assert [mail.template for mail in mails()] == ["loyalty_points"]


def test_the_email_of_a_return_is_shown_as_it_will_be_read(signed_up: SignUp, order: int) -> None:
    at = switched(of_return(signed_up, a_return(order)), "voucher")
    at = typed(at, "voucher_amount", "5")
    at = switched(at, "example")
    assert "Votre retour pour la commande A-1 est terminé" in said(at)


def test_a_return_gives_back_what_it_announced_and_who_gives_more_is_told_of_the_others(
    signed_up: SignUp, order: int
) -> None:
    tea, pot = lines()
    first, other = a_return(order, units=1), a_return(order, units=1)
    at = of_return(signed_up, first)
    assert "reste 2, 25,00 €, dont 1 dans ce retour" in said(at)
    assert "reste 1, 31,41 €, hors de ce retour" in said(at)
    at = next(each for each in at.button if each.label == "Tout").click().run()
    fields = [field(at.text_input, f"units_{line}").value for line in (tea, pot)]
    assert (fields, list(at.warning)) == (["1", "0"], [])

    at = typed(typed(at, f"units_{tea}", "2"), f"units_{pot}", "1")

    assert warned(at) == [
        "Thé vert bio : ce retour n’en annonce que 1 ; un autre retour en cours de cette commande en attend 1.",
        "Théière : ce retour n’en annonce pas.",
    ]
    act(at)
    with reading() as session:
        assert session.scalars(sa.select(OrderLine.quantity_returned).order_by(OrderLine.position)).all() == [2, 1]

    # The other one can only be ended: it has nothing left to settle.
    at = open_page("/retour", person_id=signed_up(Role.ADMIN), query={"r": str(other)})
    assert not at.exception
    (menu,) = [each for each in at.get("menu_button") if each.label == "Autres actions"]
    assert [option.split(": ", 1)[1] for option in menu.options] == [
        "Vérifier le colis",
        "Terminer sans remboursement",
        "Refuser le retour",
    ]
    at = menu.click_index(1).run()
    assert "Tout ce qu’il annonçait a déjà été rendu par ailleurs : **rien de plus n’est remboursé**" in said(at)


def test_what_was_counted_counts_more_than_what_was_announced(signed_up: SignUp, order: int) -> None:
    tea, _ = lines()
    at = typed(of_return(signed_up, a_return(order, received=1)), f"units_{tea}", "2")
    assert warned(at) == ["Thé vert bio : le colis de ce retour n’en contenait que 1."]


def button(at: AppTest, name: str) -> AppTest:
    return next(each for each in at.button if each.label == name).click().run()


def test_all_is_all_what_was_withheld_and_the_shipping_too(signed_up: SignUp, order: int) -> None:
    tea, pot = lines()
    at = typed(typed(dialog(signed_up), f"units_{tea}", "2"), f"amount_{tea}", "20,00")  # 5,00 of 25,00 are kept.
    assert "Le client lit cette raison." in said(at)
    act(because(typed(at, "deduction", "Boîte abîmée")))

    at = dialog(signed_up)
    assert "reste 5,00 € sans article" in said(at)
    at = button(at, "Tout")
    assert field(at.text_input, f"amount_{tea}").value == "5,00"
    assert field(at.text_input, f"units_{pot}").value == "1"
    assert field(at.toggle, "shipping").value is True
    assert "41,31" in label(at)  # 5,00 + 31,41 + 4,90.
    at = button(at, "Rien")
    assert field(at.text_input, f"amount_{tea}").value == ""
    assert field(at.toggle, "shipping").value is False


def test_where_no_credit_note_is_possible_none_is_spoken_of(
    signed_up: SignUp, use_database: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_settlements, "issue_invoice", lambda *_: None)
    with transaction() as session:
        made = received_order(session)
        made.number, made.invoice_number = "A-1", "FA-2041"
    tea, _ = lines()
    at = typed(dialog(signed_up), f"units_{tea}", "1")
    toggle = field(at.toggle, "credit_note")
    assert toggle.disabled
    assert "FA-2041" in toggle.help
    assert "gardés dans l’historique" in said(at)
    assert "imprimés sur l’avoir" not in said(at)


def test_what_is_not_counted_is_said_and_equal_names_are_told_apart(signed_up: SignUp, order: int) -> None:
    tea, pot = lines()
    with transaction() as session:
        session.execute(sa.update(OrderLine).values(name="Miel"))
        session.execute(sa.update(OrderLine).where(OrderLine.id == tea).values(sku="MIE-040"))
        session.execute(sa.update(OrderLine).where(OrderLine.id == pot).values(sku="MIE-041"))
        uncounted = sa.select(OrderLine.product_id).where(OrderLine.id == pot).scalar_subquery()
        session.execute(sa.update(Product).where(Product.id == uncounted).values(stock=None))
    at = typed(typed(dialog(signed_up), f"units_{tea}", "1"), f"units_{pot}", "1")
    shown = said(at).replace("\\", "")
    assert "1 × Miel (MIE-040)" in shown
    assert "MIE-041 n’est pas compté en stock." in shown
