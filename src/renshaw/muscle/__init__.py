"""Motor-unit twitches, and the torque that they add up to."""

from renshaw.muscle.torque import mvc_force, torque_pct_mvc

__all__ = ["mvc_force", "torque_pct_mvc"]
