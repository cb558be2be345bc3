"""Use cases. Each takes a session and an actor, asks for permission, changes records, flushes, and never commits."""
