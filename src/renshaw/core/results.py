"""The small protocol of results: they print, tabulate, plot, save and cite themselves.

`plot` and `save` are open verbs: a higher floor registers how a noun is drawn or written, so that
the noun itself needs to know nothing of pictures and files.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import singledispatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renshaw.core.history import History

if TYPE_CHECKING:
    import pandas as pd

    from renshaw.core.finding import Finding

# Modules that register implementations of the open verbs; the facade fills it in.
PROVIDERS: list[str] = []


class Result:
    """What results of verbs have in common."""

    history: History

    def to_table(self) -> pd.DataFrame:
        """Return the result as a tidy table."""
        raise NotImplementedError

    def findings(self) -> tuple[Finding, ...]:
        """Return what was found in sentences, with numbers and warnings; the answer comes first."""
        from renshaw.core.finding import findings_of

        return findings_of(self)

    @property
    def finding(self) -> Finding:
        """The answer: the first of `findings`."""
        return self.findings()[0]

    def plot(self, **options: Any) -> Any:
        """Draw the result; returns a matplotlib figure."""
        return _provided(plot, type(self))(self, **options)

    def save(self, path: str | Path) -> Path:
        """Write the result to a file and return its path."""
        written = _provided(save, type(self))(self, Path(path))
        assert isinstance(written, Path)
        return written

    def cite(self) -> tuple[str, ...]:
        """Return the references of every method that led here."""
        return self.history.citations()


@singledispatch
def plot(noun: Any, /, **options: Any) -> Any:
    """Draw a noun (a recording, estimates, a protocol); returns a matplotlib figure."""
    draw = _provided(plot, type(noun))
    if draw is not plot.dispatch(object):
        return draw(noun, **options)
    raise TypeError(f"There is no picture of a {type(noun).__name__} yet.")


@singledispatch
def save(noun: Any, path: Path, /) -> Path:
    """Write a noun to a file and return its path."""
    raise TypeError(f"There is no file format for a {type(noun).__name__} yet.")


def _provided(verb: Any, kind: type) -> Callable[..., Any]:
    if verb.dispatch(kind) is verb.dispatch(object):
        for module in PROVIDERS:
            importlib.import_module(module)
            if verb.dispatch(kind) is not verb.dispatch(object):
                break
    implementation: Callable[..., Any] = verb.dispatch(kind)
    return implementation
