"""``renshaw motoneuron``: the textbook experiments, with an electrode in one motoneuron."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from renshaw.cli.failures import FINE
from renshaw.cli.findings import printed
from renshaw.cli.options import Whole, changed, given, options_of
from renshaw.cli.progress import Progress, progress_bar
from renshaw.core.errors import SettingsError
from renshaw.core.files import write_csv
from renshaw.experiment.current_clamp import CurrentRamp, CurrentRampSettings, current_ramp
from renshaw.experiment.one_motoneuron import ImpalementSettings, impaled
from renshaw.experiment.voltage_clamp import VoltageRamp, VoltageRampSettings, voltage_ramp
from renshaw.model.participant import Participant

_Participant: Any = options_of(Participant(), "Participant", 20)
_Current: Any = options_of(CurrentRampSettings(), "Current ramp")
_Voltage: Any = options_of(VoltageRampSettings(), "Voltage ramp")
_Levels = Annotated[
    tuple[float, ...], Parameter(name="--levels", negative=(), consume_multiple=True)
]
_MOST_LEVELS = 8


def fi(
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    levels: _Levels = (),
    seed: Whole = 0,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
    settings: Annotated[_Current | None, Parameter(name="*")] = None,
    participant: Annotated[_Participant | None, Parameter(name="*")] = None,
) -> int:
    """Inject a triangular current: recruitment, acceleration, and firing that outlasts its cause.

    Writes DIR/report.html, fi and potential as .svg and .png, intervals.csv (one row an interval
    between spikes) and measures.csv (one row a level of neuromodulation).

    Examples:

        renshaw motoneuron fi -o fi

        renshaw motoneuron fi -o fi --motoneuron 10 --peak-nA 20 --levels 0 0.9 1.1

    Parameters
    ----------
    out
        Folder for the results; made where it does not exist.
    levels
        Levels of neuromodulation to compare, 1 being health (in the first edition 0.935, and 1 that
        of the published model); by default 0, the person's own, and 10 % to either side of it.
    seed
        Seed of the synaptic noise, where there is any.
    quiet
        Show no progress.
    """
    who = changed(Participant(), given(participant))
    what = changed(CurrentRampSettings(), given(settings))
    from renshaw.cli.folder import results_folder, write_pictures
    from renshaw.reports.pages.current_ramp import current_ramp_pictures
    from renshaw.reports.report import report

    results_folder(out)
    ramps: list[CurrentRamp] = []
    with progress_bar(quiet=quiet) as progress:
        wanted = _levels(levels, what.neuromodulation, who)
        for level in _each(wanted, progress):
            ramps.append(current_ramp(who, what.replace(neuromodulation=level), seed=seed))
        page = report(ramps, out / "report.html")
        write_pictures(current_ramp_pictures(ramps), out)
    _write_tables(ramps, out / "intervals.csv", out)
    lines = [["neuromodulation", "on (nA)", "off (nA)", "ΔI (nA)", "f-I loop"]]
    for ramp in ramps:
        numbers = (ramp.recruitment_nA, ramp.derecruitment_nA, ramp.sustained_nA)
        lines.append(
            [f"{ramp.neuromodulation:.3g}", *map(_number, numbers), ramp.hysteresis or "silent"]
        )
    return _said(ramps, lines, page)


def clamp(
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    levels: _Levels = (),
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
    settings: Annotated[_Voltage | None, Parameter(name="*")] = None,
    participant: Annotated[_Participant | None, Parameter(name="*")] = None,
) -> int:
    """Hold the soma at a slow triangular potential: the persistent inward current itself.

    Writes DIR/report.html, clamp.svg and clamp.png, currents.csv (one row a sample) and
    measures.csv (one row a level of neuromodulation).

    Examples:

        renshaw motoneuron clamp -o clamp

        renshaw motoneuron clamp -o clamp --muscle SOL --motoneuron 20 --levels 0.9 1.1

    Parameters
    ----------
    out
        Folder for the results; made where it does not exist.
    levels
        Levels of neuromodulation to compare, 1 being health (in the first edition 0.935, and 1 that
        of the published model); by default 0, the person's own, and 10 % to either side of it.
    quiet
        Show no progress.
    """
    who = changed(Participant(), given(participant))
    what = changed(VoltageRampSettings(), given(settings))
    from renshaw.cli.folder import results_folder, write_pictures
    from renshaw.reports.pages.voltage_ramp import voltage_ramp_pictures
    from renshaw.reports.report import report

    results_folder(out)
    ramps: list[VoltageRamp] = []
    with progress_bar(quiet=quiet) as progress:
        wanted = _levels(levels, what.neuromodulation, who)
        for level in _each(wanted, progress):
            ramps.append(voltage_ramp(who, what.replace(neuromodulation=level)))
        page = report(ramps, out / "report.html")
        write_pictures(voltage_ramp_pictures(ramps), out)
    _write_tables(ramps, out / "currents.csv", out)
    lines = [["neuromodulation", "PIC (nA)", "onset (mV)", "offset (mV)", "peak (mV)"]]
    for ramp in ramps:
        numbers = (ramp.amplitude_nA, ramp.onset_mV, ramp.offset_mV, ramp.peak_mV)
        lines.append([f"{ramp.neuromodulation:.3g}", *map(_number, numbers)])
    return _said(ramps, lines, page)


def _levels(levels: Sequence[float], one: float | None, who: Participant) -> tuple[float, ...]:
    if levels and one is not None:
        raise SettingsError("Give --levels or --neuromodulation, not both.")
    if len(levels) > _MOST_LEVELS:
        raise SettingsError(f"--levels: at most {_MOST_LEVELS} fit into one picture.")
    if one is not None:
        return (one,)
    own = impaled(who, ImpalementSettings()).neuromodulation
    return tuple(sorted(set(levels or (0.0, 0.9 * own, own, 1.1 * own))))


def _each(levels: Sequence[float], progress: Progress) -> Iterator[float]:
    for done, level in enumerate(levels):
        progress(done, len(levels) + 1, f"neuromodulation {level:.3g}")
        yield level
    progress(len(levels), len(levels) + 1, "writing the report")


def _write_tables(ramps: Sequence[CurrentRamp | VoltageRamp], each: Path, folder: Path) -> None:
    import pandas as pd

    samples = pd.concat([ramp.to_table() for ramp in ramps], ignore_index=True)
    write_csv(each, samples, digits=6)
    measures = pd.DataFrame([ramp.measures() for ramp in ramps])
    write_csv(folder / "measures.csv", measures, digits=6)


def _number(value: float) -> str:
    return f"{value:.1f}" if value == value else "-"


def _said(
    ramps: Sequence[CurrentRamp | VoltageRamp], lines: Sequence[Sequence[str]], page: Path
) -> int:
    from renshaw.cli.tables import aligned

    findings = [finding for ramp in ramps for finding in ramp.findings()]
    printed(findings, aligned(lines, left={0}), written=[page])
    return FINE


def motoneuron() -> App:
    """Return the command, with one of its own for each experiment."""
    group = App(
        name="motoneuron",
        help="Do a textbook experiment: an electrode in one motoneuron of a virtual person.",
    )
    group.command(fi)
    group.command(clamp)
    return group
