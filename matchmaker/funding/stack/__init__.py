"""The capital stack: which funds pay a startup's milestones, in which phase, how much; exactly, and proved."""
