"""What is asked of Vendre › Clients."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """The filter of the page; nothing for everybody."""

    #: A name, company, e-mail or phone, as typed.
    text: str = ""
