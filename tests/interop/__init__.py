"""Other tools themselves, where they are installed."""
