"""A figure as SVG that can stand in a page: small, named apart, following light and dark."""

from __future__ import annotations

import io
import re
import warnings
from typing import TYPE_CHECKING, Any

from renshaw.figures.colors import FAINT, INK, MUTED, PAPER
from renshaw.figures.description import Figure as Described
from renshaw.figures.style import look

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_THEME = {INK: "--ink", MUTED: "--muted", FAINT: "--faint", PAPER: "--paper"}
_NUMBER = re.compile(r"-?\d+\.\d{2,}")
_DOT = re.compile(r"M (\S+) (\S+) L \1 \2(?=[ \"])")
_TICK = re.compile(r"M (\S+) (\S+) L \1 (\S+?)(?=[ \"])")
_PATH = re.compile(r' d="[^"]*"')


def inline_svg(figure: Figure | Described, *, name: str, title: str) -> str:
    """Return the ``<svg>`` element of a figure, fit to stand beside others in one HTML page.

    Parameters
    ----------
    figure : Figure
        Of matplotlib, or described.
    name : str
        Unique in the page; every id inside the element starts with it.
    title : str
        What the picture shows, for those who can't see it.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    if isinstance(figure, Described):
        figure = figure.draw()
    page = io.StringIO()
    with look(), mpl.rc_context({"svg.hashsalt": name}), warnings.catch_warnings():
        # The reader's browser draws the text, with whatever fonts it has.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        warnings.filterwarnings("ignore", message="findfont")
        # savefig draws a figure twice before it draws it, which takes most of its time.
        paper = figure.get_facecolor()
        figure.set_facecolor("none")
        canvas: Any = FigureCanvasSVG(figure)
        canvas.print_svg(page, metadata={"Date": None, "Creator": None})
        figure.set_facecolor(paper)
    text = page.getvalue()
    text = text[text.index("<svg") :]
    # A style element inside a page would hold for the whole page; the page has these rules itself.
    text = re.sub(r"<(metadata|style)\b.*?</\1>", "", text, flags=re.DOTALL)
    text = _PATH.sub(lambda path: _compact(path[0]), text)
    text = _named_apart(text, name)
    for color, variable in _THEME.items():
        text = text.replace(color, f"var({variable},{color})")
    return _described(text, name, title)


def _compact(path: str) -> str:
    path = _NUMBER.sub(_rounded, " ".join(path.split()))
    path = _DOT.sub(r"M\1 \2h0", path)
    path = _TICK.sub(r"M\1 \2V\3", path)
    return " " + path.replace(" L ", "L").replace(" M", "M").replace('="M ', '="M')


def _rounded(number: re.Match[str]) -> str:
    return f"{float(number[0]):.1f}".removesuffix(".0")


def _named_apart(text: str, name: str) -> str:
    text = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', text)
    text = re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', text)
    return re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", text)


def _described(text: str, name: str, title: str) -> str:
    escaped = title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    head = re.compile(r'<svg[^>]*?viewBox="([^"]+)"[^>]*>')
    return head.sub(
        lambda found: (
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'viewBox="{found[1]}" role="img" aria-labelledby="{name}-title">'
            f'<title id="{name}-title">{escaped}</title>'
        ),
        text,
        count=1,
    )
