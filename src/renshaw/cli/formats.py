"""What the help of a command says of file formats, which only their register knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from renshaw.io import FORMATS, written_formats
from renshaw.io.format import Format

Command = TypeVar("Command", bound=Callable[..., Any])


def lists_formats(command: Command) -> Command:
    """Put lists of formats in place of the marks {read}, {units} and {written} of a docstring."""
    known = tuple(FORMATS.values())
    lists = {
        "{read}": [_said(each, each.endings) for each in known],
        "{units}": [_said(each, each.endings) for each in known if not each.raw],
        "{written}": [_said(each, (each.ending,)) for each in written_formats()],
    }
    for mark, said in lists.items():
        command.__doc__ = (command.__doc__ or "").replace(mark, ", ".join(said))
    return command


def _said(format: Format, endings: tuple[str, ...]) -> str:
    return f"{format.title} ({', '.join(endings)})" if endings else format.title
