"""Settings in one place: environment variables, or a ``.env`` file beside the README.

An unknown or malformed value stops the start with a sentence that names it (``SettingsError``).
"""

import os
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent.parent


class SettingsError(Exception):
    """The configuration cannot be used; the sentence names the variable and says what it should be."""


def _database_url(value: str) -> str:
    try:
        backend = make_url(value).get_backend_name()
    except ArgumentError:
        backend = ""
    if backend not in {"sqlite", "postgresql", "postgres"}:
        raise ValueError("attendu : sqlite:///chemin/fichier.db ou postgresql://utilisateur@hote/base")
    return value


def _files_url(value: str) -> str:
    if "://" not in value:
        raise ValueError("attendu : une adresse comme file:///chemin/dossier ou s3://seau/dossier")
    return value


class Settings(BaseSettings):
    """Everything that may differ between two installations."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", env_ignore_empty=True, extra="forbid")

    database_url: Annotated[str, AfterValidator(_database_url)] = f"sqlite:///{ROOT / 'data' / 'marketplace.db'}"
    files_url: Annotated[str, AfterValidator(_files_url)] = f"file://{ROOT / 'data' / 'files'}"
    #: Signs links and Streamlit's own cookies; one is made and kept in ``data/`` when it is not given.
    secret_key: SecretStr | None = Field(default=None, min_length=32)
    #: Where people reach the dashboard; https makes cookies « Secure ».
    public_url: str = Field(default="http://127.0.0.1:8501", pattern=r"^https?://[^/\s]+$")
    host: str = "127.0.0.1"
    port: int = Field(default=8501, ge=1, le=65535)

    marketplace_name: str = Field(default="Marché d'ici", min_length=1, max_length=80)
    marketplace_legal_name: str = ""
    marketplace_siren: str = ""
    marketplace_vat_number: str = ""
    marketplace_email: str = ""

    @property
    def is_embedded(self) -> bool:
        """Tell whether the database is the embedded SQLite file, with one worker beside the dashboard."""
        return make_url(self.database_url).get_backend_name() == "sqlite"


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
        raise SettingsError(_sentence(error)) from None


def _refuse_unknown_variables() -> None:
    for name in os.environ:
        if name.startswith("MARKETPLACE_") and name.lower() not in Settings.model_fields:
            raise SettingsError(f"Réglage inconnu : {name}. Corrigez son nom ou retirez-le de l'environnement.")


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    name = str(first["loc"][0]).upper() if first["loc"] else "?"
    if first["type"] == "extra_forbidden":
        return f"Réglage inconnu dans .env : {name}. Corrigez son nom ou retirez-le."
    # pydantic's own texts are English: ours come through ValueError, the rest is said by the bound it names.
    detail = str(first.get("ctx", {}).get("error", "")) or first["msg"]
    return f"Réglage {name} inutilisable : {detail}."
