"""``renshaw decompose``: raw high-density EMG in, motor units and a page about them out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from renshaw.cli.failures import FAILED, FINE
from renshaw.cli.findings import printed
from renshaw.cli.options import Whole, changed, chosen_options, given, options_of, read_options
from renshaw.cli.progress import one_line, progress_bar
from renshaw.core.errors import RenshawError, SettingsError
from renshaw.decomposition.settings import DecomposeSettings

if TYPE_CHECKING:
    from renshaw.data.recording import Recording

Options: Any = options_of(DecomposeSettings())
Read: Any = read_options()


def decompose(
    source: Annotated[Path, Parameter(name="FILE")],
    /,
    *,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    munitquest: Annotated[Path | None, Parameter(name="--munitquest")] = None,
    code_url: Annotated[str, Parameter(name="--code-url")] = "",
    report: Annotated[Path | None, Parameter(name="--report")] = None,
    keep_emg: bool = True,
    seed: Whole = 0,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
    read_as: Annotated[Read | None, Parameter(name="*")] = None,
    options: Annotated[Options | None, Parameter(name="*")] = None,
) -> int:
    """Find the motor units in raw high-density surface EMG.

    Writes the recording with its units to OUT, which renshaw estimate reads. Units that fire
    implausibly are kept, flagged with the reason, and never count as good.

    A folder, such as a BIDS-EMG data set, is decomposed file by file into the folder OUT.

    Files are recognized by their content, whatever their format: renshaw convert --help lists those
    that are read.

    Examples:

        renshaw decompose raw.otb+ -o rec.h5 --report report.html

        renshaw decompose raw.otb+ -o rec.h5 --stimuli trigger

        renshaw estimate rec.h5 -o results

        renshaw decompose DATASET --munitquest entry.zip

    Parameters
    ----------
    source
        Recording with raw EMG, or a folder of them.
    out
        File for the recording: .h5 holds everything; renshaw convert --help lists other endings.
        Folder for recordings where FILE is a folder.
    munitquest
        Archive to write in place of OUT: the recordings' motor units as the competition MUnitQuest
        takes them, with the score that we expect. What is finished is kept in a folder of the same
        name, from where the same command goes on.
    code_url
        With --munitquest: where the code of the entry can be had, which the competition wants in
        each log. Give it at once: with another one everything is made anew.
    report
        Page to write: channel quality, raster, sources and action potentials.
    keep_emg
        Keep the raw EMG in OUT; without it the file is some hundred times smaller.
    seed
        Seed of the places that sources are sought from.
    quiet
        Show no progress.
    """
    from renshaw.core.files import refuse_place
    from renshaw.data.recording import without_emg
    from renshaw.decomposition.decompose import decompose as decompose_verb
    from renshaw.io import losses, read, write

    settings = _with_times(changed(DecomposeSettings(), given(options)))
    if munitquest is not None:
        if out is not None or report is not None:
            raise SettingsError(
                "--munitquest writes an archive for the competition in place of recordings and "
                "pages: leave out -o and --report."
            )
        from renshaw.cli.munitquest import Entry, enter
        from renshaw.decomposition.munitquest.entry import NO_ADDRESS

        entry = Entry(
            munitquest,
            lambda recording, progress: decompose_verb(
                recording, settings, seed=seed, progress=progress
            ),
            chosen_options(read_as),
            {"Settings": settings.to_mapping(), "Seed": seed},
            code_url.strip() or NO_ADDRESS,
        )
        return enter(source, entry, quiet=quiet)
    if out is None:
        raise SettingsError("Where to? Name a file or a folder for the result by -o.")
    if source.is_dir():
        return _folder(
            source,
            out,
            report,
            lambda file, target, page: decompose(
                file,
                out=target,
                report=page,
                keep_emg=keep_emg,
                seed=seed,
                quiet=quiet,
                read_as=read_as,
                options=options,
            ),
        )
    recording = read(source, options=chosen_options(read_as))
    # Refuse a place, or an ending that no format has, before the work is done for it.
    for target in filter(None, (out, report)):
        refuse_place(target)
    losses(recording, str(out))
    with progress_bar(quiet=quiet) as progress:
        found = decompose_verb(recording, settings, seed=seed, progress=progress)
        if report is not None:
            from renshaw.core.files import write_text
            from renshaw.reports.decomposition_sections import decomposition

            progress(1, 1, "writing the report")
            # Also where its sources were not kept.
            write_text(report, decomposition(found).rendered())
    written = write(found if keep_emg else without_emg(found), out)
    pages = [] if report is None else [report]
    printed(found.findings(), _table(found), written=[written, *pages])
    return FINE


def _with_times(settings: DecomposeSettings) -> DecomposeSettings:
    """Return the settings with the times of stimuli in place of the file that holds them."""
    from renshaw.core.files import is_there
    from renshaw.decomposition.stimuli import AUTO
    from renshaw.decomposition.stimuli_list import times_in

    if settings.stimuli in ("", AUTO) or not is_there(Path(settings.stimuli)):
        return settings
    times_s = (*settings.stimuli_s, *times_in(Path(settings.stimuli)))
    return settings.replace(stimuli="", stimuli_s=times_s)


def _folder(
    source: Path, out: Path, report: Path | None, one: Callable[[Path, Path, Path | None], int]
) -> int:
    """Decompose every recording of a folder; one that fails does not stop the others."""
    from renshaw.cli.folder import results_folder
    from renshaw.study.recordings import recording_files

    files = recording_files(source)
    if not files:
        raise RenshawError(f"{source}: there are no recordings in this folder.")
    if report is not None:
        raise RenshawError("--report is a page about one recording; leave it out for a folder.")
    home = results_folder(out)
    failed = 0
    stems = [file.stem for file in files]
    for file in files:
        # Files of the same name in several folders are told apart by these.
        twin = stems.count(file.stem) > 1
        stem = "-".join(file.relative_to(source).with_suffix("").parts) if twin else file.stem
        try:
            one(file, home / f"{stem}.h5", None)
        except RenshawError as error:
            failed += 1
            print(f"renshaw: {one_line(str(error))}", file=sys.stderr)  # noqa: T201
    if failed:
        print(f"renshaw: {failed} of {len(files)} files failed.", file=sys.stderr)  # noqa: T201
    return FAILED if failed else FINE


def _table(recording: Recording) -> str:
    from renshaw.cli.tables import aligned

    units, quality = recording.units, recording.units.quality
    lines = [["unit", "discharges", "rate (pps)", "silhouette", "PNR (dB)", "confidence"]]
    for i in (i for i, flag in enumerate(units.flags) if not flag):
        lines.append(
            [
                units.labels[i],
                str(len(units[i])),
                f"{quality['rate_pps'][i]:.1f}",
                f"{quality['silhouette'][i]:.2f}",
                f"{quality['pnr_db'][i]:.0f}",
                f"{quality['confidence'][i]:.2f}",
            ]
        )
    return aligned(lines, left={0}) if len(lines) > 1 else ""
