"""What other tools leave in files."""
