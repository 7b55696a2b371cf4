"""The formats that renshaw reads and writes, a file or folder each; see `renshaw.io.format`.

Large libraries (h5py, pandas) are imported where a file is read or written, so that to list the
formats costs a few milliseconds.

Formats look at a file in the order of their ranks, and nearly always one alone knows it (the
battery in `tests/conformance` holds every sample against every format). Where two would:

- ``bids`` (10) comes before ``csv`` (40): a table of events may have columns of units and times,
  but a table of discharge times has no ``onset``.
- ``delsys`` (20), ``spike2`` (25), ``labchart`` (26), ``acqknowledge`` (27), ``demuse`` (30),
  ``muedit`` (70), ``otb`` (120): no program writes the variables of two of them, but a person may
  save a workspace that holds both. It is read as the first of them; naming the format reads it as
  another. ``muedit`` leaves files with ``MUPulses`` to ``demuse`` whatever their ranks.
- ``matlab`` and ``numpy`` look last, even after plug-ins: they take any file of their kind of
  container, and know what is in it by its shape.

The others know their files by marks that exclude each other. The order is that of every version so
far, so that no file is read as something else than before.
"""
