"""``renshaw peristimulus``: what stimuli do to the motor units of a recording."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from renshaw.cli.failures import FINE
from renshaw.cli.findings import printed
from renshaw.cli.options import Whole, changed, chosen_options, given, options_of, read_options
from renshaw.cli.progress import progress_bar
from renshaw.core.files import is_there, write_csv
from renshaw.data.recording import Recording
from renshaw.estimation.around_stimuli.settings import PeristimulusSettings

_Options: Any = options_of(PeristimulusSettings(), "Peristimulus")
_Read: Any = read_options()


def peristimulus(
    recording: Annotated[Path, Parameter(name="RECORDING")],
    /,
    *,
    stimuli: Annotated[str, Parameter(name="--stimuli")],
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    seed: Whole = 0,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
    read_as: Annotated[_Read | None, Parameter(name="*")] = None,
    settings: Annotated[_Options | None, Parameter(name="*")] = None,
) -> int:
    """Measure what stimuli do to single motor units: histograms of counts and rates.

    Writes DIR/report.html, peristimulus.svg and .png, responses.csv (one row a unit and direction)
    and histograms.csv (one row a unit and bin).

    Examples:

        renshaw peristimulus rec.h5 --stimuli times.csv -o psth

        renshaw peristimulus rec.h5 --stimuli trigger -o psth --last-ms 300

    Parameters
    ----------
    recording
        Recording with motor units.
    stimuli
        When stimuli came: a file of times (s), one a row; the name of a trigger signal; the label
        of events; or auto, to find them in raw EMG. In a file with several columns the head says
        which one has the times; lists in other units, and those of which that is not sure, are
        refused.
    out
        Folder for the results; made where it does not exist.
    seed
        Of the moved stimuli that tell what chance does.
    quiet
        Show no progress.
    """
    what = changed(PeristimulusSettings(), given(settings))
    from renshaw.cli.folder import results_folder, write_pictures
    from renshaw.estimation.peristimulus import peristimulus as measured
    from renshaw.io import read
    from renshaw.reports.figures.peristimulus import peristimulus_curves
    from renshaw.reports.report import report

    source = read(recording, options=chosen_options(read_as))
    stimuli_s = _times(source, stimuli)
    # An impossible folder is told before the work, not after it.
    results_folder(out)
    with progress_bar(quiet=quiet) as progress:
        found = measured(source, stimuli_s, what, seed=seed, progress=progress)
    page = report(found, out / "report.html")
    write_csv(out / "responses.csv", found.to_table(), digits=6)
    write_csv(out / "histograms.csv", found.histogram_table(), digits=6)
    write_pictures({"peristimulus": peristimulus_curves(found)}, out)
    printed(found.findings(), written=[page])
    return FINE


def _times(recording: Recording, told: str) -> Any:
    from renshaw.decomposition.stimuli import stimuli_of
    from renshaw.decomposition.stimuli_list import times_in

    return times_in(Path(told)) if is_there(Path(told)) else stimuli_of(recording, told)
