"""Opening up: how open facilities are, and the region's data for everybody."""
