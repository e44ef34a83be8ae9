"""Do several things at once, from several threads."""

import threading
from collections.abc import Callable

import pytest


def together(*works: Callable[[], None]) -> None:
    """Run the works at the same time, each in its thread; an error of one is an error of the test."""
    errors: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  it is raised again below, in the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if errors:
        pytest.fail(repr(errors[0]))
