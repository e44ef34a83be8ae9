"""Settings in one place: environment variables, or a ``.env`` file beside the README. ``docs/settings.md`` lists them.

An unknown or malformed value stops the start with a sentence that names it (``SettingsError``).
"""

import ipaddress
import os
import re
import secrets
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent.parent

#: Listening on « every address of this machine » is no address to open in a browser.
_EVERY_ADDRESS = {"0.0.0.0", "::"}  # noqa: S104  compared with, not bound to


class SettingsError(Exception):
    """The configuration cannot be used; the sentence names the variable and says what it should be."""


def _database_url(value: str) -> str:
    try:
        url = make_url(value)
    except ArgumentError:
        raise ValueError from None
    if url.get_backend_name() not in {"sqlite", "postgresql", "postgres"} or not url.database:
        raise ValueError
    if url.get_backend_name() == "sqlite" and url.database == ":memory:":
        raise ValueError  # Each connection would see a database of its own.
    return value


def _host(value: str) -> str:
    if value != "localhost":
        ipaddress.ip_address(value)
    return value


def _matching(pattern: str) -> AfterValidator:
    def check(value: str) -> str:
        if value and not re.fullmatch(pattern, value):
            raise ValueError
        return value

    return AfterValidator(check)


def _smtp_url(value: SecretStr) -> SecretStr:
    url = urlsplit(value.get_secret_value())
    # Reading the port raises ValueError where it is no number.
    if url.scheme not in {"smtp", "smtps"} or not url.hostname or url.port == 0 or url.path.strip("/"):
        raise ValueError
    return value


class Settings(BaseSettings):
    """Everything that may differ between two installations. A description says what a refused value should be."""

    model_config = SettingsConfigDict(
        env_file=ROOT / ".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="forbid"
    )

    database_url: Annotated[str, AfterValidator(_database_url)] = Field(
        default=f"sqlite:///{ROOT / 'data' / 'marketplace.db'}",
        description="sqlite:///chemin/fichier.db ou postgresql://utilisateur:mot-de-passe@hôte/base",
    )
    files_url: Annotated[str, _matching(r"[a-z][a-z0-9+.-]*://.+")] = Field(
        default=f"file://{ROOT / 'data' / 'files'}",
        description="une adresse comme file:///chemin/dossier ou s3://seau/dossier",
    )
    secret_key: SecretStr | None = Field(
        default=None, min_length=32, description="au moins 32 caractères tirés au hasard"
    )
    old_secret_keys: Annotated[str, _matching(r"\S{32,}(,\S{32,})*")] = Field(
        default="", description="les anciennes clés, de 32 caractères au moins, séparées par des virgules"
    )
    host: Annotated[str, AfterValidator(_host)] = Field(
        default="127.0.0.1", description="une adresse IP de cette machine, comme 127.0.0.1"
    )
    port: int = Field(default=8501, ge=1, le=65535, description="un nombre de 1 à 65535")
    public_url: Annotated[str, _matching(r"https?://[^/\s?#@]+/?")] = Field(
        default="", description="une adresse sans chemin, comme https://commandes.exemple.fr"
    )

    mail_sender: Literal["mailbox", "sendgrid", "smtp"] = Field(
        default="mailbox", description="mailbox (rien ne quitte cette machine), sendgrid ou smtp"
    )
    sendgrid_api_key: SecretStr | None = Field(default=None, description="la clé d’API de SendGrid")
    sendgrid_eu: bool = Field(default=False, description="true ou false")
    sendgrid_sandbox: bool = Field(default=False, description="true ou false")
    sendgrid_host: Annotated[str, _matching(r"https?://[^/\s?#@]+/?")] = Field(
        default="", description="une adresse sans chemin, comme https://api.sendgrid.com"
    )
    # The DER of a public key on P-256: one fixed beginning, then the point.
    sendgrid_webhook_key: Annotated[str, _matching(r"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE[A-Za-z0-9+/]{86}==")] = Field(
        default="", description="la clé publique (« Verification Key ») que SendGrid montre, MFkwEwYHKoZIzj0…"
    )
    smtp_url: Annotated[SecretStr, AfterValidator(_smtp_url)] | None = Field(
        default=None,
        description="smtp://utilisateur:mot-de-passe@hôte:587 ou smtps://utilisateur:mot-de-passe@hôte:465",
    )

    sms_sender: Literal["mailbox", "brevo"] = Field(
        default="mailbox", description="mailbox (rien ne quitte cette machine) ou brevo"
    )
    sms_api_key: SecretStr | None = Field(default=None, description="la clé d’API de Brevo")
    sms_from: Annotated[str, _matching(r"(?=.*[A-Za-z])[A-Za-z0-9]{3,11}")] = Field(
        default="", description="un nom d’expéditeur de 3 à 11 lettres et chiffres, sans espace ni accent"
    )
    sms_host: Annotated[str, _matching(r"https?://[^/\s?#@]+/?")] = Field(
        default="", description="une adresse sans chemin, comme https://api.brevo.com"
    )

    refund_provider: Literal["manual", "shop"] = Field(
        default="manual", description="manual (la finance les fait à la main) ou shop"
    )
    refund_url: Annotated[str, _matching(r"https?://[^\s?#@]+")] = Field(
        default="", description="une adresse, comme https://boutique.exemple.fr/remboursements"
    )
    refund_token: SecretStr | None = Field(default=None, description="le jeton que la boutique attend")

    marketplace_name: str = Field(
        default="Marché d’ici", min_length=1, max_length=80, description="un nom de 80 caractères au plus"
    )
    marketplace_legal_name: str = Field(
        default="", max_length=120, description="une raison sociale de 120 caractères au plus"
    )
    marketplace_siren: Annotated[str, _matching(r"\d{9}")] = Field(default="", description="les 9 chiffres du SIREN")
    marketplace_vat_number: Annotated[str, _matching(r"[A-Z]{2}[A-Z0-9]{2,12}")] = Field(
        default="", description="un numéro de TVA sans espaces, comme FR40303265045"
    )
    marketplace_email: Annotated[str, _matching(r"[^@\s]+@[^@\s]+")] = Field(
        default="", description="une adresse e-mail"
    )

    @property
    def is_embedded(self) -> bool:
        """Tell whether the database is the embedded SQLite file, with one worker beside the dashboard."""
        return make_url(self.database_url).get_backend_name() == "sqlite"

    @property
    def database_file(self) -> Path:
        """Return the path of the embedded database."""
        return Path(str(make_url(self.database_url).database))

    @property
    def marketplace_identity(self) -> dict[str, str]:
        """Return who the marketplace is, by column of its row."""
        return {
            name.removeprefix("marketplace_"): getattr(self, name)
            for name in type(self).model_fields
            if name.startswith("marketplace_")
        }

    @model_validator(mode="after")
    def _say_where_we_are(self) -> Self:
        if not self.public_url:
            shown = "127.0.0.1" if self.host in _EVERY_ADDRESS else self.host
            self.public_url = f"http://[{shown}]:{self.port}" if ":" in shown else f"http://{shown}:{self.port}"
        self.public_url = self.public_url.rstrip("/")
        return self

    @model_validator(mode="after")
    def _sender_has_what_it_needs(self) -> Self:
        if self.mail_sender == "sendgrid" and self.sendgrid_api_key is None:
            raise ValueError("MAIL_SENDER=sendgrid demande aussi SENDGRID_API_KEY, la clé d’API de SendGrid.")
        if self.mail_sender == "smtp" and self.smtp_url is None:
            raise ValueError("MAIL_SENDER=smtp demande aussi SMTP_URL, comme smtp://utilisateur:mot-de-passe@hôte:587.")
        if self.sms_sender == "brevo" and (self.sms_api_key is None or not self.sms_from):
            raise ValueError("SMS_SENDER=brevo demande aussi SMS_API_KEY, la clé d’API, et SMS_FROM, l’expéditeur.")
        if self.refund_provider == "shop" and (self.refund_token is None or not self.refund_url):
            raise ValueError("REFUND_PROVIDER=shop demande aussi REFUND_URL, son adresse, et REFUND_TOKEN, son jeton.")
        return self

    def signing_keys(self) -> list[str]:
        """Return the keys that signed links may carry, oldest first; the last one signs new links."""
        return [*(key for key in self.old_secret_keys.split(",") if key), self.signing_key()]

    def signing_key(self) -> str:
        """Return ``SECRET_KEY``, or a key made once and kept in ``data/`` where it was not given."""
        if self.secret_key is not None:
            return self.secret_key.get_secret_value()
        kept = ROOT / "data" / "secret_key"
        if self.is_embedded:
            kept = self.database_file.with_name("secret_key")
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            ours = kept.with_name(f".{kept.name}-{os.getpid()}")
            ours.touch(mode=0o600)
            ours.write_text(secrets.token_urlsafe(48))
            with suppress(FileExistsError):
                os.link(ours, kept)  # Of two processes that start together, the second takes the first one's key.
            ours.unlink()
        return kept.read_text()


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Read the settings once per process.

    Raises:
        SettingsError: A value is malformed or unknown.
    """
    _refuse_unknown_variables()
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(_sentence(error.errors()[0])) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"Le fichier .env ne peut pas être lu : {error}.") from None


def _refuse_unknown_variables() -> None:
    for name in os.environ:
        if name.upper().startswith("MARKETPLACE_") and name.lower() not in Settings.model_fields:
            raise SettingsError(f"Réglage inconnu : {name}. Corrigez son nom ou retirez-le de l’environnement.")


def _sentence(error: Any) -> str:  # noqa: ANN401  pydantic's ErrorDetails
    if not error["loc"]:  # Two settings that do not go together: the check's own sentence says which.
        return str(error["ctx"]["error"])
    name = str(error["loc"][0])
    if error["type"] == "extra_forbidden":
        return f"Réglage inconnu dans .env : {name.upper()}. Corrigez son nom ou retirez-le."
    # Pydantic's own texts are English, and the value may be a secret: we say what was expected.
    expected = Settings.model_fields[name].description
    return f"Réglage {name.upper()} inutilisable. Attendu : {expected}."
