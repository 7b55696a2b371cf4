"""Settings of every estimator, and the named sets of them: renshaw's own, and other tools'."""

from __future__ import annotations

from dataclasses import dataclass

from renshaw.core.errors import SettingsError, suggestion
from renshaw.core.settings import Settings, setting

_GORASSINI = "10.1152/jn.00024.2001"
_BEAUCHAMP_2022 = "10.1088/1741-2552/ac4594"
_BEAUCHAMP_2023 = "10.1088/1741-2552/acb1d7"
_VALLI = "10.1016/j.jelekin.2023.102850"

SMOOTHER_NAMES = ("svr", "polynomial", "hann", "spline")


FIND = ("auto", "torque", "discharges", "never")


@dataclass(frozen=True, kw_only=True)
class ContractionSettings(Settings):
    """How the contractions of a recording are told apart; each is then estimated by itself."""

    find: str = setting(
        "auto",
        "what contractions are found by: the torque where it is useful, else the discharges of "
        "all units (auto); one of the two; or never, which takes the recording as one contraction",
        choices=FIND,
    )
    rest_min_s: float = setting(
        0.5, "shortest rest between two contractions", unit="s", gt=0, le=60
    )
    rest_level_pct: float = setting(
        15.0,
        "torque at rest is below this share of the lower of the two contractions",
        unit="%",
        gt=0,
        lt=100,
    )
    height_min_pct: float = setting(
        20.0,
        "smallest height of a contraction in which no motor unit begins to fire, as a share of "
        "the level at which most discharges lie",
        unit="%",
        ge=0,
        le=100,
    )
    duration_min_pct: float = setting(
        33.0,
        "a contraction that is shorter than this share of the usual one, such as a maximal effort "
        "before a ramp, is left out (0: none is)",
        unit="%",
        ge=0,
        le=100,
    )


@dataclass(frozen=True, kw_only=True)
class SmoothingSettings(Settings):
    """How the discharge rate of a unit is made a smooth curve."""

    method: str = setting(
        "svr",
        "smoother of the discharge rate: support vector regression, polynomial, Hann window "
        "or smoothing spline",
        choices=SMOOTHER_NAMES,
        source=_BEAUCHAMP_2022,
    )
    grid_hz: float = setting(
        50.0,
        "sampling rate of the smoothed curve; values at an instant are evaluated exactly",
        unit="Hz",
        ge=1,
        le=10_000,
    )
    gap_s: float = setting(
        1.0,
        "longest silence within which a unit still counts as firing",
        unit="s",
        gt=0,
        source=_BEAUCHAMP_2022,
    )
    gap_edges: str = setting(
        "kept",
        "at a silence, keep the unit's rate at the last discharge before it, or cut it as "
        "openhdemg 0.2 does",
        choices=("kept", "cut"),
        source=_VALLI,
    )
    discharges_min: int = setting(
        10,
        "smallest number of discharges of a unit that is smoothed",
        ge=3,
        source=_BEAUCHAMP_2023,
    )
    discharges_max: int = setting(
        10_000,
        "largest number of discharges for support vector regression, whose time grows with "
        "the square of that number",
        ge=100,
    )
    svr_gamma_per_s2: float | None = setting(
        1 / 1.6,
        "width of the Gaussian kernel (empty: one over the variance of the times)",
        unit="1/s2",
        gt=0,
        source=_BEAUCHAMP_2022,
    )
    svr_c: float = setting(
        1 / 0.370,
        "how closely support vector regression follows the data",
        gt=0,
        source=_BEAUCHAMP_2022,
    )
    svr_epsilon_pps: float | None = setting(
        None,
        "deviation that is not penalized (empty: the interquartile range of the rates divided "
        "by 11)",
        unit="pps",
        ge=0,
        source=_BEAUCHAMP_2022,
    )
    svr_end_weight: float = setting(
        5.0,
        "weight of the first and last intervals of a unit",
        gt=0,
        source=_BEAUCHAMP_2022,
    )
    svr_end_intervals: int = setting(
        4,
        "number of intervals at each end that get this weight",
        ge=0,
        source=_BEAUCHAMP_2022,
    )
    polynomial_degree: int = setting(5, "degree of the polynomial", ge=1, le=15, source=_GORASSINI)
    hann_window_s: float = setting(
        2.0, "length of the Hann window, e.g. 1 or 2 s", unit="s", gt=0, le=60
    )
    spline_width_s: float = setting(
        0.5,
        "width of the spline's equivalent kernel: larger is smoother",
        unit="s",
        gt=0,
        le=60,
    )


@dataclass(frozen=True, kw_only=True)
class EndsSettings(Settings):
    """When it counts as seen that a unit starts and stops firing.

    A unit that fires up to the edge of the recording went on, or had begun before: what needs its
    start or stop is then a bound, or not known.
    """

    silence_s: float = setting(
        1.0,
        "a unit that is silent for so long at an edge of the recording was seen to start, or stop "
        "(0: every unit was)",
        unit="s",
        ge=0,
        le=60,
    )
    silence_intervals: float = setting(
        2.5,
        "so was one that is silent for longer than this many times the longest of its nearest "
        "intervals between discharges",
        gt=1,
        le=10,
    )
    intervals: int = setting(5, "number of nearest intervals that are looked at", ge=1, le=100)
    change_pct: float = setting(
        10.0,
        "torque or rate that has risen by more than this part of its range in the last quarter of "
        "the time that a unit was seen to fire still rises; one that is lower than its peak by "
        "that has fallen",
        unit="%",
        ge=0,
        lt=100,
    )


@dataclass(frozen=True, kw_only=True)
class DeltaFSettings(Settings):
    """Which pairs of units tell of persistent inward currents, and how ΔF is read from them."""

    recruitment: str = setting(
        "second",
        "discharge that counts as recruitment; the first rate belongs to the second discharge",
        choices=("first", "second"),
        source=_VALLI,
    )
    recruitment_gap_s: float = setting(
        1.0,
        "shortest time from recruitment of the control unit to that of the test unit, so that "
        "the control unit's persistent inward current is already on",
        unit="s",
        ge=0,
        source=_GORASSINI,
    )
    correlation_min: float = setting(
        0.7,
        "lowest rate-rate correlation, so that both units share their drive",
        ge=-1,
        lt=1,
        source=_GORASSINI,
    )
    correlation_statistic: str = setting(
        "r",
        "whether the limit applies to the correlation r or to its square (r2 > 0.7 means r > 0.84)",
        choices=("r", "r2"),
    )
    modulation_min_pps: float = setting(
        0.5,
        "smallest change of the control unit's rate while the test unit fires; a saturated "
        "unit does not follow the drive",
        unit="pps",
        ge=0,
        source=_VALLI,
    )
    control_ends_first: str = setting(
        "reject",
        "if the control unit stops before the test unit: reject the pair, or read the rate at "
        "its last discharge, which underestimates ΔF",
        choices=("reject", "last_discharge"),
        source=_VALLI,
    )
    silences: str = setting(
        "reject",
        "if the control or test unit pauses longer than smoothing.gap_s, as between two "
        "contractions: reject the pair, or keep it with a remark",
        choices=("reject", "remark"),
    )
    unseen: str = setting(
        "reject",
        "if the test unit fires already when the recording begins, or still when it ends while "
        "the control unit's rate rises: reject the pair, or keep it with a remark",
        choices=("reject", "remark"),
    )
    lost: str = setting(
        "reject",
        "if the control or test unit stops at once with others while the contraction goes on, as "
        "where the decomposition lost them: reject the pair, or keep it with a remark",
        choices=("reject", "remark"),
    )
    saturation_margin_pps: float | None = setting(
        None,
        "by how much the control unit's modulation must exceed ΔF, so that its range does not "
        "cap ΔF (empty: no limit)",
        unit="pps",
        ge=0,
    )
    saturated_within_pps: float = setting(
        0.5,
        "a pair whose ΔF comes this close to the control unit's modulation is remarked as "
        "saturated: its ΔF may be larger",
        unit="pps",
        ge=0,
        source="Foley & Kalmar 2019 (PMC6879958)",
    )
    overlap_min_s: float = setting(
        0.0, "shortest time for which both units of a pair fire together", unit="s", ge=0
    )
    confidence_min: float = setting(
        0.5,
        "probability of being right that both units of a pair must exceed, where the "
        "decomposition gives it; flagged units have 0",
        ge=0,
        lt=1,
    )
    weights: str = setting(
        "confidence",
        "whether means weight each value by the confidence of its units, where the "
        "decomposition gives it",
        choices=("confidence", "none"),
    )
    average: str = setting(
        "per_test_unit",
        "average ΔF over test units or over all pairs",
        choices=("per_test_unit", "all_pairs"),
    )
    normalization: str = setting(
        "none",
        "ctrl_max_desc: also give ΔF as a share of the control unit's descending range (rate "
        "at test-unit recruitment minus rate at its own derecruitment)",
        choices=("none", "ctrl_max_desc"),
        source=_VALLI,
    )


@dataclass(frozen=True, kw_only=True)
class GeometrySettings(Settings):
    """The brace: how far the rate bows above the straight line from recruitment to its peak."""

    against: str = setting(
        "torque",
        "what the rate is plotted against (time is used where no torque was recorded)",
        choices=("torque", "time"),
        source=_BEAUCHAMP_2023,
    )
    way_up: str = setting(
        "fitted",
        "curve whose bow is measured: fitted (a polynomial of rate on torque, to the intervals "
        "from recruitment to peak torque) or smoothed (the smoothed rate up to its peak, as "
        "published, which hides weak and strong currents)",
        choices=("fitted", "smoothed"),
        source=_BEAUCHAMP_2023,
    )
    degree: int = setting(3, "degree of the fitted polynomial", ge=2, le=8)
    rise_error_max_pct: float = setting(
        20.0,
        "largest standard error of the fitted rise from recruitment to peak torque, as a share of "
        "the rise: what is divided by less is noise",
        unit="%",
        gt=0,
    )
    brace_height_max_pct: float = setting(
        200.0,
        "largest plausible brace height",
        unit="% rTri",
        gt=0,
        source=_BEAUCHAMP_2023,
    )
    torque_peak_pct: float = setting(
        95.0,
        "torque counts as at its peak from this share of it on. The fitted way up ends where the "
        "rise to there, straightened, reaches the peak; a smoothed one is refused where the rate "
        "peaks after torque was last there (100: at the highest sample)",
        unit="%",
        gt=0,
        le=100,
        source=_BEAUCHAMP_2023,
    )
    acceleration_rise_min_pct: float = setting(
        2.0,
        "smallest rise of torque (or time) from recruitment to the brace point, as a share of "
        "the rise to the peak rate; a slope over less is noise",
        unit="%",
        ge=0,
        le=100,
    )


@dataclass(frozen=True, kw_only=True)
class RatesSettings(Settings):
    """Recruitment, rates, self-sustained firing and the variability of intervals."""

    recruitment: str = setting(
        "first",
        "discharge at which time and torque of recruitment are read",
        choices=("first", "second"),
    )
    cov_interval_max_s: float = setting(
        0.4,
        "longer intervals are pauses and are left out of the coefficient of variation",
        unit="s",
        gt=0,
    )
    cov_intervals_min: int = setting(
        10, "smallest number of intervals for a coefficient of variation", ge=2
    )
    cov_detrend: bool = setting(
        True,
        "divide each interval by the one predicted from the smoothed rate, so that a ramp "
        "does not count as variability",
    )


@dataclass(frozen=True, kw_only=True)
class VibStimSettings(Settings):
    """When torque and EMG of tendon vibration with bouts of stimulation are read."""

    window_s: float = setting(0.5, "time over which each value is averaged", unit="s", gt=0, le=10)
    after_bout_s: float = setting(
        1.0,
        "time from the end of a stimulation bout until torque is read, so that the evoked "
        "torque is over",
        unit="s",
        ge=0,
        le=10,
    )
    after_vibration_s: float = setting(
        3.0,
        "time from the end of vibration until sustained torque is read",
        unit="s",
        ge=0,
        le=60,
        source="Blazevich et al. 2024, Eur J Appl Physiol",
    )
    sustained_min_pct_mvc: float = setting(
        1.0,
        "smallest sustained torque of a responder; it must also exceed three standard "
        "deviations of the torque at rest",
        unit="% MVC",
        ge=0,
        le=100,
    )


@dataclass(frozen=True, kw_only=True)
class SpasmSettings(Settings):
    """What counts as a spasm, and when it is over."""

    silence_s: float = setting(1.0, "silence of all units that ends a spasm", unit="s", gt=0, le=60)
    settled_s: float = setting(
        1.0,
        "time from the end of the input until units and rates are read, so that firing is "
        "self-sustained",
        unit="s",
        ge=0,
        le=60,
    )
    torque_min_pct: float = setting(
        5.0,
        "where no unit was recorded: a spasm ends when torque falls below this share of its peak",
        unit="%",
        gt=0,
        lt=100,
    )
    stopped_within_s: float = setting(
        1.0,
        "firing must end within this time after an inhibitory burst",
        unit="s",
        ge=0,
        le=60,
    )


@dataclass(frozen=True, kw_only=True)
class EstimateSettings(Settings):
    """Everything that `estimate` can be told.

    Examples
    --------
    >>> import renshaw as rs
    >>> strict = rs.EstimateSettings()
    >>> strict = strict.replace(delta_f=strict.delta_f.replace(correlation_min=0.9))
    >>> strict.delta_f.correlation_min
    0.9
    """

    contractions: ContractionSettings = setting(ContractionSettings, "contractions of a recording")
    smoothing: SmoothingSettings = setting(SmoothingSettings, "smoothing of discharge rates")
    ends: EndsSettings = setting(EndsSettings, "when the start and stop of firing count as seen")
    delta_f: DeltaFSettings = setting(DeltaFSettings, "paired-motor-unit method")
    geometry: GeometrySettings = setting(GeometrySettings, "brace height, slopes and angle")
    rates: RatesSettings = setting(
        RatesSettings,
        "recruitment, discharge rates, self-sustained firing, coefficient of variation",
    )
    vibstim: VibStimSettings = setting(VibStimSettings, "tendon vibration with stimulation")
    spasm: SpasmSettings = setting(SpasmSettings, "spasm test")

    def __post_init__(self) -> None:
        super().__post_init__()
        for info in self.describe():
            value = getattr(self, info.name)
            if not isinstance(value, info.kind):
                raise self.refusal(info.name, f"must be {info.kind.__name__}.")


# renshaw: a pair counts only where the control unit is an honest gauge of the drive from the test
# unit's recruitment to its last discharge, so that both have to fire throughout;
# whoever fires fewer than ten times, or together for less than two seconds, has no rate worth
# correlating.
_RENSHAW = EstimateSettings(delta_f=DeltaFSettings(overlap_min_s=2.0))

# openhdemg 0.2.0b2: gap > 1 s, r > .7, modulation > .5 pps, nothing else; where the control unit
# stops first, its rate at its last discharge is taken (doi:10.1016/j.jelekin.2023.102850). It does
# not tell contractions apart.
_OPENHDEMG = EstimateSettings(
    contractions=ContractionSettings(find="never"),
    smoothing=SmoothingSettings(discharges_min=3, gap_edges="cut"),
    delta_f=DeltaFSettings(
        control_ends_first="last_discharge", silences="remark", unseen="remark", lost="remark"
    ),
)

RULES: dict[str, EstimateSettings] = {"renshaw": _RENSHAW, "openhdemg": _OPENHDEMG}


def rules(name: str) -> EstimateSettings:
    """Return the settings of a rule set by name.

    Parameters
    ----------
    name : str
        ``"renshaw"`` or ``"openhdemg"``.

    Raises
    ------
    SettingsError
        An unknown name; the message suggests the closest one.
    """
    try:
        return RULES[name]
    except (KeyError, TypeError):
        raise SettingsError(
            f"There is no rule set {name!r}.",
            code="settings.unknown",
            name="rules",
            value=name,
            hint=suggestion(str(name), RULES),
        ) from None
