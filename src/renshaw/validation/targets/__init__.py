"""The groups of targets, one file each."""
