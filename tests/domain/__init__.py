"""Tests of what a review is: no files, no clock, no screen."""
