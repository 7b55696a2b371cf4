"""Analyses of the designs of trials, and of measurements that were repeated."""
