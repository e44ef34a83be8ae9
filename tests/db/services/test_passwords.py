"""How passwords are kept, with the parameters of earnest."""

import pytest

from db.services.passwords import hash_password, needs_rehash, password_matches


def test_passwords_are_kept_as_argon2id_with_64_mib_and_three_passes():
    kept = hash_password("du thé vert au petit matin")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert password_matches("du thé vert au petit matin", kept)
    assert not password_matches("du thé vert au petit matin ", kept)
    assert not needs_rehash(kept)


def test_the_same_password_is_never_kept_twice_alike():
    assert hash_password("x") != hash_password("x")


@pytest.mark.parametrize("text", ["", "é", "\x00", "\ud800", "a" * 100_000])
def test_any_text_can_be_checked(text):
    assert password_matches(text, hash_password(text))
    assert not password_matches(text, None)
    assert not password_matches(text, "no hash")
