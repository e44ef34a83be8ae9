import pytest

from dashboard.row_choice import row_chosen


@pytest.mark.parametrize(
    ("rows", "cells", "before", "chosen"),
    [
        ([2], [], None, 2),
        ([], [(2, "Nom")], None, 2),
        ([1], [(2, "Nom")], 1, 2),
        ([3], [(1, "Nom")], 1, 3),
        ([1], [(1, "Nom")], 1, 1),
        ([], [], 1, None),
        ([], [(1, "Nom")], 1, None),
    ],
    ids=[
        "a tick",
        "a click",
        "a click beside the chosen row",
        "a tick after a click",
        "a click on the chosen row",
        "a tick taken away",
        "a tick taken away after a click",
    ],
)
def test_the_last_click_chooses_the_row(rows, cells, before, chosen) -> None:
    assert row_chosen({"rows": rows, "cells": cells}, before) == chosen
