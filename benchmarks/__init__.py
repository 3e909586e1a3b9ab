"""Timings against other programs, in one run and side by side: ``make bench``."""
