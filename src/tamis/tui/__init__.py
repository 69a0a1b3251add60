"""The terminal screens. Nothing below this package imports it."""
