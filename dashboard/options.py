"""Hand ``streamlit_config.toml`` to Streamlit, which cannot be told another name for its configuration file."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from streamlit import config

from dashboard.web.proof import TRUSTED_USER_HEADERS

ROOT = Path(__file__).resolve().parent.parent
CONFIG_FILE = ROOT / "streamlit_config.toml"


class UnknownOptionError(Exception):
    """The configuration file names an option that this Streamlit does not have."""

    def __init__(self, file: Path, option: str) -> None:
        self.option = option
        super().__init__(
            f"{file.name}\u00a0: option inconnue de Streamlit\u00a0: {option}. Corrigez son nom ou retirez-la."
        )


def flat_options(path: Path = CONFIG_FILE) -> dict[str, object]:
    """Return the file's tables as Streamlit's dotted options: ``{"server.port": 8501, …}``.

    ``server.trustedUserHeaders`` is no choice of an installation: it is how our middleware speaks to our script.

    Raises:
        UnknownOptionError: The file names an option that Streamlit does not know.
    """
    given = dict(_flatten("", tomllib.loads(path.read_text(encoding="utf-8")), path))
    return given | {"server.trustedUserHeaders": TRUSTED_USER_HEADERS}


def _flatten(prefix: str, table: Mapping[str, object], file: Path) -> Iterator[tuple[str, object]]:
    known = config._config_options_template  # noqa: SLF001  Streamlit has no public list of its options
    for key, value in table.items():
        name = f"{prefix}{key}"
        if name in known:  # Some options are tables themselves (theme.fontFaces): they stay whole.
            yield name, value
        elif isinstance(value, dict):
            yield from _flatten(f"{name}.", value, file)
        else:
            raise UnknownOptionError(file, name)
