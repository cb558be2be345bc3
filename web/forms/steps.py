"""A record that is written in steps: the two views of each step, all steps shown and saved alike."""

from collections.abc import Callable, Iterable
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from web.access import signed_in
from web.transactions import commits

StepView = Callable[[str, UUID], ResponseReturnValue]


def put_up_steps(bp: Blueprint, address: str, steps: Iterable[str], *, show: StepView, save: StepView) -> None:
    """`show_<step>` and `save_<step>` at `address`/<step>; the only key of `address` is the record's."""
    for step in steps:
        _put_up(bp, address, step, show, save)


def _put_up(bp: Blueprint, address: str, step: str, show: StepView, save: StepView) -> None:
    @bp.get(f"{address}/{step}", endpoint=f"show_{step}")
    @signed_in
    def show_step(**record: UUID) -> ResponseReturnValue:
        return show(step, *record.values())

    @bp.post(f"{address}/{step}", endpoint=f"save_{step}")
    @signed_in
    @commits
    def save_step(**record: UUID) -> ResponseReturnValue:
        return save(step, *record.values())
