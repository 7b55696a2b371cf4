"""One membrane mechanism a file, its equations as Powers & Heckman (2017) published them.

Every function is scalar and plain: called from Python it computes with floats, called from a
compiled kernel it is compiled in. Potentials are in mV, times in ms, concentrations in mM.
"""
