"""Relevance ranking: records in the order in which they are most likely relevant. Needs numpy."""
