"""What each action does, proved by pressing its keys; `tests/tui/test_actions.py` runs all of it."""
