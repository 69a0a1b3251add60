"""The report: what it says is what the events prove."""
