"""The account on which a seller is paid, on Réglages › Vendeurs: shown masked, changed with the password."""

import pytest
import sqlalchemy as sa

from db.domain.access import ATTEMPTS_PER_ACCOUNT
from db.domain.permissions import Role
from db.engine import reading, transaction
from db.models import Person, Seller, SignInAttempt
from db.services.passwords import hash_password
from tests.dashboard.apptest import open_page
from tests.factories import IBAN, create_payee

PASSWORD = "quatre mots pour entrer"
NEW_IBAN = "FR76 3000 6000 0112 3456 7890 189"


@pytest.fixture
def ada(signed_up):
    person_id = signed_up(Role.ADMIN, name="Ada Admin")
    with transaction() as session:
        session.get_one(Person, person_id).password_hash = hash_password(PASSWORD)
    return person_id


@pytest.fixture
def seller_id(use_database):
    with transaction() as session:
        return create_payee(session, "Maison du thé", email="the@example.org").id


def opened(person_id, seller_id):
    at = open_page("/vendeurs", person_id=person_id, query={"vendeur": str(seller_id), "volet": "Banque"})
    assert not at.exception
    return at


def button(at, name):
    return next(each for each in at.button if each.key == f"bank_details_{name}")


def filled(at, iban, password):
    button(at, "change").click().run()
    at.text_input(key="bank_details_iban").input(iban)
    at.text_input(key="bank_details_password").input(password)
    button(at, "confirm").click().run()
    assert not at.exception
    return at


def said(at):
    return " ".join(each.value for each in [*at.markdown, *at.caption, *at.error, *at.toast])


def kept(seller_id):
    with reading() as session:
        return session.get_one(Seller, seller_id).iban


def test_the_account_is_shown_masked_with_its_bank(ada, seller_id):
    at = opened(ada, seller_id)
    assert "FR14 •••• •••• 2606" in said(at)
    assert "LA BANQUE POSTALE" in said(at)
    assert "Titulaire\u00a0: Maison du thé SARL" in said(at)
    assert IBAN not in said(at)


def test_what_a_change_brings_is_told_before_and_shown_after(ada, seller_id):
    at = opened(ada, seller_id)
    button(at, "change").click().run()
    assert "Rien n’est versé sur un nouvel IBAN avant 72\u00a0h" in said(at)
    assert "prévient aussitôt the" in said(at)
    at = filled(opened(ada, seller_id), NEW_IBAN, PASSWORD)
    assert kept(seller_id) == "FR7630006000011234567890189"
    assert "FR76 •••• •••• 0189" in said(at)
    assert "Changé récemment\u00a0: rien n’y est versé avant le" in said(at)
    assert "FR14 •••• •••• 2606 → FR76 •••• •••• 0189 · Ada Admin" in said(at)


def test_a_wrong_password_changes_nothing_keeps_what_was_typed_and_is_counted(ada, seller_id):
    at = filled(opened(ada, seller_id), NEW_IBAN, "un autre mot de passe")
    assert "Ce n’est pas votre mot de passe" in said(at)
    assert at.text_input(key="bank_details_iban").value == NEW_IBAN
    assert kept(seller_id) == IBAN
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(SignInAttempt)) == 1


def test_nobody_guesses_at_a_password_for_ever(ada, seller_id):
    at = filled(opened(ada, seller_id), NEW_IBAN, "faux")
    for _ in range(ATTEMPTS_PER_ACCOUNT):
        button(at, "confirm").click().run()
    assert "Trop d’essais" in said(at)
    at.text_input(key="bank_details_password").input(PASSWORD)
    button(at, "confirm").click().run()
    assert kept(seller_id) == IBAN


def test_a_seller_without_an_account_is_asked_for_one(ada, seller_id):
    with transaction() as session:
        session.get_one(Seller, seller_id).iban = None
    at = opened(ada, seller_id)
    assert "Aucun IBAN\u00a0: les reversements sont retenus" in said(at)
    assert button(at, "change").label == "Saisir l’IBAN"
