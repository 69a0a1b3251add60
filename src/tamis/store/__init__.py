"""The review folder: the only code that writes to it, and the only user of TinyDB."""
