"""« Remboursement de produits » in a browser: filled in, said to the cent, done; then finance gives the money back."""

import datetime as dt
import secrets

from playwright.sync_api import Page, expect

from db.domain.actor import SYSTEM
from db.domain.orders import OrderStatus, PaymentMethod, PaymentRecordState
from db.models import Payment
from db.services.documents.issue import issue_invoice
from tests.browser.conftest import RunningApp, settle
from tests.browser.test_order_actions import dialog_of, open_order
from tests.browser.test_parcels import writing
from tests.db.services.documents.test_issue import tea_order
from tests.db.services.test_settlements import lines_of
from tests.factories import create_issuer

_LONG_AGO = dt.datetime(2024, 5, 21, 9, tzinfo=dt.UTC)


def a_received_order(app: RunningApp) -> str:
    """61,31 € paid by cheque: two teas at 25,00 €, a teapot at 31,41 €, 4,90 € of shipping; all received, invoiced."""
    with writing(app) as session:
        seller = create_issuer(session, "Salon de thé", code=f"RETOUR{secrets.token_hex(2).upper()}")
        order = tea_order(
            session,
            seller,
            status=OrderStatus.RECEIVED,
            payment_method=PaymentMethod.CHEQUE,
            placed_at=_LONG_AGO,
            received_at=_LONG_AGO,
        )
        for line in lines_of(session, order):
            line.quantity_shipped = line.quantity
        session.add(
            Payment(
                order_id=order.id,
                method=PaymentMethod.CHEQUE,
                state=PaymentRecordState.CAPTURED,
                amount_cents=61_31,
                booked_at=_LONG_AGO,
            )
        )
        session.flush()
        issue_invoice(session, SYSTEM, order.id, _LONG_AGO)
        return order.number


def test_articles_and_shipping_are_given_back_and_finance_marks_it_done(desktop: Page, app: RunningApp) -> None:
    number = a_received_order(app)
    open_order(desktop, app, number)
    desktop.get_by_role("button", name="Autres actions").click()
    desktop.get_by_text("Rembourser des produits").click()

    dialog = dialog_of(desktop, "Rembourser des produits ?")
    expect(dialog.get_by_text("Il reste 61,31 € à rembourser")).to_be_visible()
    settle(desktop)
    quantity = dialog.get_by_label("Thé vert bio : quantité à rembourser")
    quantity.fill("1")
    quantity.press("Enter")
    expect(dialog.get_by_text("Remboursement à faire : 12,50 €")).to_be_visible()
    settle(desktop)
    dialog.get_by_text("Inclure les frais de port").click()
    # 12,50 + 4,90.
    act = dialog.get_by_role("button", name="Remboursement de produits · 17,40 €")
    expect(act).to_be_visible()
    expect(dialog.get_by_text("Avoir de 17,40 €")).to_be_visible()
    settle(desktop)
    dialog.get_by_label("Motif").click()
    desktop.get_by_role("option", name="Retour d’articles").click()
    expect(desktop.get_by_role("option")).to_have_count(0)
    settle(desktop)
    act.click()
    expect(dialog).to_have_count(0)
    expect(desktop.get_by_text("Remboursement · Chèque")).to_be_visible()

    desktop.goto(f"{app.url}/remboursements?q={number}")
    expect(desktop.get_by_test_id("stDataFrame")).to_be_visible()
    settle(desktop)
    box = desktop.get_by_test_id("stDataFrame").bounding_box()
    assert box is not None
    desktop.mouse.click(box["x"] + 17, box["y"] + 52)  # The tick of the first row: the grid is a canvas.
    done = desktop.get_by_role("button", name="Marquer comme fait")
    expect(done).to_be_visible()
    settle(desktop)
    done.click()
    dialog = dialog_of(desktop, "Ce remboursement est-il fait ?")
    expect(dialog.get_by_text(f"17,40 € · chèque · commande {number}")).to_be_visible()
    settle(desktop)
    dialog.get_by_label("Référence").fill("CH 0042")
    dialog.get_by_role("button", name="Marquer comme fait").click()
    expect(dialog).to_have_count(0)
    expect(desktop.get_by_text("Aucun remboursement ne correspond à ces filtres")).to_be_visible()

    open_order(desktop, app, number)
    expect(desktop.get_by_text("CH 0042").first).to_be_visible()
