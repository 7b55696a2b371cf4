"""One membrane mechanism a file: as Powers & Heckman (2017) published it, and what renshaw adds.

Every function is scalar and plain: called from Python it computes with floats, called from a
compiled kernel it is compiled in. Potentials are in mV, times in ms, concentrations in mM.
"""
