"""``renshaw infer``: from a recording to the state of the cord behind it; and its training."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from renshaw.cli.failures import FINE, INTERRUPTED, the_same_command
from renshaw.cli.findings import printed
from renshaw.cli.options import (
    MaybeWhole,
    Whole,
    changed,
    chosen_options,
    given,
    options_of,
    read_options,
)
from renshaw.cli.progress import one_line, progress_bar
from renshaw.core.errors import ReadError
from renshaw.core.files import not_there
from renshaw.core.seeds import checked_seed
from renshaw.inference.settings import InferSettings, TrainSettings

if TYPE_CHECKING:
    from renshaw.data.recording import Recording
    from renshaw.inference.change import Change
    from renshaw.inference.posterior import Posterior
    from renshaw.io.options import ReadOptions

_Infer: Any = options_of(InferSettings(), "Inference")
# The muscle is a setting of inference itself.
_Read: Any = read_options("muscle")
_Train: Any = options_of(TrainSettings(), "Training")


def from_recording(
    recording: Annotated[Path, Parameter(name="REC")],
    /,
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    after: Path | None = None,
    seed: Whole = 0,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
    read_as: Annotated[_Read | None, Parameter(name="*")] = None,
    settings: Annotated[_Infer | None, Parameter(name="*")] = None,
) -> int:
    """Infer neuromodulation, inhibition, drive and traits of the pool from a voluntary ramp.

    Writes DIR/posterior.csv (a row a parameter), samples.parquet, posterior.toml,
    history.json and report.html.
    With --after, what changed between two recordings of one person: change.csv, change.parquet and
    report.html, and the two posteriors in before/ and after/.

    Examples:

        renshaw infer ramp.mat -o results --muscle TA

        renshaw infer before.h5 --after relaxed.h5 -o results --muscle GM

        renshaw infer train -o training

    Parameters
    ----------
    recording
        A recording with decomposed motor units; torque in % MVC helps.
    out
        Folder for the results; made where it does not exist.
    after
        A second recording of the same person and contraction.
    seed
        Seed of the samples.
    quiet
        Show no progress.
    """
    chosen, seed = changed(InferSettings(), given(settings)), checked_seed(seed)
    from renshaw.cli.folder import results_folder
    from renshaw.inference.change import infer_change
    from renshaw.inference.files import CHANGE_TABLE, TABLE
    from renshaw.inference.infer import infer as infer_verb

    reading = chosen_options(read_as)
    first = _read(recording, reading)
    second = None if after is None else _read(after, reading)
    results_folder(out, TABLE if second is None else CHANGE_TABLE)
    with progress_bar(quiet=quiet) as progress:
        progress(0, 2, "inferring")
        if second is None:
            posterior = infer_verb(first, chosen, seed=seed, progress=progress)
            progress(1, 2, "writing the report")
            posterior.save(out)
            findings, table = posterior.findings(), _posterior_table(posterior)
        else:
            change = infer_change(first, second, chosen, seed=seed, progress=progress)
            progress(1, 2, "writing the report")
            change.save(out)
            findings, table = change.findings(), _change_table(change)
    printed(findings, table, written=[out / "report.html"])
    return FINE


def train(
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    seed: Whole = 0,
    workers: MaybeWhole = None,
    scheduler: str | None = None,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
    settings: Annotated[_Train | None, Parameter(name="*")] = None,
) -> int:
    """Train inference anew: simulate, summarize, fit, calibrate. Stopped, it goes on.

    Needs sbi and torch (pip install 'renshaw[infer]'); a GPU is used for fitting where there is
    one. Writes DIR/ramps.npz, which rs.infer takes in place of the file that comes with renshaw.

    Examples:

        renshaw infer train -o training

        renshaw infer train -o training --pairs 500 --workers 8

    Parameters
    ----------
    out
        Folder for simulations, summaries, networks and weights; what it holds is not done again.
    seed
        Seed of simulations and training.
    workers
        Processes that simulate; as many as there are cores by default. The numbers don't depend on
        it.
    scheduler
        Address of a Dask scheduler, whose workers simulate instead.
    quiet
        Show no progress.
    """
    chosen = changed(TrainSettings(), given(settings))
    from renshaw.cli.folder import results_folder
    from renshaw.inference.train import train as train_verb

    results_folder(out)
    try:
        with progress_bar(quiet=quiet) as progress:
            path = train_verb(
                out, chosen, seed=seed, workers=workers, scheduler=scheduler, progress=progress
            )
    except KeyboardInterrupt:
        words = f"Stopped. What is finished is kept in {out}; go on with: "
        print(  # noqa: T201
            f"renshaw: {one_line(words + the_same_command('infer train'))}", file=sys.stderr
        )
        return INTERRUPTED
    print(one_line(f"Written: {path}"))  # noqa: T201
    return FINE


def _read(path: Path, reading: "ReadOptions") -> "Recording":
    from renshaw.io import read

    if not path.exists():
        raise ReadError(not_there(path, "the path of a recording with motor units"))
    return read(path, options=reading)


def _posterior_table(posterior: "Posterior") -> str:
    from renshaw.cli.tables import aligned
    from renshaw.inference.posterior import plain

    lines = [["parameter", "5 %", "50 %", "95 %", "narrowed", ""]]
    for row in posterior.to_table().to_dict("records"):
        narrowed = row["narrowed_pct"]
        share = "" if narrowed != narrowed else f"{max(0.0, narrowed):.0f} %"
        numbers = (f"{row[name]:.3g}" for name in ("q05", "q50", "q95"))
        lines.append([plain(row["parameter"]), *numbers, share, row["remark"]])
    return aligned(lines, left={0, 5})


def _change_table(change: "Change") -> str:
    from renshaw.cli.tables import aligned
    from renshaw.inference.posterior import plain

    lines = [["change of", "5 %", "50 %", "95 %", "it fell, probability"]]
    for row in change.to_table().to_dict("records"):
        numbers = (f"{row[name]:.3g}" for name in ("q05", "q50", "q95"))
        what = plain(row["parameter"].removesuffix("_change"))
        fell = "not known" if change.unseen else f"{100 - row['rose_pct']:.0f} %"
        lines.append([what, *numbers, fell])
    return aligned(lines, left={0})


def infer() -> App:
    """Return the command, and the one that trains it."""
    group = App(name="infer")
    group.default(from_recording)
    group.command(train)
    return group
