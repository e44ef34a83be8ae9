"""Refusals: each has a name, keeps its objects, and speaks to the person in French.

Pages and routes catch ``MarketplaceError`` once, at the edge, and show ``str(error)``.
"""


class MarketplaceError(Exception):
    """A refusal with a sentence for the person who asked: what happened and what to do."""


class NotAllowedError(MarketplaceError):
    """The person's role does not have the permission."""

    def __init__(self, permission: str) -> None:
        self.permission = permission
        super().__init__("Votre rôle ne permet pas cette action. Demandez à un administrateur.")


class InvalidInputError(MarketplaceError):
    """A value typed by a person cannot be used; the sentence says which and what to type instead."""


class NotFoundError(MarketplaceError):
    """What was asked for does not exist, or not for this person (the two are told apart to nobody)."""


class OrderNotFoundError(NotFoundError):
    """No such order, or another seller's: the answer is the same."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__("Cette commande n’existe pas ou ne vous est pas accessible.")
