"""The formats that renshaw reads and writes, a file or folder each; see `renshaw.io.format`.

Large libraries (h5py, pandas) are imported where a file is read or written, so that to list the
formats costs a few milliseconds.
"""
