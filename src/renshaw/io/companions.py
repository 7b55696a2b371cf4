"""Files that are part of a recording beside them, and none of their own.

Neuromap writes ``NAME_Stats.txt`` and the raw ``NAME.mat`` beside ``NAME_Firings.txt``; Intan's
program goes on in a new ``.rhd`` every minute; MUedit2 lists its edits in ``NAME.json`` beside
``NAME.npz``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from renshaw.io.formats.delsys import FIRINGS
from renshaw.io.formats.intan import goes_on
from renshaw.io.tables.neuromap import raw_names


def companions(files: Sequence[Path]) -> set[Path]:
    """Return those of some files that are read with another of them.

    Parameters
    ----------
    files : sequence of Path
    """
    split = [each for each in files if _ends(each, ".rhd")]
    return {*_neuromap(files), *goes_on(split), *_edits(files)}


def _edits(files: Sequence[Path]) -> Iterable[Path]:
    archives = {each.with_suffix("") for each in files if _ends(each, ".npz")}
    return (each for each in files if _ends(each, ".json") and each.with_suffix("") in archives)


def _neuromap(files: Sequence[Path]) -> Iterable[Path]:
    there = {(each.parent, each.name.casefold()): each for each in files}
    for firings in files:
        stem = firings.name.split(".")[0]
        if not _ends(Path(stem), FIRINGS.casefold()):
            continue
        name = stem[: -len(FIRINGS)]
        beside = [f"{raw}.mat" for raw in raw_names(name)]
        for other in (f"{name}_Stats{firings.name[len(stem) :]}", *beside):
            if found := there.get((firings.parent, other.casefold())):
                yield found


def _ends(path: Path, ending: str) -> bool:
    return path.name.casefold().endswith(ending)
