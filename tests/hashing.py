"""Passwords hashed at no cost: what they cost in earnest is no business of most tests."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from db.services import passwords


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Apply to every test of the module or folder that imports this fixture."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys_hash.cache_clear()
    yield
    passwords._nobodys_hash.cache_clear()
