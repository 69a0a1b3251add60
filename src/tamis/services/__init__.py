"""Use cases: what the commands and the screens ask for, without either."""
