"""How motoneurons lie in memory for the vector kernel: lanes of a chunk, one row a quantity.

A chunk is one float32 array of `ROWS` rows of `WIDTH` lanes, one lane a motoneuron. Quantity `Q` of
lane `i` is ``chunk[Q * WIDTH + i]``: with a literal stride the compiler sees that rows don't
overlap, and computes a whole vector of lanes at once.
"""

from __future__ import annotations

WIDTH = 16
DENDRITES = 4
# Potentials count from here, where a motoneuron spends its time and single precision is finest.
ORIGIN_mV: float = -60.0

_taken = 0


def _rows(n: int = 1) -> int:
    global _taken
    first = _taken
    _taken += n
    return first


# State of soma and dendrites; AGE is how long ago (ms) the instant lies at which the gates stand,
# SLOPE how fast the soma moved in the last step (mV/ms).
V = _rows()
M_NA = _rows()
H_NA = _rows()
P_NAP = _rows()
N_K = _rows()
A_CA = _rows()
CALCIUM = _rows()
N_KCA = _rows()
V_D = _rows(DENDRITES)
AGE = _rows()
SLOPE = _rows()
FAST_STATE = _taken

# What pulls at soma and dendrites during one slow step: conductances (uS) and currents (nA).
G_SOMA = _rows()
B_SOMA = _rows()
G_D = _rows(DENDRITES)
B_D = _rows(DENDRITES)

# Parameters of the fast state.
C_SOMA = _rows()
C_DENDRITE = _rows()
G_AXIAL = _rows()
G_NA = _rows()
G_NAP = _rows()
G_K = _rows()
G_KCA = _rows()
G_CA = _rows()
CALCIUM_PER_DRIVE = _rows()
CALCIUM_REMOVAL_RATE = _rows()
# Rows up to here travel when a lane is refined.
GATHERED = _taken

# The four dendrites eliminated from the equations, for one length of step.
KEEP_D = _rows(DENDRITES)
PUSH_D = _rows(DENDRITES)
PULL_D = _rows(DENDRITES)
LEFT = _rows()
# Before a step, and where in the step a spike fell (-1: nowhere).
V_BEFORE = _rows()
CROSSED = _rows()

# Slow state: h-current, L-type calcium, synaptic fluctuations.
Q_SOMA = _rows()
Q_D = _rows(DENDRITES)
M_L = _rows(DENDRITES)
# What inactivation has shut, 1 - h_L: h_L stays so near 1 that single precision would lose it.
SHUT_L = _rows(DENDRITES)
X_E = _rows(DENDRITES)
X_I = _rows(DENDRITES)

# Parameters of the slow state.
G_PAS_SOMA = _rows()
B_PAS_SOMA = _rows()
G_H_SOMA = _rows()
G_PAS_D = _rows()
B_PAS_D = _rows()
G_H_D = _rows()
G_L = _rows(DENDRITES)
EXP_THETA_M = _rows()
EXP_THETA_H = _rows()
SYNAPTIC_E = _rows()
SYNAPTIC_I = _rows()
E_INHIBITION = _rows()
NOISE = _rows()

# Of the dendrite at hand: what a slow step makes up of m_L's distance, and exp(theta_m / 6 mV).
M_GAIN = _rows()
EXP_THETA = _rows()

# What the published pool lacks (`renshaw.engine.beyond`). BEYOND is 1 in all lanes of a chunk if
# any of its motoneurons has any of it.
BEYOND = _rows()
CLOSING_EXTRA_ms: int = _rows()
EXP_CLOSING = _rows()
SOMATIC_E = _rows()
SOMATIC_I = _rows()
SOMATIC_NOISE = _rows()
SOMATIC_NOISE_RATE = _rows()
FAST = _rows()
FAST_RATE = _rows()
SLOW = _rows()
SLOW_RATE = _rows()
G_SLOW = _rows()
SLOW_AHP_RATE = _rows()
WARM_UP_mV: int = _rows()
WARM_UP_RATE = _rows()
G_HUMP = _rows()
HUMP_RECOVERY_RATE = _rows()
# State of it.
X_SOMA = _rows()
X_FAST = _rows()
X_SLOW_FIRST = _rows()
X_SLOW = _rows()
SLOW_CALCIUM = _rows()
WARMTH = _rows(DENDRITES)
HUMP = _rows()
READY = _rows()
CALCIUM_BEFORE = _rows()

# Inputs of the present slow step.
EXCITATION = _rows()
INHIBITION = _rows()
GAMMA = _rows()
CURRENT = _rows()
# Excitation by volleys that arrive together: it doesn't fluctuate like that by many afferents.
VOLLEY = _rows()
ROWS = _taken

# The numbers that name the random numbers of a chunk: its first motoneuron, trial, seed.
FIRST_NEURON = 0
TRIAL = 1
KEY_LOW = 2
KEY_HIGH = 3
NAMES = 4
