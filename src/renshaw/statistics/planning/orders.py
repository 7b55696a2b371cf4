"""Orders of treatments in which each follows each other equally often (Williams)."""

from __future__ import annotations


def williams(treatments: int) -> tuple[tuple[int, ...], ...]:
    """Return the orders of a crossover, as places of treatments: a Williams design.

    Each treatment stands in each period equally often, and follows each other one equally often:
    as many orders as treatments where these are even, twice as many where they are odd (Williams
    EJ (1949), Aust J Sci Res A 2:149-168).

    Parameters
    ----------
    treatments : int
        Two or more.

    Examples
    --------
    >>> williams(2)
    ((0, 1), (1, 0))
    >>> len(williams(3)), len(williams(4))
    (6, 4)
    """
    # 0, 1, -1, 2, -2, ...: each difference between neighbors occurs once.
    first = [-(-n // 2) * (1 if n % 2 else -1) for n in range(treatments)]
    square = [tuple((each + shift) % treatments for each in first) for shift in range(treatments)]
    return tuple(square if treatments % 2 == 0 else [*square, *(row[::-1] for row in square)])
