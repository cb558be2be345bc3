"""Learning from what became of matches: collecting, training, taking into use and back, measuring."""
