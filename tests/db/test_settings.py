import os
import re
from pathlib import Path

import pytest

from db.settings import ROOT, Settings, SettingsError, settings


@pytest.fixture(autouse=True)
def only_what_the_test_sets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.lower() in Settings.model_fields:
            monkeypatch.delenv(name)
    monkeypatch.setitem(Settings.model_config, "env_file", tmp_path / ".env")
    settings.cache_clear()


@pytest.fixture(autouse=True, scope="module")
def forget_afterwards() -> None:
    yield
    settings.cache_clear()


def test_without_any_setting_everything_is_local() -> None:
    read = settings()
    assert read.is_embedded
    assert read.database_file == ROOT / "data" / "marketplace.db"
    assert (read.host, read.port, read.public_url) == ("127.0.0.1", 8501, "http://127.0.0.1:8501")
    assert read.marketplace_name == "Marché d’ici"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("DATABASE_URL", "mysql://localhost/shop", "sqlite:///chemin/fichier.db ou postgresql://"),
        ("DATABASE_URL", "sqlite://", "sqlite:///chemin/fichier.db"),
        ("DATABASE_URL", "sqlite:///:memory:", "sqlite:///chemin/fichier.db"),
        ("DATABASE_URL", "n’importe quoi", "sqlite:///chemin/fichier.db"),
        ("DATABASE_URL", "postgresql://hôte", "postgresql://utilisateur:mot-de-passe@hôte/base"),
        ("DATABASE_URL", "postgresql://u@hote:port/base", "postgresql://utilisateur:mot-de-passe@hôte/base"),
        ("FILES_URL", "/tmp/files", "file:///chemin/dossier"),
        ("SECRET_KEY", "trop court", "au moins 32 caractères"),
        ("HOST", "mon-serveur", "une adresse IP de cette machine"),
        ("HOST", "999.1.1.1", "une adresse IP de cette machine"),
        ("PORT", "0", "un nombre de 1 à 65535"),
        ("PORT", "65536", "un nombre de 1 à 65535"),
        ("PORT", "huit mille", "un nombre de 1 à 65535"),
        ("PORT", "8501.5", "un nombre de 1 à 65535"),
        ("PUBLIC_URL", "commandes.exemple.fr", "https://commandes.exemple.fr"),
        ("PUBLIC_URL", "https://exemple.fr/chemin", "une adresse sans chemin"),
        ("MAIL_SENDER", "pigeon", "sendgrid ou smtp"),
        ("SENDGRID_EU", "peut-être", "true ou false"),
        ("SENDGRID_HOST", "api.sendgrid.com", "https://api.sendgrid.com"),
        ("SENDGRID_WEBHOOK_KEY", "MFkw", "Verification Key"),
        ("SMTP_URL", "relais.exemple.fr:587", "smtp://utilisateur"),
        ("SMTP_URL", "smtp://relais.exemple.fr:port", "smtp://utilisateur"),
        ("SMTP_URL", "smtp://", "smtp://utilisateur"),
        ("MARKETPLACE_NAME", "x" * 81, "80 caractères au plus"),
        ("MARKETPLACE_LEGAL_NAME", "x" * 121, "120 caractères au plus"),
        ("MARKETPLACE_SIREN", "1234", "les 9 chiffres"),
        ("MARKETPLACE_VAT_NUMBER", "fr 40 303", "comme FR40303265045"),
        ("MARKETPLACE_EMAIL", "bonjour", "une adresse e-mail"),
    ],
)
def test_a_malformed_value_is_refused_with_its_name_and_what_was_expected(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refusal:
        settings()
    assert str(refusal.value).startswith(f"Réglage {name} inutilisable. Attendu : ")
    assert expected in str(refusal.value)


def test_a_refused_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://root:hunter2@localhost/shop")
    with pytest.raises(SettingsError) as refusal:
        settings()
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(("sender", "missing"), [("sendgrid", "SENDGRID_API_KEY"), ("smtp", "SMTP_URL")])
def test_a_sender_without_what_it_needs_is_refused_with_the_name_of_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, sender: str, missing: str
) -> None:
    monkeypatch.setenv("MAIL_SENDER", sender)
    with pytest.raises(SettingsError, match=f"MAIL_SENDER={sender} demande aussi {missing}"):
        settings()


def test_a_sender_with_what_it_needs_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_SENDER", "smtp")
    monkeypatch.setenv("SMTP_URL", "smtps://moi:s%40cret@relais.exemple.fr:465")
    assert settings().smtp_url.get_secret_value().endswith(":465")
    assert "s%40cret" not in repr(settings())


def test_every_field_says_what_it_expects() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_an_unknown_marketplace_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETPLACE_NAMME", "Marché")
    with pytest.raises(SettingsError, match=r"Réglage inconnu : MARKETPLACE_NAMME\."):
        settings()


def test_an_unknown_variable_of_the_env_file_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("POTR=8502\n")
    with pytest.raises(SettingsError, match=r"Réglage inconnu dans \.env : POTR\."):
        settings()


def test_an_unreadable_env_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"MARKETPLACE_NAME=March\xe9")
    with pytest.raises(SettingsError, match=r"Le fichier \.env ne peut pas être lu"):
        settings()


def test_the_environment_wins_over_the_env_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text('MARKETPLACE_NAME="Du fichier"\nPORT=8600\n', encoding="utf-8")
    monkeypatch.setenv("PORT", "8700")
    assert (settings().marketplace_name, settings().port) == ("Du fichier", 8700)


def test_an_empty_value_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    assert settings().port == 8501


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:9000"),
        ("0.0.0.0", "http://127.0.0.1:9000"),
        ("::1", "http://[::1]:9000"),
        ("localhost", "http://localhost:9000"),
    ],
)
def test_the_public_address_follows_the_host_and_the_port(monkeypatch: pytest.MonkeyPatch, host: str, url: str) -> None:
    monkeypatch.setenv("HOST", host)
    monkeypatch.setenv("PORT", "9000")
    assert settings().public_url == url


def test_a_given_public_address_wins_and_loses_its_last_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://commandes.exemple.fr/")
    assert settings().public_url == "https://commandes.exemple.fr"


def test_the_signing_key_is_the_given_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "k" * 32)
    assert settings().signing_key() == "k" * 32


def test_a_signing_key_is_made_once_and_readable_by_its_owner_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'data' / 'shop.db'}")
    key = settings().signing_key()
    assert len(key) >= 32
    assert settings().signing_key() == key
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret_key"]
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_every_setting_is_documented_with_its_default() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", (ROOT / "docs" / "settings.md").read_text("utf-8"), re.MULTILINE)
    documented = dict(rows)
    assert sorted(documented) == sorted(name.upper() for name in Settings.model_fields)
    for name in ("port", "host", "marketplace_name"):
        assert str(Settings.model_fields[name].default) in documented[name.upper()]
