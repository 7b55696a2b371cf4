"""What the targets measure: ramps, VibStim and spasm tests of groups of virtual people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from renshaw.interventions import intervention
from renshaw.protocols import Ramp, SpasmTest, VibStim
from renshaw.study.laboratory import Series

Traits = tuple[tuple[str, object], ...]

OLDER: Traits = (("age_years", 70.0),)
INJURED: Traits = (("condition", "spinal-cord-injury"), ("severity", 0.75))


def ramp_to(pct_mvc: float) -> Ramp:
    """Return the triangle to that level at 2 % MVC a second."""
    return Ramp(peak_pct_mvc=pct_mvc, rise_s=pct_mvc / 2, fall_s=pct_mvc / 2)


def ramps(
    name: str,
    muscle: str,
    people: int,
    trials: int,
    *,
    traits: Traits = (),
    given: Sequence[str] = (),
    **more: Any,
) -> Series:
    """Return ramps of a muscle, by default to 20 % MVC by a group of its own.

    Parameters
    ----------
    name : str
    muscle : str
    people, trials : int
    traits : tuple of (str, value)
        Settings of `Participant` that all people share.
    given : sequence of str
        Names of interventions.
    **more
        Other fields of `Series`: ``group``, ``protocol``, ``session``.
    """
    done = tuple(intervention(each) for each in given)
    who = (("muscle", muscle), *traits)
    return Series(name, people, traits=who, given=done, trials=trials, **{"group": name, **more})


def young(muscle: str, people: int, trials: int) -> Series:
    """Return ramps of young adults as they are, which most targets are compared with."""
    return ramps(f"{muscle} young", muscle, people, trials)


def vibstim(
    name: str,
    people: int,
    *,
    given: Sequence[str] = (),
    session: int = 1,
    nerve_after_s: float = 0.0,
) -> Series:
    """Return VibStim of the soleus by 20 people or more, as few of whom respond.

    Parameters
    ----------
    name : str
    people : int
    given : sequence of str
        Names of interventions.
    session : int
    nerve_after_s : float
        For how long the antagonist's nerve is stimulated on after vibration.
    """
    return Series(
        f"VibStim {name}",
        max(people, 20),
        VibStim(nerve_after_s=nerve_after_s),
        (("muscle", "SOL"),),
        tuple(intervention(each) for each in given),
        trials=1,
        session=session,
        group="VibStim",
        observed=False,
    )


def spasm(name: str, people: int, test: SpasmTest, traits: Traits = ()) -> Series:
    """Return spasm tests of the tibialis anterior by half as many people, six at least.

    Parameters
    ----------
    name : str
    people : int
    test : SpasmTest
    traits : tuple of (str, value)
    """
    who = (("muscle", "TA"), *traits)
    few, group = max(6, people // 2), f"spasm {name}"
    return Series(group, few, test, who, trials=1, group=group, observed=False)
