"""Text of customers and shops inside Streamlit's Markdown: shown as it is, never run."""

import re

_WORD_JOINER = "\u2060"
#: Every ASCII punctuation mark may be escaped in CommonMark, and none of them means anything once it is.
_PUNCTUATION = re.compile(r"([!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~])")
#: What Streamlit replaces *after* it has undone our escapes: « :+1: », « :streamlit: », web addresses, « -> ».
_LATE_MARKUP = re.compile(r"(:(?=[\w+\-]+:)|https?:(?=//)|www(?=\.)|(?<!\S)(?:<-|[-<>~])(?=[->=]))", re.IGNORECASE)
#: Spaces that Markdown reads as structure; those that keep a figure and its unit together stay.
_LINE_SPACES = re.compile("[\t-\r\x1c-\x1f\x85\u2028\u2029 ]+")
#: Characters that reverse or embed the text around them would let one name scramble a whole line.
_DIRECTION_MARKS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def escape_markdown(text: str) -> str:
    """Return any text as Markdown that shows exactly that text, on one line.

    Marks that change the writing direction are left out; where an escape does not survive Streamlit's own
    replacements, an invisible word joiner breaks them. Only an e-mail address still becomes a link to write to it.
    """
    one_line = _LINE_SPACES.sub(" ", _DIRECTION_MARKS.sub("", text)).strip(" ")
    broken = _LATE_MARKUP.sub(rf"\1{_WORD_JOINER}", one_line)
    return _PUNCTUATION.sub(r"\\\1", broken)
