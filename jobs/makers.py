"""What every maker of files is given and gives back; ``jobs/files.py`` calls them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class Made:
    """What a maker wrote: how it is called when downloaded, its media type, and how many pieces it holds."""

    name: str
    media_type: str
    rows: int
    #: What an official check found wrong in it, and what could not be drawn as it is written; as JSON values.
    faults: tuple[Mapping[str, str], ...] = ()
    warnings: tuple[Mapping[str, str], ...] = ()


#: Told how many pieces are done, at least every half minute; raises where the work is to be left to somebody else.
Progress = Callable[[int], None]

#: Reads through the engine what the arguments name, writes the file, tells its progress. A ``MarketplaceError`` says
#: for good why there is no such file; anything else is tried again.
Maker = Callable[[sa.Engine, Mapping[str, Any], BinaryIO, Progress], Made]
