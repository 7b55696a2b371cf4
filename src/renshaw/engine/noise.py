"""Counter-based random numbers: the same for any number of threads and any order of work.

Philox4x32-10 (Salmon et al. 2011, doi:10.1145/2063384.2063405) turns a counter and a key into four
words of 32 bits. The key is the seed; the counter says which motoneuron, trial and slow step.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from renshaw.core.equations import equation

u64 = np.uint64
_WORD = u64(0xFFFFFFFF)
_HALF_WORD = u64(0xFFFF)
_32 = u64(32)
_16 = u64(16)
_MULTIPLY_0 = u64(0xD2511F53)
_MULTIPLY_2 = u64(0xCD9E8D57)
_WEYL_0 = u64(0x9E3779B9)
_WEYL_1 = u64(0xBB67AE85)

# A uniform of 16 bits becomes one of mean 0 and variance 1.
UNIFORM_CENTER = 32767.5
UNIFORM_STEP = sqrt(12.0) / 65536.0


@equation
def philox(c0, c1, c2, c3, k0, k1):
    """Return four random 32-bit words for a 128-bit counter and a 64-bit key, all as uint64."""
    c0, c1, c2, c3, k0, k1 = u64(c0), u64(c1), u64(c2), u64(c3), u64(k0), u64(k1)
    for _ in range(10):
        p0 = _MULTIPLY_0 * c0
        p2 = _MULTIPLY_2 * c2
        c0 = (p2 >> _32) ^ c1 ^ k0
        c1 = p2 & _WORD
        c2 = (p0 >> _32) ^ c3 ^ k1
        c3 = p0 & _WORD
        k0 = (k0 + _WEYL_0) & _WORD
        k1 = (k1 + _WEYL_1) & _WORD
    return c0, c1, c2, c3


@equation
def lower(word):
    """Return the lower half of a word as a whole number, 0 to 65535."""
    return np.int32(word & _HALF_WORD)


@equation
def upper(word):
    """Return the upper half of a word as a whole number, 0 to 65535."""
    return np.int32(word >> _16)


@equation
def centered(half):
    """Return half a word as a uniform of mean 0 and variance 1.

    The sum of some tens of them, which is what a fluctuating synapse remembers, is nearly Gaussian.
    """
    return (float(half) - UNIFORM_CENTER) * UNIFORM_STEP
