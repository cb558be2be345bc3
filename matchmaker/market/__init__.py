"""Crowding: who is asked by more than it can carry, and the price that lowers it on the lists of all."""
