"""Counter-based random numbers: the same for any number of threads and any order of work.

Philox4x32-10 (Salmon et al. 2011, doi:10.1145/2063384.2063405) turns a counter and a key into four
words of 32 bits. The key is the seed, the counter says which motoneuron and which step.
"""

from __future__ import annotations

from numba import njit, uint32, uint64

_LOW = 0xFFFFFFFF


@njit(inline="always")
def philox(c0, c1, c2, c3, k0, k1):
    """Return four random 32-bit words for a 128-bit counter and a 64-bit key, as uint64."""
    c0, c1, c2, c3 = uint64(c0), uint64(c1), uint64(c2), uint64(c3)
    k0, k1 = uint32(k0), uint32(k1)
    for _ in range(10):
        p0 = uint64(0xD2511F53) * c0
        p1 = uint64(0xCD9E8D57) * c2
        c0 = (p1 >> uint64(32)) ^ c1 ^ uint64(k0)
        c1 = p1 & uint64(_LOW)
        c2 = (p0 >> uint64(32)) ^ c3 ^ uint64(k1)
        c3 = p0 & uint64(_LOW)
        k0 = uint32(k0 + uint32(0x9E3779B9))
        k1 = uint32(k1 + uint32(0xBB67AE85))
    return c0, c1, c2, c3


@njit(inline="always")
def centered(word, part):
    """Return the lower (0) or upper (1) half of a word as a uniform of mean 0 and variance 1.

    The sum of some two hundred of them, which is what a fluctuating synapse remembers, is Gaussian.
    """
    half = (word >> uint64(16 * part)) & uint64(0xFFFF)
    return ((float(half) + 0.5) / 65536.0 - 0.5) * 3.4641016151377544
