"""What a notebook shows of any result: title, main finding, main figure and a short table."""

from __future__ import annotations

import re
from html import escape
from uuid import uuid4

from renshaw.core.numbers import number
from renshaw.core.results import Result, shown
from renshaw.figures.words import printable
from renshaw.reports.svg import inline_svg

_ROWS_SHOWN = 8


@shown.register
def notebook_view(noun: Result, /) -> str:
    """Return title, main figure and short table; without the figure where it can't be drawn."""
    title = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(noun).__name__).capitalize()
    table = noun.to_table()
    short = table.head(_ROWS_SHOWN).to_html(index=False, border=0, na_rep="–", float_format=number)
    more = len(table) - _ROWS_SHOWN
    rest = f"<p>and {more:,} more row{'s' * (more > 1)}: to_table()</p>" if more > 0 else ""
    return printable(
        '<div class="renshaw-result" style="max-width:56em">'
        f"<p><strong>{escape(title)}</strong><br>{escape(_sentence(noun))}</p>"
        f'{_figure(noun, title)}<div style="overflow-x:auto">{short}</div>{rest}</div>'
    )


def _sentence(noun: Result) -> str:
    try:
        return noun.finding.sentence
    except Exception:
        return repr(noun)


def _figure(noun: Result, title: str) -> str:
    try:
        # Another output of the same notebook may show the same figure.
        return inline_svg(noun.plot(), name=f"renshaw-{uuid4().hex[:8]}", title=printable(title))
    except Exception:
        return ""
