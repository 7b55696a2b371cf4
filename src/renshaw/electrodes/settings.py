"""Settings of the electrodes and of the muscle below them."""

from __future__ import annotations

from dataclasses import dataclass

from renshaw.core.settings import Settings, setting

_FARINA = "10.1109/10.923782"
_FUGLEVAND = "10.1152/jn.1993.70.6.2470"
_ITO = "10.1152/jappl.1998.85.4.1230"

MOVES_WITH = ("time", "torque")


@dataclass(frozen=True, kw_only=True)
class ElectrodeSettings(Settings):
    """A grid of electrodes on the skin, and the muscle that lies below it."""

    rows: int = setting(13, "electrodes along the muscle fibers", ge=1, le=64)
    columns: int = setting(5, "electrodes across the muscle fibers", ge=1, le=64)
    distance_mm: float = setting(8.0, "distance between electrodes", unit="mm", gt=0, le=50)
    sampling_hz: float = setting(
        2048.0, "sampling rate of the amplifier", unit="Hz", ge=1000, le=20_000
    )
    noise_uv: float = setting(3.0, "noise of each electrode, root mean square", unit="uV", ge=0)
    offset_x_mm: float = setting(
        0.0,
        "distance of the grid from the middle of the muscle, across the fibers",
        unit="mm",
        ge=-200,
        le=200,
    )
    offset_y_mm: float = setting(
        0.0,
        "distance of the grid from the middle of the muscle, along the fibers",
        unit="mm",
        ge=-200,
        le=200,
    )
    skin_mm: float = setting(4.0, "skin and fat above the muscle", unit="mm", gt=0, le=40)
    muscle_depth_mm: float = setting(20.0, "thickness of the muscle", unit="mm", gt=1, le=100)
    muscle_width_mm: float = setting(50.0, "width of the muscle", unit="mm", gt=1, le=200)
    fiber_mm: float = setting(120.0, "length of a muscle fiber", unit="mm", ge=20, le=400)
    endplate_spread_mm: float = setting(
        10.0, "width of the innervation zone", unit="mm", ge=0, le=100
    )
    velocity_m_s: float = setting(
        4.0, "mean conduction velocity of the muscle fibers", unit="m/s", gt=1, le=8
    )
    velocity_sd_m_s: float = setting(
        0.3, "standard deviation of conduction velocity between motor units", unit="m/s", ge=0, le=1
    )
    size_ratio: float = setting(
        15.0,
        "number of muscle fibers of the largest motor unit, relative to the smallest",
        ge=1,
        le=500,
        source=_FUGLEVAND,
    )
    fibers_smallest: int = setting(60, "number of muscle fibers of the smallest motor unit", ge=1)
    territory_mm: float = setting(
        8.0, "radius of the largest motor unit's territory", unit="mm", gt=0, le=50
    )
    anisotropy: float = setting(
        6.0,
        "conductivity of muscle along its fibers, relative to across",
        ge=1,
        le=20,
        source=_FARINA,
    )
    crosstalk_units: int = setting(
        20, "active motor units of a neighboring muscle (crosstalk)", ge=0, le=1000
    )
    crosstalk_mm: float = setting(
        45.0, "distance to the neighboring muscle", unit="mm", gt=0, le=300
    )
    shift_y_mm: float = setting(
        0.0,
        "how far the muscle moves along its fibers below the electrodes, in all; in a maximum "
        "isometric contraction the tendon of tibialis anterior gives way by 15 mm",
        unit="mm",
        ge=-50,
        le=50,
        source=_ITO,
    )
    shift_x_mm: float = setting(
        0.0,
        "how far the muscle moves across its fibers below the electrodes, in all",
        unit="mm",
        ge=-50,
        le=50,
    )
    shorten_pct: float = setting(
        0.0,
        "by how much the fibers shorten about the muscle's middle, in all, and thicken by as much; "
        "in a maximum isometric contraction those of tibialis anterior shorten by 16 %",
        unit="%",
        ge=-30,
        le=50,
        source=_ITO,
    )
    rotate_deg: float = setting(
        0.0,
        "by how much the fibers turn below the electrodes, about the muscle's middle, in all",
        unit="deg",
        ge=-45,
        le=45,
    )
    moves_with: str = setting(
        "time",
        "what shift, shortening and rotation grow with: the time from start to end of the "
        "recording, or the torque up to its highest",
        choices=MOVES_WITH,
    )
