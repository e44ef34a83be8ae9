"""Join PDFs that we drew into one, a part at a time: however many pages there are, memory holds those of one part.

pypdf reads the parts and writes their objects; its own writer would keep those of all parts until the end.
"""

from collections.abc import Iterable
from typing import BinaryIO, cast

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, NumberObject, PdfObject

_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
#: The object in which the pages of all parts meet; parts, where no object is number 0, call it so.
_PAGES, _PAGES_IN_PART = 1, 0


def join(parts: Iterable[BinaryIO], out: BinaryIO) -> int:
    """Write the pages of all parts, one part after the other, as one PDF that is called as the first is.

    Args:
        parts: PDFs, at least one; each is copied before the next is asked for.
        out: Where the whole goes, from its beginning on.

    Returns:
        How many pages it has.
    """
    whole = _Whole(out)
    for part in parts:
        with PdfReader(part) as reader:
            whole.append(reader)
    whole.finish()
    return whole.pages


class _Whole:
    """The file that is being written: of each of its objects, only where it begins is kept."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._out.write(_HEADER)
        #: Of objects 1, 2, …
        self._offsets = [0]
        self._trees: list[IndirectObject] = []
        self._trailer = DictionaryObject()
        self.pages = 0

    def append(self, part: PdfReader) -> None:
        """Copy the pages of a part and all that they lead to; of the first part, what it says of itself, too."""
        copy = _Copy(self, part)
        catalog = part.root_object
        tree = cast("DictionaryObject", catalog["/Pages"])
        together = IndirectObject(_PAGES_IN_PART, 0, part)
        tree[NameObject("/Parent")] = together
        self.pages += cast("int", tree["/Count"])
        self._trees.append(copy.reference(catalog.raw_get("/Pages")))
        if "/Root" not in self._trailer:
            catalog[NameObject("/Pages")] = together
            for name in ("/Root", "/Info", "/ID"):
                if name in part.trailer:
                    self._trailer[NameObject(name)] = copy.mapped(part.trailer.raw_get(name))
        copy.write()

    def finish(self) -> None:
        """Write what holds the parts together, and where everything is."""
        tree = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Pages"),
                NameObject("/Kids"): ArrayObject(self._trees),
                NameObject("/Count"): NumberObject(self.pages),
            }
        )
        self.write(_PAGES, tree)
        size = len(self._offsets) + 1
        self._trailer[NameObject("/Size")] = NumberObject(size)
        begins = self._out.tell()
        self._out.write(f"xref\n0 {size}\n0000000000 65535 f \n".encode())
        for offset in self._offsets:
            self._out.write(f"{offset:010d} 00000 n \n".encode())
        self._out.write(b"trailer\n")
        self._trailer.write_to_stream(self._out)
        self._out.write(f"\nstartxref\n{begins}\n%%EOF\n".encode())

    def number(self) -> int:
        """Return the number of an object to come."""
        self._offsets.append(0)
        return len(self._offsets)

    def write(self, number: int, found: PdfObject) -> None:
        """Write an object under its number."""
        self._offsets[number - 1] = self._out.tell()
        self._out.write(f"{number} 0 obj\n".encode())
        found.write_to_stream(self._out)
        self._out.write(b"\nendobj\n")


class _Copy:
    """The objects of one part on their way: those that something copied leads to, under their new numbers."""

    def __init__(self, whole: _Whole, part: PdfReader) -> None:
        self._whole = whole
        self._part = part
        self._numbers = {_PAGES_IN_PART: _PAGES}
        self._waiting: list[int] = []

    def reference(self, old: IndirectObject) -> IndirectObject:
        """Return what leads to an object in the whole; it is copied once."""
        if old.idnum not in self._numbers:
            self._numbers[old.idnum] = self._whole.number()
            self._waiting.append(old.idnum)
        return IndirectObject(self._numbers[old.idnum], 0, self._part)

    def mapped(self, value: PdfObject) -> PdfObject:
        """Return a value that leads to where things are in the whole."""
        if isinstance(value, IndirectObject):
            return self.reference(value)
        if isinstance(value, ArrayObject):
            return ArrayObject(map(self.mapped, list.__iter__(value)))
        if isinstance(value, DictionaryObject):
            for name, each in list(dict.items(value)):
                value[NameObject(name)] = self.mapped(each)
        return value

    def write(self) -> None:
        """Copy what is waiting, and what that leads to."""
        while self._waiting:
            old = self._waiting.pop()
            found = self._part.get_object(IndirectObject(old, 0, self._part))
            if found is not None:
                self._whole.write(self._numbers[old], self.mapped(found))
