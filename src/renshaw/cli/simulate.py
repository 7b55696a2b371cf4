"""``renshaw simulate``: a virtual person does a protocol; the recording goes to a file."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from renshaw.cli.failures import FINE
from renshaw.cli.findings import printed
from renshaw.cli.given import given_option
from renshaw.cli.options import Whole, changed, given, options_of
from renshaw.cli.progress import progress_bar
from renshaw.core.settings import Settings
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.model.participant import Participant
from renshaw.protocols import PROTOCOLS, Protocol

_GIVEN = given_option("What is done to calm")
_Participant: Any = options_of(Participant(), "Participant", 20)


def _command(name: str, protocol: type[Protocol]) -> Any:
    options: Any = options_of(protocol(), f"Protocol: {name}")

    def command(
        *,
        out: Annotated[Path, Parameter(name=["--out", "-o"])],
        given_: Annotated[tuple[str, ...], _GIVEN] = (),
        seed: Whole = 0,
        observed: Annotated[bool, Parameter(negative=())] = False,
        quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
        settings: Annotated[options | None, Parameter(name="*")] = None,
        participant: Annotated[_Participant | None, Parameter(name="*")] = None,
    ) -> int:
        who = changed(Participant(), given(participant))
        what = changed(protocol(), given(settings))
        return _simulated(who, what, given_, seed, out, quiet, observed=observed)

    command.__doc__ = f"""{_summary(protocol)}

    Examples:

        renshaw simulate {name} -o rec.h5

        renshaw simulate {name} -o rec.h5 --given reciprocal-inhibition --seed 7

    Parameters
    ----------
    out
        File for the recording: .h5 holds everything; renshaw convert --help lists other endings.
    seed
        Seed of the synaptic noise.
    observed
        Keep only what surface EMG decomposition would find: part of the units, with its errors.
    quiet
        Show no progress.
    """
    return command


def _summary(protocol: type[Settings]) -> str:
    return (protocol.__doc__ or "").strip().splitlines()[0]


def _simulated(
    who: Participant,
    what: Protocol,
    names: tuple[str, ...],
    seed: int,
    out: Path,
    quiet: bool,
    *,
    observed: bool,
) -> int:
    from renshaw.core.files import refuse_place
    from renshaw.experiment.observation import ObservationSettings, observe
    from renshaw.experiment.simulate import simulate as simulate_verb
    from renshaw.interventions import intervention
    from renshaw.io import losses, write

    interventions = tuple(intervention(name) for name in names)
    # Refuse a place, or an ending that no format has, before the work is done for it.
    refuse_place(out)
    losses(Recording(MotorUnits((), (0.0, 0.0))), str(out))
    with progress_bar(quiet=quiet) as progress:
        recording = simulate_verb(who, what, interventions, seed=seed, progress=progress)
    if observed:
        recording = observe(recording, ObservationSettings(errors=True, tracked=False), seed=seed)
    printed(recording.findings(), written=[write(recording, out)])
    return FINE


def simulate() -> App:
    """Return the command, with one of its own for each protocol."""
    group = App(
        name="simulate",
        help="Simulate a recording whose truth is known: a virtual person does a protocol.",
    )
    for name, protocol in PROTOCOLS.items():
        group.command(_command(name, protocol), name=name)
    return group
