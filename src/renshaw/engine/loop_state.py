"""`LoopState`: what the pools of a session send back to themselves, from piece to piece."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import SimulationError
from renshaw.engine import lanes as at
from renshaw.engine.inputs import FloatArray
from renshaw.engine.packing import chunks_of
from renshaw.engine.settings import EngineSettings
from renshaw.model.circuits.recurrent_inhibition import RecurrentInhibition


class LoopState:
    """The Renshaw cells of the pools of a session, and the volleys that reach these.

    Parameters
    ----------
    recurrent : sequence of RecurrentInhibition or None
        Of each pool.
    sizes : sequence of int
        Motoneurons of each pool.
    slow_steps : int
        Length of the session.
    settings : EngineSettings
    """

    def __init__(
        self,
        recurrent: Sequence[RecurrentInhibition | None],
        sizes: Sequence[int],
        slow_steps: int,
        settings: EngineSettings,
    ) -> None:
        from renshaw.engine import loop

        pools = len(recurrent)
        chunks = sum(map(chunks_of, sizes))
        self._every = loop.steps_of_a_piece(settings.slow_ms)
        each = zip(recurrent, sizes, strict=True)
        self._synapses = np.concatenate([_synapses(cells, n) for cells, n in each])
        self._cells = np.zeros((pools, loop.CELLS))
        self._heard = np.zeros(chunks * at.WIDTH, dtype=np.int64)
        self._felt = np.zeros((chunks, at.WIDTH), dtype=np.float32)
        self._volleys = np.zeros((pools, 0), dtype=np.float32)
        samples = -(-slow_steps // settings.save_every)
        self.answers: NDArray[np.float32] = np.zeros((pools, samples), dtype=np.float32)

    def take(self, volleys: FloatArray | None, steps: int) -> None:
        """Take in the volleys of the steps that follow, shape (pools, steps); none if not given."""
        wanted = (len(self._cells), steps)
        given = np.zeros(wanted) if volleys is None else np.asarray(volleys, dtype=float)
        if given.shape != wanted or not np.all(np.isfinite(given)) or given.min(initial=0.0) < 0:
            raise SimulationError(
                f"volleys must be finite, not negative and of shape {wanted}, not {given.shape}."
            )
        self._volleys = np.ascontiguousarray(given, dtype=np.float32)

    def integrate(self, arguments: tuple[Any, ...], part: slice, pools: slice) -> int:
        """Integrate the chunks of some pools; see `renshaw.engine.loop.integrate_loop`.

        Parameters
        ----------
        arguments : tuple
            Those of `renshaw.engine.block.integrate_block`.
        part, pools : slice
            Which chunks, and the pools to which these belong.
        """
        from renshaw.engine.loop import integrate_loop

        lanes = slice(part.start * at.WIDTH, part.stop * at.WIDTH)
        return int(
            integrate_loop(
                *arguments,
                self._every,
                self._synapses[part],
                self._cells[pools],
                self._heard[lanes],
                self._felt[part],
                self.answers[pools],
                self._volleys[pools],
            )
        )


def _synapses(cells: RecurrentInhibition | None, n: int) -> FloatArray:
    """Return what motoneurons give to Renshaw cells and take, shape (chunks, 2 * WIDTH)."""
    rows = np.zeros((2, chunks_of(n) * at.WIDTH))
    if cells is not None:
        rows[:, :n] = cells.weights, cells.inhibition
        # The lanes that are left over repeat the last motoneuron, and nobody hears them.
        rows[1, n:] = cells.inhibition[-1]
    chunks = rows.reshape(2, -1, at.WIDTH).swapaxes(0, 1)
    return np.ascontiguousarray(chunks.reshape(-1, 2 * at.WIDTH))
