"""What several recordings are called: by the shortest part of their paths that tells them apart."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

from renshaw.data.recording import Recording


def telling_names(paths: Iterable[str | os.PathLike[str]]) -> tuple[str, ...]:
    """Return a name for each file: without its ending and folder, where that tells it apart.

    Parameters
    ----------
    paths : iterable of path-like
        Different files; of one given twice both get the same name.

    Examples
    --------
    >>> telling_names(["P01/pre/rec.mat", "P01/post/rec.mat", "P02/pre/rec.mat", "P02/max.mat"])
    ('P01/pre/rec', 'P01/post/rec', 'P02/pre/rec', 'max')
    """
    # Not resolved: links are called what they are called.
    files = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100
    beside = Counter(file.with_suffix("") for file in dict.fromkeys(files))
    parts = [
        # Two kinds of files of one stem in a folder are told apart by their endings.
        (*file.parent.parts, file.name if beside[file.with_suffix("")] > 1 else file.stem)
        for file in files
    ]
    alike: dict[str, list[int]] = defaultdict(list)
    for i, each in enumerate(parts):
        alike[each[-1]].append(i)
    names = [""] * len(files)
    for group in alike.values():
        shared = _shared([parts[i][:-1] for i in group])
        inside = {i: parts[i][shared:] for i in group}
        depth = _depth(set(inside.values()))
        for i in group:
            names[i] = "/".join(part.strip("/\\") for part in inside[i][-depth:]).lstrip("/")
    return tuple(names)


def _shared(folders: Sequence[tuple[str, ...]]) -> int:
    """Return how many folders from the top all have in common; no matter of one alone."""
    together = zip(*folders, strict=False) if len(folders) > 1 else ()
    return sum(1 for _ in takewhile(lambda each: len(set(each)) == 1, together))


def _depth(different: set[tuple[str, ...]]) -> int:
    """Return how many parts from the end tell paths apart."""
    longest = max(map(len, different))
    return next(
        (d for d in range(1, longest) if len({each[-d:] for each in different}) == len(different)),
        longest,
    )


def told_apart(recordings: Sequence[Recording]) -> tuple[Recording, ...]:
    """Return recordings of which no two have one name: by their files where they know them.

    Parameters
    ----------
    recordings : sequence of Recording
    """
    names = [recording.name for recording in recordings]
    if len(set(names)) == len(names):
        return tuple(recordings)
    twins = [i for i, name in enumerate(names) if names.count(name) > 1]
    from_files = [i for i in twins if recordings[i].sources]
    told = telling_names(recordings[i].sources[-1] for i in from_files)
    for i, name in zip(from_files, told, strict=True):
        # A recording that was renamed keeps its name, which says more than that of its file.
        if Path(name).name == names[i]:
            names[i] = name
    taken: set[str] = set()
    for i, name in enumerate(names):
        number = 1
        while names[i] in taken:
            number += 1
            names[i] = f"{name} ({number})"
        taken.add(names[i])
    return tuple(
        each if each.name == name else replace(each, name=name)
        for each, name in zip(recordings, names, strict=True)
    )
