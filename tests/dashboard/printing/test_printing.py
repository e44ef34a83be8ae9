"""Printing in number: of ticked orders, of a list, of days; what would be printed is said before it is asked for."""

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from dashboard.bulk.bar import print_label, printed_for
from db.domain.actor import SYSTEM
from db.domain.files import FileKind
from db.domain.papers import Form, Paper
from db.domain.permissions import Role
from db.domain.time import local_day, utc_now
from db.engine import reading, transaction
from db.models import StoredFile
from db.services.documents.issue import issue_invoice
from tests.dashboard.apptest import open_page
from tests.factories import create_issuer, create_line, create_order

SignUp = Callable[..., int]


@pytest.fixture
def orders(use_database: str) -> dict[str, int]:
    """Three orders of today, two of them invoiced; number → id."""
    now = utc_now()
    with transaction() as session:
        seller = create_issuer(session, code="THE")
        made = [
            create_order(session, seller, number=number, placed_at=now, lines=[create_line(supplier="Kyoto Tea")])
            for number in ("A-1", "A-2", "A-3")
        ]
        for order in made[:2]:
            issue_invoice(session, SYSTEM, order.id, now)
        return {order.number: order.id for order in made}


def ticked(person_id: int, ids: list[int]) -> AppTest:
    at = open_page("/commandes", person_id=person_id, query={"statut": "tous"})
    at.session_state["selection_ids"] = frozenset(ids)
    at.session_state["selection_generation"] += 1
    return at.run()


def choose(at: AppTest, paper: Paper) -> AppTest:
    next(menu for menu in at.get("menu_button") if menu.proto.label == "Imprimer").click(paper)
    return at.run()


def press(at: AppTest, label: str) -> AppTest:
    next(button for button in at.button if button.label.replace("\u00a0", " ") == label).click()
    at.run()
    assert not at.exception
    return at


def confirm(at: AppTest) -> tuple[str, bool]:
    """The words of the filled button, and whether it can be clicked."""
    button = at.button(key="print_confirm")
    return button.label.replace("\u00a0", " "), not button.disabled


def words(at: AppTest) -> str:
    shown = (*at.markdown, *at.caption, *at.error, *at.expander)
    said = [getattr(element, "value", "") or getattr(element, "label", "") for element in shown]
    return "\n".join(said).replace("\u00a0", " ").replace("\\", "").replace("**", "")


def asked() -> list[tuple[FileKind, dict[str, object], str]]:
    with reading() as session:
        rows = session.execute(
            sa.select(StoredFile.kind, StoredFile.arguments, StoredFile.person_name)
            .where(StoredFile.document_id.is_(None))
            .order_by(StoredFile.id)
        )
        return [(row.kind, row.arguments, row.person_name) for row in rows]


def test_one_menu_has_papers_and_what_goes_on_parcels() -> None:
    labels = [print_label(each) for each in printed_for(Role.SUPPORT.may)]
    assert labels[:2] == ["Factures", "Avoirs"]
    assert labels[-2:] == ["Étiquettes d’envoi", "Fichier pour un transporteur"]
    assert printed_for(Role.SELLER.may) == list(Paper)


def test_invoices_of_ticked_orders_are_counted_and_asked_for(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = choose(ticked(signed_up(Role.SUPPORT, name="Sam"), list(orders.values())), Paper.INVOICES)
    assert not at.exception
    assert "2 factures pour 2 commandes. Dans l’ordre des numéros." in words(at)
    assert "1 commande n’a pas de facture." in words(at)
    assert "[A-3]" in words(at)
    assert confirm(at) == ("Imprimer 2 factures", True)
    at.radio(key="print_field_form").set_value(Form.ZIP).run()
    press(at, "Imprimer 2 factures")
    ((kind, arguments, who),) = asked()
    assert (kind, arguments["paper"], arguments["form"], who) == (FileKind.PAPERS, "invoices", "zip", "Sam")
    assert len(arguments["ids"]) == 2  # type: ignore[arg-type]
    assert "fichier" in at.query_params  # Its progress survives a reload.
    assert "print_confirm" not in [button.key for button in at.button]


def test_nothing_found_is_a_sentence_and_no_file(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = choose(ticked(signed_up(Role.SUPPORT), [orders["A-3"]]), Paper.CREDIT_NOTES)
    assert "Il n’y a rien à imprimer : aucun avoir pour ce que vous avez choisi." in words(at)
    assert confirm(at) == ("Imprimer", False)
    assert asked() == []


def test_one_paper_is_called_by_its_article(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = choose(ticked(signed_up(Role.SUPPORT), [orders["A-1"]]), Paper.INVOICES)
    assert confirm(at) == ("Imprimer la facture", True)
    at = choose(
        ticked(signed_up(Role.ADMIN, email="a@example.org"), [orders["A-1"], orders["A-3"]]), Paper.PICKING_LIST
    )
    assert confirm(at) == ("Imprimer la liste de prélèvement", True)


def test_a_whole_list_is_printed_without_ticking(signed_up: SignUp, orders: dict[str, int]) -> None:
    today = local_day(utc_now()).isoformat()
    query = {"statut": "tous", "du": today, "au": today}
    at = press(open_page("/commandes", person_id=signed_up(Role.FINANCE), query=query), "Imprimer en nombre")
    assert confirm(at) == ("Imprimer 2 factures", True)
    press(at, "Imprimer 2 factures")
    ((_, arguments, _),) = asked()
    assert len(arguments["ids"]) == 2  # type: ignore[arg-type]


def test_days_are_asked_on_the_page_of_files(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = press(open_page("/fichiers-produits", person_id=signed_up(Role.FINANCE)), "Imprimer en nombre")
    assert [date.value for date in at.date_input] == [local_day(utc_now()).replace(day=1), local_day(utc_now())]
    assert confirm(at) == ("Imprimer 2 factures", True)
    long_ago = dt.date(2020, 1, 31)
    at.date_input(key="print_field_last_day").set_value(long_ago).run()
    assert "La période se termine avant de commencer" in words(at)
    assert not confirm(at)[1]
    at.date_input(key="print_field_first_day").set_value(long_ago).run()
    assert "aucune facture pour ce que vous avez choisi" in words(at)
    at.date_input(key="print_field_first_day").set_value(None).run()
    assert "Indiquez les deux dates." in words(at)
    assert confirm(at) == ("Imprimer", False)


def test_days_typed_right_before_the_click_are_counted_first(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = open_page("/fichiers-produits", person_id=signed_up(Role.FINANCE))
    at = press(at, "Imprimer en nombre")
    at.date_input(key="print_field_first_day").set_value(dt.date(2020, 1, 1))
    at.button(key="print_confirm").click().run()
    assert not at.exception
    assert "Les dates ont changé" in words(at)
    assert asked() == []


def test_a_seller_prints_their_own_orders_alone(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = press(open_page("/fichiers-produits", person_id=signed_up(Role.SELLER)), "Imprimer en nombre")
    assert "aucune facture pour ce que vous avez choisi" in words(at)
    assert "print_field_seller" not in [box.key for box in at.selectbox]


def test_summaries_show_prices_when_one_says_so(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = choose(ticked(signed_up(Role.SUPPORT), [orders["A-1"]]), Paper.ORDER_SUMMARIES)
    at.checkbox(key="print_field_prices").check().run()
    assert confirm(at) == ("Imprimer le récapitulatif fournisseur", True)
    press(at, "Imprimer le récapitulatif fournisseur")
    ((_, arguments, _),) = asked()
    assert arguments["shows_prices"] is True
