"""Finding the few thousand rows that are worth scoring."""
