"""The home page as people open it: through the shell, on a database of its own."""

import datetime as dt
import json
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from db.domain.mail import OutboxState
from db.domain.orders import OrderStatus
from db.domain.permissions import Role
from db.domain.time import local_day, utc_now
from db.engine import transaction
from db.models import Return
from tests.dashboard.apptest import open_page
from tests.factories import create_order, create_seller
from tests.jobs.mail.letters import queue_emails

SignUp = Callable[..., int]


def noon(day: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day}T11:00+00:00")


def data_of(at: AppTest, component: str) -> dict[str, object]:
    return next(json.loads(c.proto.json) for c in at.get("bidi_component") if c.proto.component_name == component)


def cells_of(at: AppTest) -> dict[str, dict[str, object]]:
    return {cell["date"]: cell for week in data_of(at, "month_calendar")["weeks"] for cell in week}


def todo_of(at: AppTest) -> dict[str, str]:
    return {link.proto.label: link.proto.query_string for link in at.get("page_link")}


@pytest.fixture
def shop(use_database: str) -> dict[str, int]:
    """Two sellers, two currencies, and four days of October 2025."""
    with transaction() as session:
        tea, cheese = create_seller(session, "Maison du thé"), create_seller(session, "Fromagerie")
        create_order(session, tea, total_cents=100_00, placed_at=noon("2025-10-03"), number="T-A")
        create_order(session, tea, total_cents=300_00, placed_at=noon("2025-10-03"), number="T-B")
        create_order(session, cheese, total_cents=50_00, placed_at=noon("2025-10-04"), status=OrderStatus.COMPLETED)
        create_order(session, cheese, total_cents=9_00, placed_at=noon("2025-10-05"), status=OrderStatus.CANCELLED)
        create_order(session, cheese, total_cents=70_00, placed_at=noon("2025-10-06"), currency="GBP")
        create_order(session, tea, total_cents=400_00, placed_at=noon("2024-10-31"))
        return {"tea": tea.id, "cheese": cheese.id}


def test_a_month_shows_its_title_its_figures_and_last_years(signed_up: SignUp, shop: dict[str, int]) -> None:
    at = open_page("/", person_id=signed_up(), query={"mois": "2025-10"})
    assert not at.exception
    assert at.header[0].value == "Octobre 2025"
    figures = at.markdown[0].value
    assert figures.startswith("**3\u00a0commandes · 450,00\u00a0€**".replace(",", "\\,"))
    assert "+12,5\u00a0%" in figures
    assert cells_of(at)["2025-10-03"]["label"] == "vendredi 3 octobre 2025, 2\u00a0commandes, 400,00\u00a0€"
    assert cells_of(at)["2025-10-05"]["count"] == ""
    assert "Les commandes annulées ne sont pas comptées." in [caption.value for caption in at.caption]


def test_a_chosen_day_lists_its_orders(signed_up: SignUp, shop: dict[str, int]) -> None:
    at = open_page("/", person_id=signed_up(), query={"mois": "2025-10", "jour": "2025-10-03"})
    assert data_of(at, "month_calendar")["selected"] == "2025-10-03"
    assert data_of(at, "home_day")["title"] == "Vendredi 3 octobre 2025"
    assert {row["full_number"] for row in data_of(at, "home_day")["rows"]} == {"T-A", "T-B"}


def test_the_seller_and_the_currency_are_chosen_in_the_address(signed_up: SignUp, shop: dict[str, int]) -> None:
    query = {"mois": "2025-10", "vendeur": str(shop["cheese"]), "devise": "GBP"}
    at = open_page("/", person_id=signed_up(), query=query)
    assert [date for date, cell in cells_of(at).items() if cell["count"]] == ["2025-10-06"]
    assert at.selectbox(key="home_seller").value == shop["cheese"]
    assert at.selectbox(key="home_currency").value == "GBP"


def test_turning_the_month_writes_it_into_the_address_and_keeps_the_filters(
    signed_up: SignUp, shop: dict[str, int]
) -> None:
    at = open_page("/", person_id=signed_up(), query={"mois": "2025-10", "jour": "2025-10-03", "devise": "GBP"})
    at.button(key="home_turn_-1").click().run()
    assert at.header[0].value == "Septembre 2025"
    assert at.query_params == {"mois": "2025-09", "devise": "GBP"}
    at.selectbox(key="home_month").set_value(dt.date(2025, 10, 1)).run()
    assert at.header[0].value == "Octobre 2025"
    at.selectbox(key="home_seller").set_value(shop["tea"]).run()
    assert at.query_params == {"mois": "2025-10", "vendeur": str(shop["tea"]), "devise": "GBP"}


def test_today_is_one_click_away(signed_up: SignUp, shop: dict[str, int]) -> None:
    at = open_page("/", person_id=signed_up(), query={"mois": "2025-10"})
    next(button for button in at.button if button.label == "Aujourd’hui").click().run()
    assert data_of(at, "month_calendar")["selected"] == local_day(utc_now()).isoformat()


def test_an_empty_month_leads_to_the_last_one_with_sales(signed_up: SignUp, shop: dict[str, int]) -> None:
    at = open_page("/", person_id=signed_up(), query={"mois": "2024-01"})
    assert "Aucune commande" in at.markdown[0].value
    next(button for button in at.button if "octobre 2025" in button.label).click().run()
    assert at.header[0].value == "Octobre 2025"


def test_a_shop_without_any_order_opens_on_a_calm_empty_month(signed_up: SignUp) -> None:
    at = open_page("/", person_id=signed_up())
    assert not at.exception
    assert not at.toast
    assert {cell["count"] for cell in cells_of(at).values()} == {""}


@pytest.mark.parametrize("bad", ["2025-99", "<script>alert(1)</script>", "💥", "' OR 1=1 --", "9" * 300])
def test_values_that_cannot_be_understood_fall_back_with_a_notice(
    signed_up: SignUp, shop: dict[str, int], bad: str
) -> None:
    at = open_page("/", person_id=signed_up(), query=dict.fromkeys(("mois", "jour", "vendeur", "devise"), bad))
    assert not at.exception
    assert "n’existe pas" in at.toast[0].value
    assert bad not in at.toast[0].value
    assert data_of(at, "month_calendar")["selected"] == local_day(utc_now()).isoformat()


def test_a_seller_sees_their_own_sales_and_has_no_seller_to_choose(signed_up: SignUp, shop: dict[str, int]) -> None:
    person_id = signed_up(Role.SELLER, seller_id=shop["tea"])
    at = open_page("/", person_id=person_id, query={"mois": "2025-10", "vendeur": str(shop["cheese"])})
    assert [date for date, cell in cells_of(at).items() if cell["count"]] == ["2025-10-03"]
    assert "home_seller" not in [box.key for box in at.selectbox]
    assert "vendeur" in at.toast[0].value


def test_what_is_to_be_done_links_to_what_it_counts(signed_up: SignUp, use_database: str) -> None:
    with transaction() as session:
        for status in (OrderStatus.AWAITING_PAYMENT, OrderStatus.PAID, OrderStatus.CONFIRMING, OrderStatus.READY):
            create_order(session, status=status)
        create_order(session, status=OrderStatus.PREPARING, ship_by=dt.date(2020, 1, 1))
        returned = create_order(session, status=OrderStatus.COMPLETED)
        session.add(Return(order_id=returned.id))
        session.add(Return(order_id=returned.id, requested_at=noon("2025-10-03")))
    at = open_page("/", person_id=signed_up())
    assert todo_of(at) == {
        ":gray[0 en erreur]": "statut=error",
        ":red[**1** expédition en retard]": "attente=retard",
        ":gray[0 livraison en retard]": "attente=livraison&statut=tous",
        "**2** à préparer": "statut=paid%2Cconfirming",
        "**2** à expédier": "statut=preparing%2Cready%2Cpartly_shipped",
        ":red[**1** retour à rembourser en retard]": "liste=en-retard",
        "**2** retours en cours": "",
        ":gray[0 retour sans réponse]": "liste=a-repondre",
        ":gray[0 remboursement à faire]": "",
        ":gray[0 remboursement en retard]": "",
        ":gray[0 remboursement refusé]": "liste=refuses",
        ":gray[0 reversement rejeté par la banque]": "liste=rejetes",
        ":gray[0 reversement à approuver]": "",
        ":gray[0 reversement à exporter]": "liste=approuves",
        ":gray[0 reversement retenu]": "liste=retenus",
        "**1** en attente de paiement": "statut=awaiting_payment",
        ":gray[0 e-mail ou SMS à traiter]": "etat=a-traiter",
        ":gray[0 facture ou avoir à vérifier]": "periode=tout&statut=a-verifier",
        ":gray[0 facture ou avoir à établir]": "type=a-etablir",
        ":gray[0 série de factures à examiner]": "",
        ":gray[0 solde à examiner]": "",
        ":gray[0 commande en écart inexpliqué]": "du=1990-01-01&au=2199-12-31&par=mois",
    }


def test_emails_in_trouble_are_told_to_those_who_may_read_them(signed_up: SignUp, use_database: str) -> None:
    with transaction() as session:
        seller_id = create_seller(session).id
        for state in (OutboxState.BOUNCED, OutboxState.FAILED, OutboxState.UNCERTAIN, OutboxState.SENT):
            queue_emails(session, 1, event=state.value, state=state)
    shown = todo_of(open_page("/", person_id=signed_up()))
    assert shown[":red[**3** e-mails ou SMS à traiter]"] == "etat=a-traiter"
    shown = todo_of(open_page("/", person_id=signed_up(Role.SELLER, seller_id=seller_id)))
    assert not [label for label in shown if "e-mail" in label or "réponse" in label]
