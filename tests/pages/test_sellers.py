"""Réglages › Vendeurs, as an administrator uses it."""

import datetime as dt

import pytest
import sqlalchemy as sa

from db.domain.permissions import Role
from db.engine import reading, transaction
from db.models import Seller, SellerTerms
from tests.dashboard.apptest import open_page
from tests.factories import create_seller


@pytest.fixture
def ada(signed_up):
    return signed_up(Role.ADMIN, name="Ada Admin")


def add(name="Maison du thé", **columns):
    with transaction() as session:
        return create_seller(session, name, **columns).id


def row(seller_id):
    with reading() as session:
        return session.get_one(Seller, seller_id)


def opened(person_id, **query):
    at = open_page("/vendeurs", person_id=person_id, query=query)
    assert not at.exception
    return at


def field(at, label):
    return next(found for found in [*at.text_input, *at.text_area] if found.label == label)


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.MANAGER, Role.SELLER])
def test_nobody_but_administrators_gets_to_the_page(signed_up, role):
    at = open_page("/vendeurs", person_id=signed_up(role))
    assert "Vendeurs" not in [header.value for header in at.header]


def test_sellers_are_listed_searched_and_filtered(ada):
    add("Maison du thé", code="THE", mobile="+33612345678", city="Toulouse")
    add("Abeille fermée", code="ABE", is_active=False)
    table = opened(ada).dataframe[0].value
    assert table.iloc[0].to_dict() == {
        "Code": "THE", "Nom": "Maison du thé", "Factures": "Fiche incomplète", "Ville": "Toulouse",
        "Mobile": "06 12 34 56 78", "E-mail": None, "État": "Actif",
    }  # fmt: skip
    assert len(table) == 1
    assert list(opened(ada, etat="Tous").dataframe[0].value["Code"]) == ["ABE", "THE"]
    assert list(opened(ada, q="the").dataframe[0].value["Code"]) == ["THE"]
    assert "Aucun vendeur" in opened(ada, q="xyz").info[0].value


def test_coordinates_are_saved_in_one_form(ada):
    seller_id = add()
    at = opened(ada, vendeur=str(seller_id))
    assert "Sans adresse e-mail" in " ".join(caption.value for caption in at.caption)
    field(at, "Adresse e-mail").set_value("The@Example.org").run()
    field(at, "Mobile").set_value("06 12 34 56 78").run()
    field(at, "Horaires").set_value("Du mardi au samedi").run()
    at.button(key="seller_save").click().run()
    assert not at.exception
    saved = row(seller_id)
    assert (saved.email, saved.mobile, saved.opening_hours) == (
        "the@example.org",
        "+33612345678",
        "Du mardi au samedi",
    )
    assert field(at, "Mobile").value == "06 12 34 56 78"
    assert at.button(key="seller_save").disabled


def test_a_landline_is_said_to_get_no_sms_and_refused(ada):
    seller_id = add()
    at = opened(ada, vendeur=str(seller_id))
    field(at, "Mobile").set_value("05 61 00 00 00").run()
    assert "ne reçoit pas de SMS" in " ".join(caption.value for caption in at.caption)
    at.button(key="seller_save").click().run()
    assert "n’est pas un numéro de mobile" in at.error[0].value
    assert field(at, "Mobile").value == "05 61 00 00 00"


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(ada):
    seller_id = add()
    at = opened(ada, vendeur=str(seller_id))
    field(at, "Ville").set_value("Albi").run()
    with transaction() as session:
        session.get_one(Seller, seller_id).city = "Toulouse"
    at.button(key="seller_save").click().run()
    assert "Quelqu’un vient de modifier" in at.error[0].value
    assert row(seller_id).city == "Toulouse"
    assert field(at, "Ville").value == "Toulouse"


def test_a_seller_is_added_and_opened(ada):
    at = opened(ada)
    at.button(key="seller_add").click().run()
    at.text_input(key="seller_new_name").set_value("Les abeilles")
    at.text_input(key="seller_new_code").set_value("é")
    at.button(key="seller_add_submit").click().run()
    assert "Donnez un code" in at.error[0].value
    at.text_input(key="seller_new_code").set_value("miel")
    at.button(key="seller_add_submit").click().run()
    assert not at.exception
    with reading() as session:
        [(seller_id, code)] = session.execute(sa.select(Seller.id, Seller.code)).all()
    assert code == "MIEL"
    assert at.query_params["vendeur"] == str(seller_id)
    assert field(at, "Nom").value == "Les abeilles"


@pytest.mark.parametrize("value", ["abc", "-1", "404", "9" * 30, "\u0000"])
def test_nothing_in_the_address_breaks_the_page(ada, value):
    for name in ("vendeur", "q", "etat"):
        opened(ada, **{name: value})


def test_what_keeps_invoices_back_is_said_and_an_identity_filled_in_lets_them_go(ada):
    seller_id = add(code="THE", street="12 rue de l’Été", city="Rennes")
    at = opened(ada, vendeur=str(seller_id), volet="Identité légale")
    assert at.warning[0].value == (
        "Il manque la raison sociale, le SIREN, le numéro de TVA (ou la raison de n’en pas facturer) et la date du "
        "mandat de facturation\u00a0: aucune facture ne peut être établie en son nom."
    )
    assert at.button(key="identity_save").disabled
    assert "La mention légale est absente" in "".join(each.value for each in at.caption)
    field(at, "Raison sociale").set_value("Maison du thé SARL")
    field(at, "SIRET").set_value("404 833 048 00022")
    field(at, "Numéro de TVA").set_value("FR83404833048")
    at.date_input[0].set_value(dt.date(2025, 1, 15)).run()
    at.button(key="identity_save").click().run()
    assert not at.exception
    assert not at.warning
    saved = row(seller_id)
    assert (saved.legal_name, saved.siren, saved.siret) == ("Maison du thé SARL", "404833048", "40483304800022")
    assert saved.mandate_signed_on == dt.date(2025, 1, 15)
    assert opened(ada).dataframe[0].value["Factures"][0] == "Prêtes"


def test_an_identity_that_cannot_be_is_refused_in_words_and_stays_typed(ada):
    seller_id = add()
    at = opened(ada, vendeur=str(seller_id), volet="Identité légale")
    field(at, "SIREN").set_value("123456789").run()
    at.button(key="identity_save").click().run()
    assert "n’est pas un SIREN" in at.error[0].value
    assert field(at, "SIREN").value == "123456789"
    assert row(seller_id).siren == ""


def test_an_identity_that_somebody_else_changed_meanwhile_is_shown_anew(ada):
    seller_id = add()
    at = opened(ada, vendeur=str(seller_id), volet="Identité légale")
    field(at, "Raison sociale").set_value("La mienne").run()
    with transaction() as session:
        session.get_one(Seller, seller_id).legal_name = "La sienne"
    at.button(key="identity_save").click().run()
    assert "Quelqu’un vient de modifier" in at.error[0].value
    assert field(at, "Raison sociale").value == "La sienne"


def test_a_vat_number_of_another_company_raises_a_doubt(ada):
    seller_id = add(siren="552049447")
    at = opened(ada, vendeur=str(seller_id), volet="Identité légale")
    field(at, "Numéro de TVA").set_value("FR83404833048").run()
    assert "n’est pas formé sur ce SIREN" in " ".join(caption.value for caption in at.caption)


def test_terms_are_changed_from_a_day_on_with_what_they_make_of_an_order(ada):
    seller_id = add()
    at = opened(ada, vendeur=str(seller_id), volet="Conditions")
    # 2.9 % of 31.90 is 0.9251; 5 % is 1.595: half a cent goes up.
    assert any("commission 0,93\u00a0€, reversé 30,97\u00a0€" in each.value for each in at.caption)
    assert at.button(key="terms_save").disabled
    field(at, "Commission, en %").set_value("5 %").run()
    assert any("commission 1,60\u00a0€, reversé 30,30\u00a0€" in each.value for each in at.caption)
    at.button(key="terms_save").click().run()
    assert not at.exception
    with reading() as session:
        changed = session.scalars(sa.select(SellerTerms)).one()
    assert (changed.fee_rate_bp, changed.payout_delay_days, changed.person_name) == (500, 10, "Ada Admin")
    assert any("5\u00a0%, 10\u00a0jours ouvrés" in each.value and "À partir du" in each.value for each in at.markdown)
    at.button(key=f"terms_withdraw_{changed.id}").click().run()
    with reading() as session:
        assert session.scalar(sa.select(SellerTerms.id)) is None


def test_a_rate_that_is_none_is_said_and_not_kept(ada):
    at = opened(ada, vendeur=str(add()), volet="Conditions")
    field(at, "Commission, en %").set_value("290").run()
    assert any("taux de 0 à 100" in each.value for each in at.caption)
    assert at.button(key="terms_save").disabled


def test_a_seller_of_alsace_has_its_own_holidays(ada):
    seller_id = add()
    at = opened(ada, vendeur=str(seller_id), volet="Conditions")
    next(each for each in at.toggle if "Alsace" in each.label).set_value(True).run()
    assert row(seller_id).holiday_zone == "alsace_moselle"
