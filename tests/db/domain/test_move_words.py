"""What is typed with a move: refused before it is stored, mailed or linked to."""

import pytest

from db.domain.errors import InvalidInputError
from db.domain.move_words import MAX_MESSAGE, check_words, is_web_address
from db.domain.moves import Move
from db.domain.orders import OrderStatus


def ship(**words: str) -> Move:
    return Move(OrderStatus.SHIPPED, **words)


def test_usual_words_pass() -> None:
    check_words(ship(carrier="Colissimo", tracking_number="6A 123", tracking_url=" https://suivi.fr/?n=6A123 "))
    check_words(ship(message="é" * MAX_MESSAGE))
    check_words(ship())


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"message": "x" * (MAX_MESSAGE + 1)}, "Le message"),
        ({"note": "\x00"}, "La raison"),
        ({"carrier": "\ud800"}, "Le transporteur"),
        ({"tracking_number": "1" * 81}, "Le numéro de suivi"),
        ({"tracking_url": "javascript:alert(1)"}, "Le lien de suivi"),
    ],
)
def test_words_that_cannot_be_kept_are_refused(words: dict[str, str], sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        check_words(ship(**words))


@pytest.mark.parametrize("text", ["https://a.fr", "http://127.0.0.1:8000/x?y=1#z", "HTTPS://SUIVI.FR/1"])
def test_a_web_address_is_one(text: str) -> None:
    assert is_web_address(text)


@pytest.mark.parametrize(
    "text",
    ["", "suivi.fr", "//suivi.fr", "javascript:alert(1)", "data:text/html,x", "https://", "https://a b", "http://["],
)
def test_anything_else_is_none(text: str) -> None:
    assert not is_web_address(text)
