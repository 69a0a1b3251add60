"""Tests of finding duplicates."""
