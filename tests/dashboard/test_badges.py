import itertools

import pytest

from dashboard.badges import (
    DOCUMENT_BADGES,
    FILE_BADGES,
    FLAGGED_BADGE,
    INCOMPLETE_BADGE,
    OUTBOX_BADGES,
    PAYMENT_BADGES,
    PAYMENT_COLOURS_FOR_GRID,
    PAYMENT_OPTIONS,
    PAYOUT_BADGES,
    PERSON_BADGES,
    PERSON_COLOURS_FOR_GRID,
    PERSON_OPTIONS,
    RETURN_BADGES,
    STATUS_BADGES,
    STOCK_BADGES,
    VOUCHER_BADGES,
    Badge,
    payment_badge,
    status_badge,
    status_colours_for_grid,
    status_options,
)
from db.domain.access import PersonState
from db.domain.colours import contrast
from db.domain.mail import OutboxState
from db.domain.orders import OrderStatus, PaymentState, ReturnStatus

KINDS = {
    "status": STATUS_BADGES,
    "payment": PAYMENT_BADGES,
    "return": RETURN_BADGES,
    "person": PERSON_BADGES,
    "mail": OUTBOX_BADGES,
    "file": FILE_BADGES | {"flagged": FLAGGED_BADGE, "incomplete": INCOMPLETE_BADGE},
    "document": DOCUMENT_BADGES,
    "stock": STOCK_BADGES,
    "voucher": VOUCHER_BADGES,
    "payout": PAYOUT_BADGES,
}

# How a screen's linear red, green and blue reach a colour-blind eye (Machado, Oliveira and Fernandes 2009, severity 1).
EYES = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "no green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "no blue": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}


def seen(colour: str, eye: str) -> tuple[float, float, float]:
    """The colour as that eye sees it, in Oklab, where distances match what people notice."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    light = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    r, g, b = (min(1, max(0, sum(k * c for k, c in zip(row, light, strict=True)))) for row in EYES[eye])
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    medium = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
    )


def distance(one: str, other: str, eye: str) -> float:
    return sum((a - b) ** 2 for a, b in zip(seen(one, eye), seen(other, eye), strict=True)) ** 0.5


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("badges", KINDS.values(), ids=KINDS)
def test_no_two_badges_of_a_kind_look_the_same_to_any_eye(badges: dict[str, Badge], eye: str) -> None:
    noticed = 0.02  # The usual threshold of a just noticeable difference in Oklab; side by side we ask for more.
    for one, other in itertools.combinations([badge.colour for badge in badges.values()], 2):
        assert distance(one, other, eye) > 1.5 * noticed, (one, other)


@pytest.mark.parametrize("badge", [badge for badges in KINDS.values() for badge in badges.values()])
def test_the_text_of_every_badge_has_more_than_the_contrast_of_aa(badge: Badge) -> None:
    assert contrast(badge.colour, badge.text_colour) >= 5.5


def test_no_two_badges_of_a_kind_share_an_icon_or_a_label() -> None:
    for badges in KINDS.values():
        assert len({badge.icon for badge in badges.values()}) == len(badges)
        assert len({badge.label for badge in badges.values()}) == len(badges)


def test_every_status_and_state_has_its_badge() -> None:
    assert set(STATUS_BADGES) == set(OrderStatus)
    assert set(PAYMENT_BADGES) == set(PaymentState)
    assert set(RETURN_BADGES) == set(ReturnStatus)
    assert set(PERSON_BADGES) == set(PersonState)
    assert set(OUTBOX_BADGES) == set(OutboxState)


def test_the_grid_gets_labels_and_colours_in_the_same_order() -> None:
    assert status_options()[0] == "En attente de paiement"
    assert dict(zip(status_options(), status_colours_for_grid(), strict=True))["Payée"] == "#fddf49"
    assert dict(zip(PAYMENT_OPTIONS, PAYMENT_COLOURS_FOR_GRID, strict=True))["Trop-perçu"] == "#cab4fb"
    assert dict(zip(PERSON_OPTIONS, PERSON_COLOURS_FOR_GRID, strict=True))["Actif"] == "#c3dfae"


def test_a_badge_is_markdown_with_its_icon_label_and_colours() -> None:
    assert status_badge(OrderStatus.COMPLETED) == (
        ':color[:material/done_all:\u00a0Terminée]{foreground="#ffffff" background="#157350"}'
    )
    assert payment_badge(PaymentState.PAID) == (
        ':color[:material/check_circle:\u00a0Réglée]{foreground="#16181d" background="#c3dfae"}'
    )


def test_a_label_somebody_edited_cannot_break_out_of_its_badge() -> None:
    assert Badge("Prête] :red[x", "check", "#eef0f2").markdown.startswith(
        ":color[:material/check:\u00a0Prête\\]\u00a0\\:red\\[x]{"
    )
