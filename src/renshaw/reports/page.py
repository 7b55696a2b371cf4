"""Pages: what a template is given, and how it becomes one self-contained file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from renshaw.core.version import __version__
from renshaw.reports.svg import inline_svg
from renshaw.reports.tables import Table, settings_table

if TYPE_CHECKING:
    from jinja2 import Environment
    from matplotlib.figure import Figure

    from renshaw.core.history import History
    from renshaw.core.settings import Settings


@dataclass(frozen=True)
class Drawing:
    """A picture in a page."""

    svg: Markup
    title: str
    caption: str
    small: bool = False


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it."""

    name: str
    title: str
    paragraphs: Sequence[str] = ()
    notes: Sequence[str] = ()
    pictures: Sequence[Drawing] = ()
    tables: Sequence[Table] = ()
    folded: Sequence[Table] = ()
    code: str = ""


@dataclass(frozen=True)
class KeyFigure:
    """A number worth seeing first."""

    title: str
    value: str
    unit: str = ""


def drawing(figure: Figure, name: str, title: str, caption: str, small: bool = False) -> Drawing:
    """Return a figure made ready for a page.

    Parameters
    ----------
    figure : Figure
    name : str
        Unique in the page, made of letters, digits and hyphens.
    title : str
        What the picture shows, for those who can't see it.
    caption : str
        How to read it.
    small : bool
        Whether it looks better at less than the full width.
    """
    # matplotlib escapes every text in its SVG, and `inline_svg` the title.
    return Drawing(
        Markup(inline_svg(figure, name=name, title=printable(title))), title, caption, small
    )


def rendered(template: str, **content: Any) -> str:
    """Return a whole page."""
    return _environment().get_template(template).render(version=__version__, **content)


def result_page(
    *,
    title: str,
    kind: str,
    headline: str,
    keys: Sequence[KeyFigure],
    sections: Sequence[Section],
    history: History,
    settings: Settings | None = None,
    settings_title: str = "Settings that the estimates were made with",
    warnings: Sequence[str] = (),
    spread: str = "",
) -> str:
    """Return the page of one result: the answer, numbers worth seeing first, cautions, sections.

    Parameters
    ----------
    title : str
    kind : str
        What sort of result it is, above the title.
    headline : str
        The answer in a sentence.
    keys : sequence of KeyFigure
    sections : sequence of Section
    history : History
        Told as a program, with what it cites.
    settings : Settings, optional
        Every one of them is listed.
    settings_title : str
    warnings : sequence of str
    spread : str
        How sure the answer is, in a sentence below it.
    """
    return rendered(
        "recording.html.j2",
        title=title,
        kind=kind,
        headline=headline,
        spread=spread,
        keys=keys,
        warnings=warnings,
        sections=sections,
        python=history.as_python(),
        citations=history.citations(),
        settings=settings_table(settings, settings_title),
    )


def printable(text: str) -> str:
    """Return text without the control characters that a page can't hold."""
    return "".join(c if c >= " " or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def _printable(value: Any) -> Any:
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("renshaw.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
