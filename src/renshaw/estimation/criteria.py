"""The criteria of the paired-motor-unit method: which pairs fail, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from renshaw.data.bounds import Bound
from renshaw.data.reasons import NO_REASONS, Cause, Reasons
from renshaw.estimation.pairs import BoolArray, Pairs
from renshaw.estimation.seen import FIRED_BEFORE, FIRES_ON, FIRES_ON_RISING, LOST
from renshaw.estimation.settings import DeltaFSettings

# What the remark on a saturated pair is called: figures and findings look for it.
SATURATED = "saturated"


@dataclass(frozen=True)
class Criterion:
    """One rule that a pair must pass.

    Parameters
    ----------
    name : str
    failed : callable
        Which pairs fail; a figure that can't be computed fails.
    reasons : callable
        Why one pair fails, with the number.
    """

    name: str
    failed: Callable[[Pairs, DeltaFSettings], BoolArray]
    reasons: Callable[[Pairs, int, DeltaFSettings], Reasons]


@dataclass(frozen=True, eq=False)
class Verdict:
    """What the criteria say of every pair.

    Parameters
    ----------
    pairs : Pairs
    settings : DeltaFSettings
    failed : mapping of str to array of bool
        Which pairs fail, by criterion.
    """

    pairs: Pairs
    settings: DeltaFSettings
    failed: dict[str, BoolArray]

    @property
    def accepted(self) -> BoolArray:
        """Which pairs pass every criterion."""
        return np.asarray(~np.logical_or.reduce(list(self.failed.values())))

    @property
    def unseen(self) -> BoolArray:
        """Which pairs are rejected because an onset or an end was not seen.

        What was read from there on, as the overlap and the correlation over it, would be another
        had it been seen; who was recruited how long after whom is known of units whose onset was.
        """
        of_ends = self.failed["unseen"] | self.failed["lost"]
        too_soon = self.failed["recruitment_gap"] & ~self.pairs.test_before
        return np.asarray(of_ends & ~too_soon & ~self.failed["confidence"])

    def why_unseen(self, pair: int) -> Reasons:
        """Return which onset or end of a pair was not seen, and nothing else against it."""
        return self.because("unseen", pair) + self.because("lost", pair)

    def reasons(self, pair: int) -> Reasons:
        """Return every reason why a pair is rejected; none for an accepted one."""
        if self.pairs.overlap_s[pair] <= 0:
            return _NEVER_TOGETHER()
        return Reasons(
            reason for criterion in CRITERIA for reason in self.because(criterion.name, pair)
        )

    def because(self, criterion: str, pair: int) -> Reasons:
        """Return why a pair fails one criterion; nothing where it passes."""
        if not self.failed[criterion][pair]:
            return NO_REASONS
        return _REASONS[criterion](self.pairs, pair, self.settings)

    def remarks(self, pair: int) -> Reasons:
        """Return what to know of a pair besides; mostly nothing."""
        silences = NO_REASONS if self.failed["silences"][pair] else _pauses(self.pairs, pair)
        unseen = NO_REASONS if self.failed["unseen"][pair] else _unseen_ends(self.pairs, pair)
        lost = NO_REASONS if self.failed["lost"][pair] else _losses(self.pairs, pair)
        return self._underestimated(pair) + silences + unseen + lost + self._capped(pair)

    def _capped(self, pair: int) -> Reasons:
        # A rejected pair has no ΔF that could be larger.
        if any(failed[pair] for failed in self.failed.values()):
            return NO_REASONS
        margin = float(self.pairs.modulation_pps[pair] - self.pairs.delta_f_pps[pair])
        if np.isfinite(margin) and margin <= self.settings.saturated_within_pps:
            whole = self.pairs.modulation_pps[pair]
            return _CAPPED(max(margin, 0.0), whole, self.settings.saturated_within_pps)
        return NO_REASONS

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """Whether ΔF of each pair is exact, or at least what was read.

        A test unit that stops later stops at a lower rate of the control unit, unless that rises.
        """
        return tuple("at least" if later else "exact" for later in self.bounded)

    @property
    def bounded(self) -> BoolArray:
        """Whether ΔF of each pair is only a bound."""
        return np.asarray(self.pairs.stop_unseen & ~self.pairs.rises)

    def _underestimated(self, pair: int) -> Reasons:
        lead_s = float(self.pairs.control_lead_s[pair])
        read = np.isfinite(self.pairs.delta_f_pps[pair])
        first = self.pairs.control_ends_first[pair]
        if read and first and self.settings.control_ends_first == "last_discharge":
            return _UNDERESTIMATED(f"{-lead_s:.2f}")
        return NO_REASONS


def judge(pairs: Pairs, settings: DeltaFSettings) -> Verdict:
    """Ask every criterion of every pair."""
    failed = {criterion.name: criterion.failed(pairs, settings) for criterion in CRITERIA}
    return Verdict(pairs, settings, failed)


_NEVER_TOGETHER = Cause("never_together", "the two units never fire together")
_UNDERESTIMATED = Cause(
    "underestimates",
    "the control unit stopped {} s before the test unit: its rate at its last discharge is used, "
    "which underestimates",
    name="the control unit stopped before the test unit, which underestimates",
)


def _not(passed: BoolArray) -> BoolArray:
    # Written as "not passed" so that NaN, which passes nothing, fails.
    return np.asarray(~passed)


_NO_RATE_ON = Cause(
    "no_rate_at_recruitment", "the control unit has no rate at the test unit's recruitment"
)
_NO_RATE_OFF = Cause(
    "no_rate_at_derecruitment", "the control unit has no rate at the test unit's derecruitment"
)


def _unread(pairs: Pairs, settings: DeltaFSettings) -> BoolArray:
    return _not(np.isfinite(pairs.delta_f_pps))


def _why_unread(pairs: Pairs, pair: int, settings: DeltaFSettings) -> Reasons:
    return _NO_RATE_ON() if np.isnan(pairs.rate_on_pps[pair]) else _NO_RATE_OFF()


_GAP = Cause(
    "recruitment_gap",
    "recruited too soon after the control unit ({:.2f} s; more than {:g} s needed)",
    name="recruited too soon after the control unit",
)


def _gap(pairs: Pairs, settings: DeltaFSettings) -> BoolArray:
    return _not(pairs.gap_s > settings.recruitment_gap_s)


def _why_gap(pairs: Pairs, pair: int, settings: DeltaFSettings) -> Reasons:
    return _GAP(pairs.gap_s[pair], settings.recruitment_gap_s)


_CONTROL_STOPPED = Cause(
    "control_stopped",
    "the control unit stopped {:.2f} s before the test unit; the rule asks that it stays active",
    name="the control unit stopped before the test unit",
)


def _left_alone(pairs: Pairs, settings: DeltaFSettings) -> BoolArray:
    if settings.control_ends_first == "last_discharge":
        return np.zeros(len(pairs), dtype=bool)
    return pairs.control_ends_first


def _why_left_alone(pairs: Pairs, pair: int, settings: DeltaFSettings) -> Reasons:
    return _CONTROL_STOPPED(-pairs.control_lead_s[pair])


_TEST_PAUSES = Cause(
    "test_pauses",
    "the test unit pauses for {:.1f} s: ΔF spans more than one spell of firing",
    name="the test unit pauses: ΔF spans more than one spell of firing",
)
_CONTROL_PAUSES = Cause(
    "control_pauses",
    "the control unit pauses for {:.1f} s while the test unit fires",
    name="the control unit pauses while the test unit fires",
)


def _interrupted(pairs: Pairs, settings: DeltaFSettings) -> BoolArray:
    if settings.silences == "remark":
        return np.zeros(len(pairs), dtype=bool)
    return np.asarray(np.maximum(pairs.silence_s, pairs.control_silence_s) > 0)


def _pauses(pairs: Pairs, pair: int) -> Reasons:
    """Return which unit falls silent and for how long; nothing where both fire on."""
    both = ((_TEST_PAUSES, pairs.silence_s), (_CONTROL_PAUSES, pairs.control_silence_s))
    return Reasons(
        reason
        for cause, silence_s in both
        if silence_s[pair] > 0
        for reason in cause(silence_s[pair])
    )


def _why_interrupted(pairs: Pairs, pair: int, settings: DeltaFSettings) -> Reasons:
    return _pauses(pairs, pair)


def _unseen(pairs: Pairs, settings: DeltaFSettings) -> BoolArray:
    if settings.unseen == "remark":
        return np.zeros(len(pairs), dtype=bool)
    return np.asarray(pairs.test_before | (pairs.stop_unseen & pairs.rises))


def _unseen_ends(pairs: Pairs, pair: int) -> Reasons:
    """Return which end of firing was not seen; nothing where all that counts were."""
    found = FIRED_BEFORE().of("test unit") if pairs.test_before[pair] else NO_REASONS
    if pairs.stop_unseen[pair]:
        who = "test unit" if pairs.test_after[pair] else "control unit"
        found += (FIRES_ON_RISING() if pairs.rises[pair] else FIRES_ON()).of(who)
    return found


def _why_unseen(pairs: Pairs, pair: int, settings: DeltaFSettings) -> Reasons:
    return _unseen_ends(pairs, pair)


def _lost(pairs: Pairs, settings: DeltaFSettings) -> BoolArray:
    if settings.lost == "remark":
        return np.zeros(len(pairs), dtype=bool)
    return np.asarray(pairs.test_lost | pairs.control_lost_first)


def _losses(pairs: Pairs, pair: int) -> Reasons:
    """Return which unit the decomposition may have lost; nothing where both stop by themselves."""
    found = LOST().of("test unit") if pairs.test_lost[pair] else NO_REASONS
    lost = pairs.control_lost_first[pair]
    return found + (LOST().of("control unit") if lost else NO_REASONS)


def _why_lost(pairs: Pairs, pair: int, settings: DeltaFSettings) -> Reasons:
    return _losses(pairs, pair)


_UNCORRELATED = Cause(
    "correlation",
    "rates of the two units correlate too weakly (r = {:.2f}; above {:g} needed)",
    name="rates of the two units correlate too weakly",
)
_UNCORRELATED_SQUARE = Cause(
    "correlation_squared",
    "rates of the two units correlate too weakly (r = {:.2f}, r² = {:.2f}; r² above {:g} needed)",
    name="rates of the two units correlate too weakly",
)
_NO_CORRELATION = Cause(
    "no_correlation",
    "the rate-rate correlation can't be computed: too short, or a rate that never varies",
)


def _uncorrelated(pairs: Pairs, settings: DeltaFSettings) -> BoolArray:
    r = pairs.correlation
    # The square keeps the sign: units that go opposite ways don't share their drive.
    asked = r if settings.correlation_statistic == "r" else r * np.abs(r)
    return _not(asked > settings.correlation_min)


def _why_uncorrelated(pairs: Pairs, pair: int, settings: DeltaFSettings) -> Reasons:
    r = pairs.correlation[pair]
    if np.isnan(r):
        return _NO_CORRELATION()
    if settings.correlation_statistic == "r":
        return _UNCORRELATED(r, settings.correlation_min)
    return _UNCORRELATED_SQUARE(r, r**2, settings.correlation_min)


_UNMODULATED = Cause(
    "modulation",
    "the control unit's rate changes too little while the test unit fires "
    "({:.2f} pps; more than {:g} pps needed)",
    name="the control unit's rate changes too little while the test unit fires",
)
_NO_RATE = Cause("no_control_rate", "the control unit has no rate while the test unit fires")


def _unmodulated(pairs: Pairs, settings: DeltaFSettings) -> BoolArray:
    return _not(pairs.modulation_pps > settings.modulation_min_pps)


def _why_unmodulated(pairs: Pairs, pair: int, settings: DeltaFSettings) -> Reasons:
    modulation = pairs.modulation_pps[pair]
    if np.isnan(modulation):
        return _NO_RATE()
    return _UNMODULATED(modulation, settings.modulation_min_pps)


_SATURATED = Cause(
    "saturation",
    "ΔF may be capped by the range of the control unit's rate "
    "(margin {:.2f} pps; more than {:g} pps needed)",
    name="ΔF may be capped by the range of the control unit's rate",
)


def _saturated(pairs: Pairs, settings: DeltaFSettings) -> BoolArray:
    if settings.saturation_margin_pps is None:
        return np.zeros(len(pairs), dtype=bool)
    return _not(pairs.modulation_pps - pairs.delta_f_pps > settings.saturation_margin_pps)


def _why_saturated(pairs: Pairs, pair: int, settings: DeltaFSettings) -> Reasons:
    margin = pairs.modulation_pps[pair] - pairs.delta_f_pps[pair]
    return _SATURATED(margin, settings.saturation_margin_pps)


_CAPPED = Cause(
    SATURATED,
    "saturated: ΔF comes within {:.2f} pps of the whole modulation of the control unit "
    "({:.2f} pps; {:g} pps or less), which may cap it",
    name="saturated: ΔF comes close to the whole modulation of the control unit, which may cap it",
)
_DOUBTFUL = Cause(
    "confidence",
    "the decomposition is not sure enough of one of the two units "
    "(confidence {:.2f}; more than {:g} needed)",
    name="the decomposition is not sure enough of one of the two units",
)


def _doubtful(pairs: Pairs, settings: DeltaFSettings) -> BoolArray:
    return _not(pairs.confidence > settings.confidence_min)


def _why_doubtful(pairs: Pairs, pair: int, settings: DeltaFSettings) -> Reasons:
    return _DOUBTFUL(pairs.confidence[pair], settings.confidence_min)


_BRIEF = Cause(
    "overlap",
    "the two units fire together too briefly ({:.2f} s; at least {:g} s needed)",
    name="the two units fire together too briefly",
)


def _brief(pairs: Pairs, settings: DeltaFSettings) -> BoolArray:
    return np.asarray((pairs.overlap_s <= 0) | (pairs.overlap_s < settings.overlap_min_s))


def _why_brief(pairs: Pairs, pair: int, settings: DeltaFSettings) -> Reasons:
    return _BRIEF(pairs.overlap_s[pair], settings.overlap_min_s)


CRITERIA: tuple[Criterion, ...] = (
    Criterion("readable", _unread, _why_unread),
    Criterion("recruitment_gap", _gap, _why_gap),
    Criterion("control_active", _left_alone, _why_left_alone),
    Criterion("overlap", _brief, _why_brief),
    Criterion("silences", _interrupted, _why_interrupted),
    Criterion("unseen", _unseen, _why_unseen),
    Criterion("lost", _lost, _why_lost),
    Criterion("correlation", _uncorrelated, _why_uncorrelated),
    Criterion("modulation", _unmodulated, _why_unmodulated),
    Criterion("saturation", _saturated, _why_saturated),
    Criterion("confidence", _doubtful, _why_doubtful),
)
_REASONS = {criterion.name: criterion.reasons for criterion in CRITERIA}
