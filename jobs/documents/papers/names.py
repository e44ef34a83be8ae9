"""What files are called: as people would, and so that Windows takes it."""

import re
import unicodedata

#: What no name on Windows may hold; a path inside a ZIP holds none of it either.
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
_LONGEST = 120


def safe_name(words: str) -> str:
    """Return words as the name of a file, without its ending."""
    plain = " ".join(_FORBIDDEN.sub("-", unicodedata.normalize("NFC", words)).split())
    return plain[:_LONGEST].strip(" .") or "document"


class Names:
    """The names of one folder, each given once: Windows does not tell « A » from « a »."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def unique(self, words: str, ending: str = ".pdf") -> str:
        """Return a name that nothing else has: « … (2).pdf » for the second of its kind."""
        name, count = safe_name(words), 1
        while (tried := f"{name}{f' ({count})' if count > 1 else ''}{ending}").casefold() in self._taken:
            count += 1
        self._taken.add(tried.casefold())
        return tried
