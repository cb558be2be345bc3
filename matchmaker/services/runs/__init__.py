"""Match runs: the lists of all needs of a scope, by frozen weights and constraints, worked out by a job."""
