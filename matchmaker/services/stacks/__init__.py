"""Capital stacks: which funds could pay a round's milestones, asked for, worked out by a worker, and read."""
