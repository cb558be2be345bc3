"""The engine and its use cases: who should work with whom, on what, where, with whose money."""
