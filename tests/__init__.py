"""All tests: one folder a room, and the documents."""
