"""Measurements on this machine, each as a ratio against a raw client in the same run."""
