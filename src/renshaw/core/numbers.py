"""Numbers as people read them: rounded, with a real minus sign, with their interval and unit."""

from __future__ import annotations

import itertools
import math
import re
import string

_LARGE = 1e6
# So many decimals more, at most, to tell a value from its limit.
_FURTHER = 6
_FIXED = re.compile(r"\.(\d)f")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def told_number(text: str) -> float:
    """Return the number that a text tells, as `float` does.

    Python also takes ``1_0`` for ten, which no other program writes: there it is a damaged file,
    or a name.

    Parameters
    ----------
    text : str

    Raises
    ------
    ValueError
        It tells none.
    """
    if "_" in text:
        raise ValueError(f"{text[:40]!r} is no number")
    return float(text)


def number(value: float, digits: int = 3) -> str:
    """Return a number as text: about three figures, a real minus sign, – for no value.

    From a million on, as a power of ten.
    """
    if value is None or not math.isfinite(value):
        return "–"
    if abs(value) >= _LARGE:
        power = math.floor(math.log10(abs(value)))
        return f"{number(value / 10.0**power, digits)} × 10{str(power).translate(_RAISED)}"
    if value == int(value):
        return f"{int(value)}".replace("-", "−")
    size = max(0, math.floor(math.log10(abs(value))) + 1)
    return f"{value:.{max(0, min(digits, digits - size))}f}".replace("-", "−")


def signed(value: float, digits: int = 2) -> str:
    """Return a difference with its sign."""
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:+.{digits}f}".replace("-", "−")


def fixed(value: float, decimals: int) -> str:
    """Return a number with so many decimals and a real minus sign; – for no value."""
    return f"{value:.{decimals}f}".replace("-", "−") if math.isfinite(value) else "–"


def between(low: float, high: float, digits: int = 3) -> str:
    """Return an interval: ``"0.2 to 0.8"``; – where neither end is known."""
    ends = number(low, digits), number(high, digits)
    return "–" if ends == ("–", "–") else f"{ends[0]} to {ends[1]}"


def between_signed(low: float, high: float, digits: int = 2) -> str:
    """Return the interval of a difference: ``"−0.8 to +0.1"``."""
    ends = signed(low, digits), signed(high, digits)
    return "–" if ends == ("–", "–") else f"{ends[0]} to {ends[1]}"


def with_interval(value: float, low: float, high: float, digits: int = 3) -> str:
    """Return a number with its interval: ``"4.97 (4.26 to 5.74)"``."""
    return f"{number(value, digits)} ({between(low, high, digits)})"


def told_apart(sentence: str, *values: object) -> str:
    """Return a sentence with its numbers, and with digits enough to tell those apart that differ.

    A value that misses its limit by little would else be said to be what it is not: ``17 dB below
    17 dB``.

    Parameters
    ----------
    sentence : str
        As of `str.format`, each field without a name; those of fixed decimals (``{:.1f}``) get more
        of them where needed.
    *values : object
        One for each field.

    Examples
    --------
    >>> told_apart("{:.0f} dB below {:g} dB", 16.97, 17.0)
    '16.97 dB below 17 dB'
    """
    parts = list(string.Formatter().parse(sentence))
    specs = [spec or "" for _, field, spec, _ in parts if field is not None]
    texts: list[str] = []
    for further in range(_FURTHER + 1):
        finer = [
            _FIXED.sub(lambda f, n=further: f".{int(f[1]) + n}f", spec)  # type: ignore[misc]
            for spec in specs
        ]
        texts = [format(value, spec) for value, spec in zip(values, finer, strict=True)]
        if not _alike(values, texts):
            break
    filled = iter(texts)
    return "".join(
        literal + (next(filled) if field is not None else "") for literal, field, _, _ in parts
    )


def _alike(values: tuple[object, ...], texts: list[str]) -> bool:
    """Whether two numbers that differ are shown as one."""
    shown = [
        (value, float(text.replace(",", "")))
        for value, text in zip(values, texts, strict=True)
        if isinstance(value, int | float) and math.isfinite(value)
    ]
    return any(a != b and x == y for (a, x), (b, y) in itertools.combinations(shown, 2))


def p_value(p: float) -> str:
    """Return a p-value as journals print it: ``"< .001"``, ``".030"``."""
    if p is None or not math.isfinite(p):
        return "–"
    return "< .001" if p < 0.001 else f"{p:.{2 if p >= 0.1 else 3}f}".removeprefix("0")


def p_equals(p: float) -> str:
    """Return a p-value within a sentence: ``"p = .030"``, ``"p < .001"``."""
    words = p_value(p)
    return f"p {words}" if words.startswith("<") else f"p = {words}"


def counted(n: int, noun: str, nouns: str = "") -> str:
    """Return how many there are: ``"1 unit"``, ``"12 units"``."""
    return f"{n} {noun if n == 1 else nouns or noun + 's'}"


def unbroken(words: str) -> str:
    """Return words that stay on one line: on paper, narrow columns break cells at spaces."""
    return words.replace(" ", "\N{NO-BREAK SPACE}")
