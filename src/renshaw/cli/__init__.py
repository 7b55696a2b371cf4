"""The command line: the straight line from file to report, with files between the arrows."""
