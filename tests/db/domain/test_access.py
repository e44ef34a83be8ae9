"""The rules of coming in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.access import check_new_password, email_address, person_name, tidy
from db.domain.errors import InvalidInputError

EMAIL, NAME = "jean.dupont@maison-du-the.fr", "Jean Dupont"


@pytest.mark.parametrize(
    "password",
    [
        "du thé vert au petit matin",
        "Tr0ub4dor&3xyz",
        "ùèéàçµ£$*^¨ù§",
        "les 12 cagettes de Lucie",
        "9f8e7d6c5b4a",
        "пароль для чая 7",
    ],
)
def test_a_password_of_ones_own_is_accepted(password):
    check_new_password(password, email=EMAIL, name=NAME)


@pytest.mark.parametrize(
    "password",
    [
        "motdepasse2026",
        "MotDePasse!!!!",
        "azertyuiop123",
        "azertyuiopqsdf",
        "password12345",
        "aaaaaaaaaaaaaaa",
        "abababababab",
        "123456789012",
        "jean.dupont@maison-du-the.fr",
        "JeanDupont2026!",
        "dupont dupont dupont",
        "Duponté!Jean!2026",
        "maison-du-the-2026",
        "administrateur1",
    ],
)
def test_a_password_that_anyone_would_try_is_refused(password):
    with pytest.raises(InvalidInputError, match="se devine trop facilement"):
        check_new_password(password, email=EMAIL, name=NAME)


@pytest.mark.parametrize(("length", "sentence"), [(11, "au moins 12"), (257, "au plus 256")])
def test_a_password_has_from_12_to_256_characters(length, sentence):
    with pytest.raises(InvalidInputError, match=sentence):
        check_new_password(("é7kPq$!wXz" * 30)[:length], email=EMAIL, name=NAME)


@given(st.text(max_size=300), st.text(max_size=60), st.text(max_size=60))
def test_any_password_is_accepted_or_refused_with_a_sentence(password, email, name):
    try:
        check_new_password(password, email=email, name=name)
    except InvalidInputError as refusal:
        assert str(refusal).startswith(("Choisissez", "Ce mot de passe"))  # noqa: PT017  both outcomes are right
    else:
        assert 12 <= len(password) <= 256


@given(st.text(max_size=80))
def test_a_name_or_an_address_alone_is_never_a_password(name):
    with pytest.raises(InvalidInputError):
        check_new_password(name, email=EMAIL, name=name)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("Zoe@Example.ORG", "zoe@example.org"),
        ("  zoe@example.org\t", "zoe@example.org"),
        ("admin@localhost", "admin@localhost"),
        ("o'brien+x@a.b-c.fr", "o'brien+x@a.b-c.fr"),
    ],
)
def test_an_address_has_one_form(typed, address):
    assert email_address(typed) == address


@pytest.mark.parametrize(
    "typed", ["", "zoe", "zoe@", "@x.fr", "a b@x.fr", "zoé@x.fr", "a@b@c", "x" * 250 + "@x.fr", "a@-x", "<a@x.fr>"]
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(InvalidInputError, match="adresse e-mail complète"):
        email_address(typed)


@given(st.text())
def test_an_address_that_is_accepted_is_already_in_its_form(typed):
    try:
        address = email_address(typed)
    except InvalidInputError:
        return
    assert address == address.lower() == email_address(address)
    assert address.isascii()


@given(st.text())
def test_tidy_text_is_one_printable_line_and_tidying_again_changes_nothing(typed):
    tidied = tidy(typed)
    assert all(c.isprintable() for c in tidied)
    assert tidied == tidied.strip() == tidy(tidied)


@pytest.mark.parametrize("typed", ["", "   ", "\x00\n", "x" * 81])
def test_a_name_is_neither_empty_nor_endless(typed):
    with pytest.raises(InvalidInputError):
        person_name(typed)
