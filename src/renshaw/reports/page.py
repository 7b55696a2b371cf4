"""Pages: what a template is given, and how it becomes one self-contained file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from markupsafe import Markup

from renshaw.core.finding import Finding, as_mapping
from renshaw.core.kinds import RegisterByNoun
from renshaw.core.version import __version__
from renshaw.figures.words import printable
from renshaw.reports.svg import inline_svg
from renshaw.reports.tables import Table, settings_table

if TYPE_CHECKING:
    from jinja2 import Environment
    from matplotlib.figure import Figure

    from renshaw.core.history import History
    from renshaw.core.settings import Settings
    from renshaw.figures import Figure as Described


@dataclass(frozen=True)
class Drawing:
    """A picture in a page."""

    svg: Markup
    title: str
    caption: str
    small: bool = False


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it.

    Parameters
    ----------
    name : str
        By which links find it.
    title : str
        Its heading.
    paragraphs : sequence of str
        Sentences below the heading.
    notes : sequence of str
        What limits them, set apart.
    pictures : sequence of Drawing
        Figures, in order.
    tables : sequence of Table
        Tables that are open.
    folded : sequence of Table
        Tables that are opened by a click.
    code : str
        Python that does the same.
    """

    name: str
    title: str
    paragraphs: Sequence[str] = ()
    notes: Sequence[str] = ()
    pictures: Sequence[Drawing] = ()
    tables: Sequence[Table] = ()
    folded: Sequence[Table] = ()
    code: str = ""


def drawing(
    figure: Figure | Described, name: str, title: str, caption: str, small: bool = False
) -> Drawing:
    """Return a figure made ready for a page.

    Parameters
    ----------
    figure : Figure
        Of matplotlib, or described.
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


@dataclass(frozen=True, kw_only=True)
class Content:
    """What the page of a result says; words about what was found are those of its findings alone.

    Parameters
    ----------
    title : str
    kind : str
        What sort of result it is, above the title.
    findings : sequence of Finding
        Its answers, numbers and remarks come first.
    sections : sequence of Section or None
        In order; None is passed over.
    history : History
        Told as a program, with what it cites.
    settings : Settings or mapping, optional
        Every one of them is listed.
    settings_title : str
    question : str
        What was asked, below the title.
    """

    title: str
    kind: str
    findings: Sequence[Finding]
    sections: Sequence[Section | None]
    history: History
    settings: Settings | Mapping[str, Any] | None = None
    settings_title: str = "Settings"
    question: str = ""

    def rendered(self) -> str:
        """Return the whole page."""
        return rendered(
            "result.html.j2",
            title=self.title,
            kind=self.kind,
            question=self.question,
            found=as_mapping(self.findings),
            sections=[section for section in self.sections if section is not None],
            history=self.history,
            settings=settings_table(self.settings, self.settings_title),
        )


@dataclass(frozen=True)
class Page:
    """How the page of one noun is made.

    Parameters
    ----------
    of : type
        The class of the noun.
    content : callable
        Takes a noun and, by name, what else the page can show; returns its `Content`.
    rank : float
        Its place in lists.
    several : bool
        Whether it takes a sequence of such nouns.
    """

    of: type
    content: Callable[..., Content]
    rank: float = 0.0
    several: bool = False

    @property
    def name(self) -> str:
        """The name of the noun's class."""
        return self.of.__name__


PAGES: RegisterByNoun[Page] = RegisterByNoun(
    "report", home="renshaw.reports.pages", entry_points="renshaw.pages", made_of=Page
)

C = TypeVar("C", bound=Callable[..., Content])


def page_of(of: type, *, several: bool = False) -> Callable[[C], C]:
    """Let a function return the page of a noun; a decorator."""

    def added(content: C) -> C:
        PAGES.add(Page(of, content, several=several))
        return content

    return added


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
