from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.permissions import Role
from db.queries.marketplace import MarketplaceRow, marketplace
from db.services.marketplace import introduce_marketplace, save_marketplace
from tests.factories import create_person, viewer_for

ROW = MarketplaceRow(
    name="Marché d’ici",
    legal_name="Marché d’ici SAS",
    siren="928017623",
    vat_number="FR09928017623",
    street="12 quai Émile-Zola",
    postcode="35000",
    city="Rennes",
    email="bonjour@example.org",
    sender_email="commandes@example.org",
    copy_email="copie@example.org",
    reply_to_email="aide@example.org",
    phone="02 61 91 64 32",
    brand_colour="#aa2211",
    logo_ref="https://boutique.example/logo.png",
    email_footer="Une ligne\nUne autre",
    payment_url_pattern="https://boutique.example/payer/{number}?depuis=mail",
    product_url_pattern="https://boutique.example/p/{reference}",
    undo_window_s=120,
    points_per_euro=2,
    voucher_days=90,
    low_stock_at=12,
)


@pytest.fixture
def ada(session: Session):
    return viewer_for(create_person(session, Role.ADMIN))


def test_what_is_saved_is_what_is_read(session: Session, ada) -> None:
    assert marketplace(session).name == "Marketplace"  # Nobody has introduced it yet.
    introduce_marketplace(session, {"name": "Avant"})
    save_marketplace(session, ada, ROW)
    assert marketplace(session) == ROW


def test_what_was_typed_is_brought_into_one_form(session: Session, ada) -> None:
    typed = replace(
        ROW,
        name=" Marché\u00a0 d’ici\n",
        siren="928 017 623",
        vat_number="fr 09 928 017 623",
        email=" Bonjour@Example.ORG ",
        brand_colour="#AA2211",
        email_footer="Une ligne\r\nUne autre\r\n",
    )
    assert save_marketplace(session, ada, typed) == ROW


def test_almost_everything_may_be_left_empty(session: Session, ada) -> None:
    bare = MarketplaceRow(name="Marché")
    assert save_marketplace(session, ada, bare) == bare


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": "  "}, "un nom de 1 à 80"),
        ({"siren": "928017624"}, "n’est pas un SIREN"),
        ({"vat_number": "FR00928017623"}, "n’est pas un numéro de TVA"),
        ({"sender_email": "commandes"}, "Adresse d’expédition\u00a0: saisissez une adresse e-mail"),
        ({"reply_to_email": "a b@c.fr"}, "Adresse de réponse"),
        ({"copy_email": "@"}, "Adresse de copie"),
        ({"brand_colour": "red"}, "Choisissez une couleur"),
        ({"logo_ref": "javascript:alert(1)"}, "Logo\u00a0: saisissez une adresse complète"),
        ({"email_footer": "x" * 1_001}, "trop long"),
        ({"email_footer": "\x00"}, "Le pied des e-mails"),
        ({"payment_url_pattern": "https://boutique.example/payer"}, "écrivez {number} une fois"),
        ({"payment_url_pattern": "https://b.example/{number}/{autre}"}, "écrivez {number} une fois"),
        ({"payment_url_pattern": "https://b.example/{number}/{number}"}, "écrivez {number} une fois"),
        ({"payment_url_pattern": "boutique.example/{number}"}, "Reprise du paiement\u00a0: saisissez une adresse"),
        ({"product_url_pattern": "https://b.example/{number}"}, "écrivez {reference} une fois"),
        ({"undo_window_s": 3_601}, "de 0 à 3600 secondes"),
        ({"follow_up_days": 0}, "de 1 à 3650 jours"),
        ({"follow_up_days": 3_651}, "de 1 à 3650 jours"),
        ({"points_per_euro": -1}, "de 0 à 1\u202f000 points"),
        ({"voucher_days": 0}, "de 1 à 3\u202f650 jours"),
        ({"voucher_days": 3_651}, "de 1 à 3\u202f650 jours"),
        ({"low_stock_at": -1}, "de 0 à 1\u202f000\u202f000 unités"),
        ({"points_per_euro": 1_001}, "de 0 à 1\u202f000 points"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(session: Session, ada, change, sentence) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        save_marketplace(session, ada, replace(ROW, **change))


def test_only_who_manages_settings_changes_the_marketplace(session: Session) -> None:
    with pytest.raises(NotAllowedError):
        save_marketplace(session, viewer_for(create_person(session, Role.MANAGER)), ROW)
