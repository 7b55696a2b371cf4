"""The small protocol of results: print, tabulate, plot, save, report, cite, show in a notebook.

`plot`, `save` and `report` are open verbs: a higher floor registers how a noun is drawn or written,
so that the noun itself needs to know nothing of pictures, files and pages.
"""

from __future__ import annotations

import html
import importlib
from collections.abc import Callable
from functools import singledispatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renshaw.core.errors import FormatError, Place
from renshaw.core.files import given_path, replacing, write_csv, writing
from renshaw.core.history import History

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from renshaw.core.finding import Finding

# The modules that register how nouns are drawn, saved, reported and shown, by the name of a class;
# the facade fills it in.
PROVIDERS: dict[str, tuple[str, ...]] = {}

TABLE_ENDINGS = (".csv", ".parquet")
_ROWS_PRINTED = 40


class Result:
    """What results of verbs have in common.

    A new result is a frozen dataclass with a `history` and `to_table`. It saves, reports, cites and
    shows itself by what is here; how it is drawn is registered with `plot`.
    """

    history: History

    def to_table(self) -> pd.DataFrame:
        """Return the result as a tidy table."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.to_table())} rows)"

    def __str__(self) -> str:
        return f"{self!r}\n{self.to_table().to_string(index=False, max_rows=_ROWS_PRINTED)}"

    def findings(self) -> tuple[Finding, ...]:
        """Return what was found in sentences, with numbers and warnings; the answer comes first."""
        from renshaw.core.finding import findings_of

        return findings_of(self)

    @property
    def finding(self) -> Finding:
        """The answer: the first of `findings`."""
        return self.findings()[0]

    def plot(self, **options: Any) -> Figure:
        """Draw the result; returns a matplotlib figure.

        Parameters
        ----------
        **options
            Those of its figure.
        """
        figure: Figure = _provided(plot, type(self))(self, **options)
        return figure

    def save(self, path: str | Path) -> Path:
        """Write the result to a file and return its path.

        The ending says how: ``.csv`` and ``.parquet`` hold `to_table`. A recording has formats of
        its own (`renshaw.write`); a posterior and a change are a folder where there is no ending.

        Parameters
        ----------
        path : str or Path
            Its ending tells the format: ``.csv`` or ``.parquet``.

        Raises
        ------
        FormatError
            The ending is not known; the message lists those that are.
        WriteError
            No file can be written there.
        """
        written = _provided(save, type(self))(self, given_path("save", path))
        assert isinstance(written, Path)
        return written

    def report(self, path: str | Path, **options: Any) -> Path:
        """Write a self-contained HTML page about the result and return its path.

        Parameters
        ----------
        path : str or Path
            Of the page, e.g. ``report.html``.
        **options
            As `renshaw.report` takes them.
        """
        written = _provided(report, type(self))(self, given_path("report", path), **options)
        assert isinstance(written, Path)
        return written

    def cite(self) -> tuple[str, ...]:
        """Return the references of every method that led here."""
        return self.history.citations()

    def _repr_html_(self) -> str:
        """Return what a notebook shows: title, main figure, short table; it never raises."""
        try:
            return str(_provided(shown, type(self))(self))
        except Exception:
            return f"<pre>{html.escape(_said(self))}</pre>"


@singledispatch
def plot(noun: Any, /, **options: Any) -> Figure:
    """Draw a noun (a recording, estimates, a protocol); returns a matplotlib figure.

    Parameters
    ----------
    noun : object
        A result, a recording or a protocol.
    **options
        Those of its figure.
    """
    draw = _provided(plot, type(noun))
    if draw is not plot.dispatch(object):
        figure: Figure = draw(noun, **options)
        return figure
    raise TypeError(f"There is no picture of a {type(noun).__name__} yet.")


@singledispatch
def save(noun: Any, path: Path, /) -> Path:
    """Write a noun to a file and return its path."""
    raise TypeError(f"There is no file format for a {type(noun).__name__} yet.")


@singledispatch
def report(noun: Any, path: str | Path, /, **options: Any) -> Path:
    """Write a page about a noun and return its path."""
    raise TypeError(f"There is no page about a {type(noun).__name__} yet.")


@singledispatch
def shown(noun: Any, /) -> str:
    """Return the HTML that a notebook shows of a noun."""
    raise TypeError(f"A notebook can't show a {type(noun).__name__} yet.")


@save.register(Result)
def save_table(noun: Result, path: Path, /) -> Path:
    """Write the table of a result as CSV or Parquet, as the ending says, whole or not at all.

    Raises
    ------
    FormatError
        The ending is another.
    WriteError
        No file can be written there.
    """
    ending = path.suffix.lower()
    if ending == ".csv":
        with writing(path):
            return write_csv(path, noun.to_table())
    if ending == ".parquet":
        with writing(path), replacing(path) as temporary:
            noun.to_table().to_parquet(temporary, index=False)
        return path
    what = f"The ending {ending!r} names no format" if ending else "A name without ending"
    raise FormatError(
        f"{what} for {type(noun).__name__}.",
        code="format.unknown",
        value=ending,
        place=Place(file=str(path)),
        hint=f"Write to a name that ends in {' or '.join(TABLE_ENDINGS)}.",
    )


def _said(noun: Result) -> str:
    for words in (str, repr):
        try:
            return words(noun)
        except Exception:
            continue
    return type(noun).__name__


def _provided(verb: Any, kind: type) -> Callable[..., Any]:
    """Return how a kind of noun is drawn, saved, ..., once the modules that know it are loaded."""
    for each in kind.__mro__:
        for module in PROVIDERS.get(each.__name__, ()):
            importlib.import_module(module)
    implementation: Callable[..., Any] = verb.dispatch(kind)
    return implementation
