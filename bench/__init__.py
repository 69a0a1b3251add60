"""Measurements of tamis, each as a ratio of two things timed in the same run. `python -m bench`."""
