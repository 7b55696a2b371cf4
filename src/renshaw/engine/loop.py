"""Pools whose discharges come back to them: recurrent inhibition, closed within the kernel.

Such pools may also receive volleys: excitation by afferents that fire together.

Time is cut into pieces of a few slow steps. What is fired in one piece moves the Renshaw cells when
it ends, by the exact decay since each discharge, and their answer is felt a piece later, which is
the delay of the loop. The pieces lie where the clock of the session puts them, so that numbers
depend neither on how a run is cut nor on the threads.
"""

from __future__ import annotations

import numpy as np

from renshaw.core.kernels import kept, kept_with
from renshaw.engine import beyond, block, noise, rates, slow, step
from renshaw.engine import lanes as at
from renshaw.engine.block import FINISHED, integrate_steps
from renshaw.model import circuits, mechanisms
from renshaw.model.circuits.recurrent_inhibition import DECAY_ms, DELAY_ms, RISE_ms, answer_pps

# State of the Renshaw cells of a pool: two decaying sums, what they answer and what is felt of it.
RISING, DECAYING, ANSWER, FELT, CELLS = 0, 1, 2, 3, 4
_PPS_PER_ms = 1000.0

W = at.WIDTH


def steps_of_a_piece(slow_ms: float) -> int:
    """Return how many slow steps a piece has: a discharge waits a piece and a half on average."""
    return max(1, round(DELAY_ms / 1.5 / slow_ms))


@kept(nogil=True, error_model="numpy")
def integrate_loop(
    state,
    names,
    gains,
    columns,
    column_of_chunk,
    first,
    noise_scale,
    step_ms,
    slow_steps,
    noise_every,
    inner_steps,
    fine_above_mV,
    fine_slope,
    slow_gains,
    save_every,
    spike_ms,
    counts,
    pic_nA,
    soma_mV,
    every,
    synapses,
    cells,
    heard,
    felt,
    answers,
    volleys,
):
    """Integrate pools with recurrent inhibition; as `integrate_block`, with these in addition.

    Parameters
    ----------
    every : int
        Slow steps of a piece.
    synapses : array of float64, shape (chunks, 2 * WIDTH)
        How much each lane excites the Renshaw cells, and what it receives for each pps of their
        answer.
    cells : array of float64, shape (columns, CELLS)
        State of the Renshaw cells of each pool.
    heard : array of int64, shape (lanes,)
        How many discharges of each lane they have heard.
    felt : array of float32, shape (chunks, WIDTH)
        What is felt of their answer now.
    answers : array of float32, shape (columns, samples)
        Their answer (pps), saved like the traces.
    volleys : array of float32, shape (columns, slow steps)
        Excitation by volleys, M_e (1e-5 S/cm2).
    """
    begun = 0
    while begun < columns.shape[2]:
        ended = min(columns.shape[2], begun + every - (first + begun) % every)
        for number in range(first + begun, first + ended):
            if number % save_every == 0:
                answers[:, number // save_every] = cells[:, FELT]
        stopped = integrate_steps(
            state,
            names,
            gains,
            columns,
            column_of_chunk,
            first,
            noise_scale,
            step_ms,
            slow_steps,
            noise_every,
            inner_steps,
            fine_above_mV,
            fine_slope,
            slow_gains,
            save_every,
            spike_ms,
            counts,
            pic_nA,
            soma_mV,
            begun,
            ended,
            felt,
            volleys,
        )
        if stopped != FINISHED:
            return stopped
        if (first + ended) % every == 0:
            now_ms = (first + ended) * slow_steps * step_ms
            piece_ms = every * slow_steps * step_ms
            for pool in range(len(cells)):
                cells[pool, FELT] = cells[pool, ANSWER]
                cells[pool, RISING] *= np.exp(-piece_ms / RISE_ms)
                cells[pool, DECAYING] *= np.exp(-piece_ms / DECAY_ms)
            for c in range(len(state)):
                pool = column_of_chunk[c]
                for i in range(W):
                    lane = c * W + i
                    for k in range(heard[lane], counts[lane]):
                        since_ms = now_ms - spike_ms[lane, k]
                        cells[pool, RISING] += synapses[c, i] * np.exp(-since_ms / RISE_ms)
                        cells[pool, DECAYING] += synapses[c, i] * np.exp(-since_ms / DECAY_ms)
                    heard[lane] = counts[lane]
            for pool in range(len(cells)):
                apart = max(0.0, cells[pool, DECAYING] - cells[pool, RISING])
                cells[pool, ANSWER] = answer_pps(_PPS_PER_ms * apart / (DECAY_ms - RISE_ms))
            for c in range(len(state)):
                for i in range(W):
                    answer = cells[column_of_chunk[c], FELT]
                    felt[c, i] = synapses[c, W + i] * answer
        begun = ended
    return FINISHED


kept_with(integrate_loop, at, beyond, block, noise, rates, slow, step, mechanisms, circuits)
