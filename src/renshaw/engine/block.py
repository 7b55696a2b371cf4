"""A block of motoneurons through the whole of a run: coarse steps, and fine ones near a spike.

All lanes take a coarse step. Those that stood where a spike may begin, or moved as fast as in a
spike, are gathered into chunks of their own beforehand, take the same step in small parts, and are
put back.
"""

from __future__ import annotations

import numpy as np

from renshaw.core.kernels import compiled, kept, kept_with
from renshaw.engine import beyond as beyonds
from renshaw.engine import lanes as at
from renshaw.engine import noise, rates, slow
from renshaw.engine import step as stepping
from renshaw.engine.beyond import (
    add_common,
    fluctuate_beyond,
    pull_at_soma_beyond,
    tune_l_type,
)
from renshaw.engine.rates import ONE, f32
from renshaw.engine.slow import fluctuate, pull_at_dendrite, pull_at_soma
from renshaw.engine.step import SPIKE_mV, eliminate_dendrites, forget_spikes, mark_spikes, step
from renshaw.model import mechanisms
from renshaw.model.mechanisms import l_type_calcium, persistent_sodium

# How a block can end.
FINISHED = -1
DIVERGED_mV: np.float32 = f32(300.0)
# Slow steps between two looks whether all is well.
_LOOK_EVERY = 256

_E_NA = f32(persistent_sodium.REVERSAL_mV - at.ORIGIN_mV)
_E_L = f32(l_type_calcium.REVERSAL_mV - at.ORIGIN_mV)
_ORIGIN = f32(at.ORIGIN_mV)
_ZERO = f32(0.0)

W = at.WIDTH


# Only the whole is kept: a part that were kept would not be forgotten when `lanes` changes.
@compiled(nogil=True)
def hold_inputs(s, gains, column, number, m_gain):
    """Set the inputs of a chunk for a slow step; all its lanes belong to one job."""
    excitation = column[0, number]
    inhibition = column[1, number]
    gamma = column[2, number]
    current = column[3, number]
    for i in range(W):
        s[at.M_GAIN * W + i] = m_gain
        s[at.EXCITATION * W + i] = excitation * gains[i]
        s[at.INHIBITION * W + i] = inhibition * gains[W + i]
        s[at.GAMMA * W + i] = gamma * gains[2 * W + i]
        s[at.CURRENT * W + i] = current * gains[3 * W + i]


@compiled(nogil=True)
def feel(s, felt, volley):
    """Add to the inputs of a chunk what its own pool sends back to it, and volleys."""
    for i in range(W):
        s[at.INHIBITION * W + i] += felt[i]
        s[at.VOLLEY * W + i] = volley


@compiled(nogil=True)
def gather(state, fine, above, slope, lane):
    """Copy every lane near a spike into `fine`; write which into `lane`; return how many."""
    found = 0
    for c in range(state.shape[0]):
        s = state[c]
        near = 0
        for i in range(W):
            near += (s[at.V * W + i] > above) | (abs(s[at.SLOPE * W + i]) > slope)
        if near:
            for i in range(W):
                lane[found] = c * W + i
                found += (s[at.V * W + i] > above) | (abs(s[at.SLOPE * W + i]) > slope)
    chunks = (found + W - 1) // W
    for k in range(chunks * W):
        # The last chunk is filled up with copies of its first lane.
        source = lane[k] if k < found else lane[k - k % W]
        s = state[source // W]
        f = fine[k // W]
        i = source % W
        for row in range(at.GATHERED):
            f[row * W + k % W] = s[row * W + i]
    return found


@compiled(nogil=True)
def scatter(state, fine, lane, found):
    """Put the fast state of the refined lanes back."""
    for k in range(found):
        s = state[lane[k] // W]
        f = fine[k // W]
        i = lane[k] % W
        for row in range(at.FAST_STATE):
            s[row * W + i] = f[row * W + k % W]


@compiled(nogil=True)
def refine(fine, found, step_ms, inner_steps):
    """Take one coarse step of the gathered lanes in `inner_steps` parts."""
    part_ms = step_ms / inner_steps
    per_half = f32(2.0 / part_ms)
    half = f32(part_ms / 2.0)
    for c in range((found + W - 1) // W):
        s = fine[c]
        eliminate_dendrites(s, per_half)
        forget_spikes(s)
        for inner in range(inner_steps):
            step(s, per_half, half, _ZERO)
            mark_spikes(s, f32(inner))


@compiled(nogil=True)
def note_leaps(state, lane, found, now_ms, step_ms, spike_ms, counts):
    """Write down spikes of lanes that leapt over the threshold in one coarse step.

    Only an input that leaps itself does that.
    """
    half = f32(step_ms / 2.0)
    for k in range(found):
        s = state[lane[k] // W]
        i = lane[k] % W
        after = s[at.V * W + i]
        before = s[at.V_BEFORE * W + i]
        if s[at.AGE * W + i] == half and after >= SPIKE_mV and before < SPIKE_mV:
            part = (SPIKE_mV - before) / (after - before)
            _note(lane[k], now_ms + (part - 1.0) * step_ms, spike_ms, counts)


@compiled(nogil=True)
def note_spikes(fine, lane, found, now_ms, part_ms, spike_ms, counts):
    """Write down the spikes of the refined lanes."""
    for k in range(found):
        where = fine[k // W, at.CROSSED * W + k % W]
        if where >= _ZERO:
            _note(lane[k], now_ms + where * part_ms, spike_ms, counts)


@compiled(nogil=True)
def _note(lane, time_ms, spike_ms, counts):
    # A full list keeps its last entry; the caller sees from the count that it is full.
    room = spike_ms.shape[1]
    spike_ms[lane, min(counts[lane], room - 1)] = time_ms
    counts[lane] = min(counts[lane] + 1, room)


@compiled(nogil=True)
def save_traces(state, sample, pic_nA, soma_mV):
    """Save persistent inward current and potential of the soma of every lane, where asked for."""
    for c in range(state.shape[0]):
        s = state[c]
        for i in range(W):
            if c * W + i < pic_nA.shape[0]:
                V = s[at.V * W + i]
                current = s[at.G_NAP * W + i] * s[at.P_NAP * W + i] * (_E_NA - V)
                for j in range(at.DENDRITES):
                    gates = s[(at.M_L + j) * W + i] * (1.0 - s[(at.SHUT_L + j) * W + i])
                    g_L = s[at.GAMMA * W + i] * s[(at.G_L + j) * W + i] * gates
                    current += g_L * (_E_L - s[(at.V_D + j) * W + i])
                pic_nA[c * W + i, sample] = current
            if c * W + i < soma_mV.shape[0]:
                soma_mV[c * W + i, sample] = s[at.V * W + i] + _ORIGIN


@compiled(nogil=True)
def strayed(state, counts, room):
    """Return the first lane that diverged or filled its list of spikes, or `FINISHED`."""
    for c in range(state.shape[0]):
        for i in range(W):
            if not abs(state[c, at.V * W + i]) < DIVERGED_mV or counts[c * W + i] == room:
                return c * W + i
    return FINISHED


@compiled(nogil=True, error_model="numpy")
def integrate_steps(
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
):
    """Integrate the slow steps of `columns` from `begun` up to `ended`, as `integrate_block` does.

    `felt`, shape (chunks, WIDTH), is inhibition of each lane on top of what the columns bring, and
    `volleys`, shape (jobs, slow steps), excitation of each job that doesn't fluctuate; both are
    empty where nothing of the kind arrives.
    """
    chunks = state.shape[0]
    fine = np.empty_like(state)
    lane = np.empty(chunks * W + 1, dtype=np.int64)
    per_half = f32(2.0 / step_ms)
    half = f32(step_ms / 2.0)
    fine_above = fine_above_mV - _ORIGIN
    decay = slow_gains[3]
    m_gain = slow_gains[1]
    slow_ms = f32(step_ms * slow_steps)
    noise_ms = f32(step_ms * slow_steps * noise_every)
    kick = noise_scale * f32(np.sqrt(1.0 - decay * decay))
    for number in range(first + begun, first + ended):
        for c in range(chunks):
            s = state[c]
            beyond = s[at.BEYOND * W] > _ZERO
            hold_inputs(s, gains[c], columns[column_of_chunk[c]], number - first, m_gain)
            if c < felt.shape[0]:
                feel(s, felt[c], volleys[column_of_chunk[c], number - first])
            if noise_scale > _ZERO and number % noise_every == 0:
                fluctuate(s, names[c], number // noise_every, decay, kick)
                if beyond:
                    fluctuate_beyond(s, names[c], number // noise_every, noise_ms, noise_scale)
            if beyond:
                add_common(s)
            pull_at_soma(s, slow_gains[0])
            if beyond:
                pull_at_soma_beyond(s, slow_ms)
            for j in range(at.DENDRITES):
                if beyond:
                    tune_l_type(s, j, slow_ms, m_gain)
                pull_at_dendrite(s, j, slow_gains[0], slow_gains[2])
            eliminate_dendrites(s, per_half)
        if number % save_every == 0:
            save_traces(state, number // save_every, pic_nA, soma_mV)
        for coarse in range(slow_steps):
            now_ms = (number * slow_steps + coarse) * step_ms
            found = gather(state, fine, fine_above, fine_slope, lane)
            note_leaps(state, lane, found, now_ms, step_ms, spike_ms, counts)
            for c in range(chunks):
                step(state[c], per_half, half, ONE)
            refine(fine, found, step_ms, inner_steps)
            note_spikes(fine, lane, found, now_ms, step_ms / inner_steps, spike_ms, counts)
            scatter(state, fine, lane, found)
        if number % _LOOK_EVERY == 0:
            stopped = strayed(state, counts, spike_ms.shape[1])
            if stopped != FINISHED:
                return stopped
    return strayed(state, counts, spike_ms.shape[1])


@kept(nogil=True, error_model="numpy")
def integrate_block(
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
):
    """Integrate a block and return `FINISHED`, or the lane because of which it stopped.

    Parameters
    ----------
    state : array of float32, shape (chunks, ROWS * WIDTH)
    names : array of uint32, shape (chunks, NAMES)
        First motoneuron, trial and seed, which name the random numbers of the lanes.
    gains : array of float32, shape (chunks, 4 * WIDTH)
        Factors by which a lane takes excitation, inhibition, neuromodulation and current.
    columns : array of float32, shape (jobs, 4, slow steps)
        Excitation, inhibition, neuromodulation, current of each job, held for one slow step.
    column_of_chunk : array of int64, shape (chunks,)
    first : int
        Slow steps that were taken before: the state goes on from there.
    noise_scale : float32
        1 for the published fluctuations, 0 for none.
    step_ms : float
        Coarse step.
    slow_steps, noise_every, inner_steps : int
        Coarse steps in a slow one; slow steps for which a fluctuation holds; fine steps in a
        coarse one.
    fine_above_mV, fine_slope : float32
        Potential of the soma (mV), and speed of its change (mV/ms), above which a lane takes fine
        steps.
    slow_gains : array of float32, shape (4,)
        What one slow step makes up of a distance: q, m_L, h_L; what is left of a fluctuation.
    save_every : int
        Slow steps between samples of the traces.
    spike_ms : array, shape (lanes, most spikes)
    counts : array of int64, shape (lanes,)
    pic_nA, soma_mV : array of float32, shape (lanes, samples), or (0, 0)
    """
    none = np.empty((0, W), dtype=np.float32)
    return integrate_steps(
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
        0,
        columns.shape[2],
        none,
        none,
    )


kept_with(integrate_block, at, beyonds, noise, rates, slow, stepping, mechanisms)
