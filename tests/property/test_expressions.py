"""No regular expression takes longer than in proportion to what it looks at.

What readers look at may be megabytes of one sign, by which an expression that tries each place and
each length again would never end.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import signal
from collections.abc import Iterator

import pytest

import renshaw

ROOMS = ("core", "data", "io", "study")
REPEATED = [
    *(" ", "\t", "\n", "(", "[", "<", "a", "1", "_", ".", ",", ";", "=", "-", '"', "'", "%", "\\"),
    *("<a", "1,", "1.", "a ", "1 ", "a.", "(1)", "[a", "sub-", "a: "),
]
BEFORE = ["", "[", "(1)", "<a", "a:"]
BEHIND = ["!", "\0x"]
LETTERS = 20_000
# Of the processor. In proportion it takes a thousandth of that; by squares seconds.
LONGEST_S = 0.5


def expressions() -> Iterator[tuple[str, re.Pattern[str] | re.Pattern[bytes]]]:
    for room in ROOMS:
        package = importlib.import_module(f"renshaw.{room}")
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if found.name.endswith("_child"):
                continue
            module = importlib.import_module(found.name)
            for name, value in vars(module).items():
                if isinstance(value, re.Pattern):
                    yield f"{found.name}.{name}", value


EXPRESSIONS = {f"{value.pattern!r} {value.flags}": value for _, value in expressions()}


class TakesLongError(Exception):
    """An expression did not end in time."""


def _stop(*_: object) -> None:
    raise TakesLongError


def test_there_are_expressions() -> None:
    assert len(EXPRESSIONS) > 50 and renshaw


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="nothing interrupts an expression")
@pytest.mark.parametrize("which", EXPRESSIONS)
def test_an_expression_takes_time_in_proportion(which: str) -> None:
    expression = EXPRESSIONS[which]
    before = signal.signal(signal.SIGVTALRM, _stop)
    try:
        for unit in REPEATED:
            for begin in BEFORE:
                for end in BEHIND:
                    text = begin + unit * (LETTERS // len(unit)) + end
                    given = text.encode() if isinstance(expression.pattern, bytes) else text
                    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST_S)
                    try:
                        expression.search(given)  # type: ignore[arg-type]
                        expression.fullmatch(given)  # type: ignore[arg-type]
                    except TakesLongError:
                        pytest.fail(f"{begin!r}, {unit!r} again and again, {end!r}")
                    finally:
                        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    finally:
        signal.signal(signal.SIGVTALRM, before)
