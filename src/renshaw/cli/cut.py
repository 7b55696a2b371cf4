"""``renshaw cut``: one contraction a file, or any part of a recording."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from renshaw.cli.failures import FINE
from renshaw.cli.findings import printed
from renshaw.cli.formats import lists_formats
from renshaw.cli.options import MaybeWhole, changed, chosen_options, given, options_of, read_options
from renshaw.cli.progress import one_line
from renshaw.core.errors import DataError, ReadError
from renshaw.core.files import not_there
from renshaw.core.numbers import number
from renshaw.estimation.settings import ContractionSettings

if TYPE_CHECKING:
    from renshaw.data.recording import Recording
    from renshaw.estimation.contractions.contractions import Contractions

Options: Any = options_of(ContractionSettings(), "Contractions")
Read: Any = read_options()


@lists_formats
def cut(
    file: Annotated[Path, Parameter(name="FILE")],
    /,
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    contraction: MaybeWhole = None,
    from_zero: Annotated[bool, Parameter(negative=())] = False,
    read_as: Annotated[Read | None, Parameter(name="*")] = None,
    options: Annotated[Options | None, Parameter(name="*")] = None,
) -> int:
    """Cut a recording into its contractions, or a part out of it.

    Writes one file a contraction, or one file where --contraction or --window says which part.
    OUT is a folder, which then holds .h5 files, or the name of a file, whose ending is the format;
    several files are numbered: ramp.csv becomes ramp_contraction-1.csv. All units stay, also those
    that are silent in a part, so that unit 3 is the same in every file. Times stay those of FILE
    unless --from-zero asks for others, in formats that can begin at another time than 0.

    What can be written: {written}.

    Examples:

        renshaw cut two_ramps.mat -o parts

        renshaw cut two_ramps.mat -o second.h5 --contraction 2

        renshaw cut two_ramps.mat -o part.csv --window 28 60 --from-zero

    Parameters
    ----------
    file
        Recording, recognized by its content.
    out
        Folder, or file to write.
    contraction
        Number of the one contraction that is written.
    from_zero
        Count time from the beginning of each part.
    """
    from renshaw.estimation.contractions.contractions import contractions
    from renshaw.io import read

    if not file.exists():
        raise ReadError(not_there(file, "the path of a recording"))
    reading = chosen_options(read_as)
    recording = read(file, options=reading)
    if reading.window_s and contraction is None:
        target = out if _names_file(out) else _in_folder(out, file, "part")
        printed([], *_written([(recording, target)], from_zero))
        return FINE
    found = contractions(recording, changed(ContractionSettings(), given(options)))
    parts = [
        (found.part(n), _target(file, out, n, contraction)) for n in _asked(found, contraction)
    ]
    findings = [replace(each, next_steps=()) for each in found.findings()]
    printed(findings, _table(found), *_written(parts, from_zero))
    return FINE


def _asked(found: Contractions, contraction: int | None) -> list[int]:
    """Return the numbers of the contractions that are written."""
    if contraction is not None:
        return [contraction]
    if not found.several:
        raise DataError(
            f"{found.recording.name} can't be cut into contractions: {_why(found)}",
            hint="Choose a part of it by --window START END.",
        )
    return [each.number for each in found]


def _why(found: Contractions) -> str:
    return " ".join(found.remarks) or f"{found.finding.sentence}"


def _target(file: Path, out: Path, number: int, asked: int | None) -> Path:
    """Return where a contraction is written to."""
    if not _names_file(out):
        return _in_folder(out, file, f"contraction-{number}")
    if asked is not None:
        return out
    from renshaw.io import ending_of

    ending = ending_of(out.name) or out.suffix
    stem = out.name.removesuffix(out.name[len(out.name) - len(ending) :])
    return out.with_name(f"{stem}_contraction-{number}{ending}")


def _names_file(out: Path) -> bool:
    return bool(out.suffix) and not out.is_dir()


def _in_folder(out: Path, file: Path, what: str) -> Path:
    from renshaw.cli.folder import results_folder
    from renshaw.io import ending_of

    stem = file.name[: len(file.name) - len(ending_of(file.name) or file.suffix)]
    return results_folder(out) / f"{stem}_{what}.h5"


def _written(parts: Sequence[tuple[Recording, Path]], from_zero: bool) -> Iterator[str]:
    """Write every part; yield what its format can't hold, and where it lies."""
    from renshaw.data.cut import cut as cut_verb
    from renshaw.io import losses, write

    lost: list[str] = []
    lines: list[str] = []
    for recording, target in parts:
        if from_zero:
            recording = cut_verb(recording, *recording.units.window_s, from_zero=True)
        lost += losses(recording, str(target))
        written = write(replace(recording, name=target.stem), target)
        lines.append(one_line(f"Written: {written}"))
    yield "\n".join(f"Not kept: {words}" for words in dict.fromkeys(lost))
    yield "\n".join(lines)


def _table(found: Contractions) -> str:
    from renshaw.cli.tables import aligned

    lines = [["contraction", "begins (s)", "ends (s)", "peak", "units that fire", ""]]
    lines += [
        [
            str(each.number or "–"),
            f"{each.begins_s:.1f}",
            f"{each.ends_s:.1f}",
            f"{number(each.peak)} {each.unit or 'a.u.'}",
            str(each.units),
            "left out" if each.left_out else "",
        ]
        for each in found.every
    ]
    return aligned(lines, left={5})
