"""Learning from outcomes how much each component counts."""
