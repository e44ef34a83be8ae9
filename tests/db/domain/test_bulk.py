import pytest

from db.domain.bulk import CustomerMessage, title_of


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Merci pour votre commande {{ numero }}", "Message · Merci pour votre commande"),
        ("Commande {{ numero }} : un retard", "Message · Commande … : un retard"),
        ("{% if prenom %}Bonjour{% endif %}", "Message · Bonjour"),
        ("{{ numero }}", "Message · sans objet"),
    ],
)
def test_a_message_is_called_by_its_subject_without_its_variables(subject: str, title: str) -> None:
    assert title_of(CustomerMessage(subject, "Texte")) == title
