"""The command ``renshaw``: one command a verb; errors become sentences here and nowhere else."""

from __future__ import annotations

import codecs
import contextlib
import importlib
import io
import os
import re
import sys
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from renshaw.cli import failures
from renshaw.core.errors import did_you_mean, expected, sentence
from renshaw.core.memory import limit_reads
from renshaw.core.version import __version__

# cyclopts takes a quarter of a second to load; Ctrl-C in that time must find us in `main`.
if TYPE_CHECKING:
    from cyclopts import App, CycloptsError

_HELP = """Measure, model and help to calm an over-excitable spinal cord.

A recording to try, and open data sets:
`renshaw data get example`

The built-in study, from simulation to answer:
`renshaw run`

Your own recording, to estimates.csv and report.html:
`renshaw estimate ramp.mat -o results`

The state of the cord behind it, to posterior.csv and report.html:
`renshaw infer ramp.mat -o results --muscle TA`

Raw high-density EMG, to motor units:
`renshaw decompose raw.otb+ -o rec.h5`

Any tidy table, by a mixed model as R's lme4 fits it:
`renshaw compare deltaf.csv --formula "deltaf ~ time + (1|participant)" -o results`

A recording whose truth is known:
`renshaw simulate ramp -o rec.h5 --seed 7`

The therapy that calms a cord at the smallest cost:
`renshaw design -o therapy`

All of it with the mouse, in a local page:
`renshaw app`

`renshaw COMMAND --help` explains a command and lists its settings.
"""

_COMMANDS = {
    "decompose": ("renshaw.cli.decompose:decompose", "Find motor units in raw high-density EMG."),
    "decode": ("renshaw.cli.decode:decode", "Find known motor units in EMG as it comes in."),
    "estimate": ("renshaw.cli.estimate:estimate", "Estimate excitability from recordings."),
    "infer": ("renshaw.cli.infer:infer", "Infer the state of the cord behind a recording."),
    "peristimulus": (
        "renshaw.cli.peristimulus:peristimulus",
        "Measure what stimuli do to single motor units.",
    ),
    "simulate": ("renshaw.cli.simulate:simulate", "Simulate a recording with known truth."),
    "motoneuron": (
        "renshaw.cli.textbook:motoneuron",
        "Simulate current or voltage clamp of one motoneuron.",
    ),
    "reflex": (
        "renshaw.cli.reflex:reflex",
        "Test reflexes of a virtual person, as a clinic does.",
    ),
    "night": ("renshaw.cli.night:night", "Sleep: the spasms of a night in bed."),
    "effort": (
        "renshaw.cli.effort:effort",
        "Find the drive needed for each force, with and without PICs.",
    ),
    "design": ("renshaw.cli.design:design", "Design a therapy that calms, and the trial of it."),
    "run": ("renshaw.cli.run:run", "Run a study and write its report."),
    "report": ("renshaw.cli.run:report", "Write the report of a finished study again."),
    "compare": ("renshaw.cli.compare:compare", "Compare groups by a mixed model, as R's lme4."),
    "plan": ("renshaw.cli.plan:plan", "Plan a study: power and smallest detectable change."),
    "trial": (
        "renshaw.cli.trial:trial",
        "Analyze a crossover, an N-of-1 series, agreement and the like.",
    ),
    "quantities": ("renshaw.cli.evidence:quantities", "Show every quantity that is measured."),
    "interventions": (
        "renshaw.cli.evidence:interventions",
        "Show every intervention and its evidence.",
    ),
    "evidence": (
        "renshaw.cli.evidence:evidence",
        "Show the evidence on nutrients and ageing muscles.",
    ),
    "validate": ("renshaw.cli.validate:validate", "Compare the model with measurements in people."),
    "fit": ("renshaw.cli.fit:fit", "Fit the virtual person to what people do."),
    "fit-effects": (
        "renshaw.cli.fit_effects:fit_effects",
        "Fit drugs, age, sex and training in % of the PIC.",
    ),
    "cut": ("renshaw.cli.cut:cut", "Cut a recording into its contractions, or a part out of it."),
    "convert": ("renshaw.cli.convert:convert", "Convert a recording into another format."),
    "data": ("renshaw.cli.data:data", "List open data sets, and fetch them."),
    "app": (
        "renshaw.app.command:app",
        "Open a local page: explore, look at recordings, run studies.",
    ),
}
# Commands that have commands. Each is made anew: listing the commands changes what it lists.
_GROUPS = ("data", "infer", "simulate", "motoneuron", "reflex", "trial")


def build(command: str = "") -> App:
    """Return the command-line application.

    Only the command that is used is imported, so that ``--help`` and ``--version`` are quick.
    """
    from cyclopts import App, Parameter

    from renshaw.cli.options import option_name

    codes = "; ".join(f"{code} {meaning}" for code, meaning in failures.EXIT_CODES)
    app = App(
        name="renshaw",
        help=_HELP,
        help_format="markdown",
        help_epilogue=f"Exit codes: {codes}.\n\n--debug shows the traceback of a fault.",
        version=f"renshaw {__version__}",
        suppress_keyboard_interrupt=False,
        default_parameter=Parameter(name_transform=option_name),
    )
    for name, (where, summary) in _COMMANDS.items():
        if name == command:
            module, _, target = where.partition(":")
            used = getattr(importlib.import_module(module), target)
            app.command(used() if name in _GROUPS else used, name=name)
        else:
            app.command(where, name=name, help=summary)
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; nothing escapes as a traceback.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process by default.
    """
    _have_streams()
    _take_any_text(sys.stdout)
    _take_any_text(sys.stderr)
    if arguments is None:  # The process is ours alone.
        limit_reads()
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"]
    with _sentences_for_warnings():
        return _finished(words, debug)


def _finished(words: Sequence[str], debug: bool) -> int:
    try:
        code = _run(list(words))
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        _abandon_output()
        return failures.FINE
    except KeyboardInterrupt:
        return _said("Stopped; files that were already written are whole.", failures.INTERRUPTED)
    except Exception as error:
        from cyclopts import CycloptsError

        if debug and not isinstance(error, CycloptsError):
            raise
        return _said(*_explained(error, words))


@contextlib.contextmanager
def _sentences_for_warnings() -> Iterator[None]:
    """Say of a plug-in that is left out what is the matter, and not in which line of ours."""
    usual = warnings.showwarning

    def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
        from renshaw.core.kinds import PluginWarning

        if issubclass(category, PluginWarning):
            _said(f"{message}.", failures.FINE)
        else:
            usual(message, category, *where, **more)

    warnings.showwarning = show
    try:
        yield
    finally:
        warnings.showwarning = usual


def _run(words: list[str]) -> int:
    if words == ["--version"]:
        # Asked by scripts and installers; nothing else needs to load for it.
        print(f"renshaw {__version__}")  # noqa: T201
        return failures.FINE
    try:
        result = build(next((word for word in words if word in _COMMANDS), ""))(
            words, exit_on_error=False, print_error=False, result_action="return_value"
        )
    except SystemExit as leaving:  # --help and --version
        return leaving.code if isinstance(leaving.code, int) else failures.FINE
    return result if isinstance(result, int) else failures.FINE


def _explained(error: Exception, words: Sequence[str]) -> tuple[str, int]:
    """Return what happened, for a person, and the exit code."""
    from cyclopts import CycloptsError, UnusedCliTokensError

    if isinstance(error, CycloptsError):
        error.verbose = False
        try:
            hint = _hint(error)
            said = str(error)
            if isinstance(error, UnusedCliTokensError):
                said = f"One word too many: {' '.join(error.unused_tokens or ())}."
            return f"{said}{hint} Try: {_help_for(words)}", failures.MISUSED
        except Exception as fault:  # the text lists commands, which imports them
            error = fault
    if expected(error):
        return sentence(error), failures.code_of(error)
    kept = failures.keep_traceback(error)
    where = f"Details for a bug report are in {kept}." if kept else "--debug shows the details."
    return f"{sentence(error)} {where}", failures.BROKEN


_COMMA = re.compile(r"(?:^|=)(-?\d+),(\d+)$")


def _hint(error: CycloptsError) -> str:
    """Return the cure for a decimal comma, or for a mistyped ``--version`` or ``--help``."""
    token = getattr(error, "token", None)
    wrong = [*(error.unused_tokens or ()), *([] if token is None else [token.value])]
    commas = (_COMMA.search(word) for word in wrong)
    if comma := next(filter(None, commas), None):
        number = ".".join(comma.groups())
        sign = f", and a negative one follows =, as in --option={number}"
        return f" Numbers have a decimal point: {number}{sign if number.startswith('-') else ''}."
    unknown = next(iter(error.unused_tokens or ()), "")
    close = did_you_mean(unknown, ("--version", "--help"))
    return f" Did you mean {close!r}?" if close is not None and unknown.startswith("-") else ""


def _said(words: str, code: int) -> int:
    from renshaw.cli.progress import one_line

    # Standard error may be closed or full; there is nowhere else to complain.
    with contextlib.suppress(OSError, ValueError):
        print(f"renshaw: {one_line(words)}", file=sys.stderr, flush=True)  # noqa: T201
    return code


def _help_for(words: Sequence[str]) -> str:
    command = [word for word in words[:1] if word in _COMMANDS]
    if command == ["simulate"]:
        from renshaw.protocols import PROTOCOLS

        command += [word for word in words[1:2] if word in PROTOCOLS]
    if command == ["data"]:
        command += [word for word in words[1:2] if word == "get"]
    if command == ["infer"]:
        command += [word for word in words[1:2] if word == "train"]
    if command == ["trial"]:
        from renshaw.cli.trial import NAMES

        command += [word for word in words[1:2] if word in NAMES]
    if command == ["reflex"]:
        from renshaw.experiment.reflexes import REFLEXES

        command += [word for word in words[1:2] if word in REFLEXES]
    if command == ["motoneuron"]:
        command += [word for word in words[1:2] if word in ("fi", "clamp")]
    return " ".join(["renshaw", *command, "--help"])


def _take_any_text(stream: TextIO) -> None:
    """Let a terminal that can't show ΔF show delta-F rather than fail."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        codecs.register_error("renshaw", _plain)
        reconfigure(errors="renshaw")


# A number that lost its minus sign would be a wrong number.
_PLAIN = {"−": "-", "–": "-", "Δ": "delta-", "°": "deg", "²": "2", "±": "+-", "…": "..."}


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    odd = error.object[error.start : error.end]
    return "".join(_PLAIN.get(letter, "?") for letter in odd), error.end


def _have_streams() -> None:
    """Replace a stream that whoever started us has closed."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, io.StringIO())


def _abandon_output() -> None:
    """Leave standard output to whoever closed it, so that Python does not complain on exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
