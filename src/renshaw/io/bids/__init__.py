"""BIDS-EMG data sets: folders in which tables and sidecars stand beside a file of raw EMG."""
