"""Tests of the order by relevance."""
