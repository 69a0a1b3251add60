"""Proof that the store keeps what it confirmed."""
