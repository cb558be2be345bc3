"""What no team can exceed: the linear relaxation."""

from matchmaker.consortium.instance import Instance


def linear_bound(instance: Instance) -> float:
    """No team is worth more; -inf where even the relaxation has no solution, so that no team is possible."""
    raise NotImplementedError
