"""What recordings are checked for, a file for each sort of thing; see `renshaw.data.suspicion`."""
