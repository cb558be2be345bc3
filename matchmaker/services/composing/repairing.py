"""Composing again with a repair applied: what clashed gives way, exactly as far as the repair says."""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from matchmaker.errors import NotFound
from matchmaker.services.actors import Actor
from matchmaker.services.composing.asking import ask
from matchmaker.services.composing.reading import Reading
from matchmaker.services.composing.settings import GIVES_WAY, Relaxed, Settings
from models.consortia import Composition
from models.enums import RepairKind


def ask_repaired(session: Session, actor: Actor, reading: Reading, number: int) -> Composition:
    """Ask again under what repair `number` (from 1) leaves of the rules; NotFound where there is no such repair."""
    repairs = reading.asked.composition.result.get("repairs", ())
    if not 1 <= number <= len(repairs):
        raise NotFound("repair", number)
    settings = reading.settings
    for change in repairs[number - 1]["changes"]:
        settings = _changed(settings, change)
    return ask(session, actor, reading.challenge, reading.lead.id, settings)


def _changed(settings: Settings, change: dict[str, Any]) -> Settings:
    kind = RepairKind(change["kind"])
    if kind in GIVES_WAY:
        before, after = change["before"] or 0.0, change["after"] or 0.0
        return settings.with_relaxed(Relaxed(kind=kind, key=change["key"], before=before, after=after))
    held, barred = list(settings.held), list(settings.barred)
    if change["enters"]:
        held.append(UUID(change["enters"]))
    if change["leaves"]:
        held = [key for key in held if str(key) != change["leaves"]]
        barred.append(UUID(change["leaves"]))
    return Settings(
        held=tuple(dict.fromkeys(held)),
        barred=tuple(dict.fromkeys(barred)),
        budget=settings.budget,
        members_at_most=settings.members_at_most,
        relaxed=settings.relaxed,
    )
