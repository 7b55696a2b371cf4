"""What formats are packed in: MATLAB files, HDF5, deflate, tables and XML, read within bounds."""
