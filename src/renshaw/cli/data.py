"""``renshaw data``: open data sets, what they hold, and how they come here."""

import sys
import textwrap
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from renshaw.cli.failures import FINE, INTERRUPTED, the_same_command
from renshaw.cli.progress import one_line, progress_bar
from renshaw.core.numbers import counted
from renshaw.datasets.dataset import DataSet

_WIDTH = 92
_Registry = Annotated[Path | None, Parameter(name="--registry")]


def show(name: str | None = None, /, *, registry: _Registry = None) -> int:
    """List open data sets; with a NAME, say more of one.

    Nothing is fetched, and no server is asked: the list comes with renshaw.

    Examples:

        renshaw data

        renshaw data caillet-2023

        renshaw data get example

    Parameters
    ----------
    name
        Data set to say more of.
    registry
        Another registry of data sets, a TOML file of the same form, e.g. of your laboratory.
    """
    from renshaw.datasets.catalog import find, known

    if name is not None:
        print(_whole(find(name, registry)))  # noqa: T201
        return FINE
    sets = known(registry)
    for dataset in sets.values():
        print(f"{_head(dataset)}\n{_filled(dataset.what)}\n")  # noqa: T201
    print("More of one: renshaw data NAME. Fetch it: renshaw data get NAME --recordings 1")  # noqa: T201
    return FINE


def get(
    name: str,
    /,
    *,
    recordings: Annotated[int | None, Parameter(name=["--recordings", "-n"])] = None,
    files: Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative=())] = (),
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    list_: Annotated[bool, Parameter(name="--list", negative=())] = False,
    registry: _Registry = None,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
) -> int:
    """Fetch an open data set, or a part of it.

    Every file is held against the checksum that its archive gives, and what differs is not kept.
    Stopped, or broken off, the same command goes on where it was. A file of yours in the folder is
    never replaced.

    Examples:

        renshaw data get example -o example

        renshaw data get caillet-2023 --recordings 1

        renshaw data get avrillon-2024 --list

    Parameters
    ----------
    name
        Data set, as renshaw data lists it.
    recordings
        Only so many recordings, with all files that belong to them.
    files
        Only files whose name or path fits one of these patterns, e.g. 'sub-01_*'.
    out
        Folder to put it in; a folder of its name if left out.
    list_
        List the files and their sizes; fetch nothing.
    registry
        Another registry of data sets, a TOML file of the same form, e.g. of your laboratory.
    quiet
        Show no progress.
    """
    from renshaw.datasets.catalog import find, listing
    from renshaw.datasets.choice import chosen
    from renshaw.datasets.fetching import get as get_verb
    from renshaw.datasets.fetching import in_words

    dataset = find(name, registry)
    if list_:
        wanted = chosen(dataset, listing(dataset), recordings, files)
        for file in wanted:
            size = "size not told" if file.size is None else in_words(file.size)
            print(f"{size:>13}  {one_line(file.path)}")  # noqa: T201
        print(f"{counted(len(wanted), 'file')}{_size_of([file.size for file in wanted])}")  # noqa: T201
        return FINE
    try:
        with progress_bar(quiet=quiet) as progress:
            fetched = get_verb(dataset, out, recordings=recordings, files=files, progress=progress)
    except KeyboardInterrupt:
        words = "Stopped. What came is kept; go on with: "
        print(f"renshaw: {one_line(words + the_same_command('data get'))}", file=sys.stderr)  # noqa: T201
        return INTERRUPTED
    print(f"Here: {one_line(str(fetched))}")  # noqa: T201
    if dataset.license:
        print(f"License: {dataset.license}. {_cite(dataset)}".strip())  # noqa: T201
    if dataset.next:
        print(f"Next: {dataset.next.format(folder=fetched.folder)}")  # noqa: T201
    return FINE


def _head(dataset: DataSet) -> str:
    facts = [
        counted(dataset.recordings, "recording") if dataset.recordings else "",
        _size_words(dataset),
        f"license: {dataset.license}",
        "by hand only" if dataset.archive == "page" else "",
    ]
    return f"{dataset.name} - {', '.join(fact for fact in facts if fact)}"


def _whole(dataset: DataSet) -> str:
    get = f"renshaw data get {dataset.name}"
    lines = [
        f"{dataset.what}.",
        f"Here: {dataset.use}." if dataset.use else "",
        f"Described: {dataset.address}" if dataset.address else "",
        f"Fetch: {'in a browser, on its page' if dataset.archive == 'page' else get}",
        f"Tried: {dataset.tried}." if dataset.tried else "",
    ]
    filled = "\n".join(_filled(line) for line in lines if line)
    return f"{_head(dataset)}\n{dataset.title}\n{filled}"


def _filled(words: str) -> str:
    return textwrap.fill(
        one_line(words), _WIDTH, initial_indent="    ", subsequent_indent="    ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _size_words(dataset: DataSet) -> str:
    from renshaw.datasets.fetching import in_words

    return "" if dataset.size_mb is None else in_words(dataset.size_mb * 1e6)


def _size_of(sizes: list[int | None]) -> str:
    from renshaw.datasets.fetching import in_words

    told = [size for size in sizes if size is not None]
    if len(told) < len(sizes):
        return "; the archive does not tell all sizes"
    return f", {in_words(sum(told))}"


def _cite(dataset: DataSet) -> str:
    return f"Cite its authors: {dataset.address}" if dataset.address else ""


def data() -> App:
    """Return the command, and the one that fetches."""
    group = App(name="data")
    group.default(show)
    group.command(get)
    return group
