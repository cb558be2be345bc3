"""`matchmaker compose`: a team for a challenge, proved, without the web and without a worker."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from matchmaker.cli.compose_words import Words, words_in
from matchmaker.cli.options import instance_option

if TYPE_CHECKING:
    from sqlmodel import Session

    from matchmaker.consortium.prove import Progress
    from matchmaker.instance import Instance
    from matchmaker.services.composing.puzzles import Puzzle
    from matchmaker.services.composing.settings import Settings


@dataclass(slots=True)
class Answer:
    """What is printed, as JSON holds it."""

    puzzle: dict[str, Any]
    question: dict[str, Any]
    teams: list[dict[str, Any]] = field(default_factory=list)
    bound: float | None = None
    is_proved: bool = False
    clash: list[dict[str, Any]] = field(default_factory=list)
    repairs: list[dict[str, Any]] = field(default_factory=list)


@click.command()
@click.option("--challenge", metavar="FILE|ID", help="A challenge of the registry by its id, or one in a JSON file.")
@click.option("--export", "exported", type=click.UUID, metavar="ID", help="Print a challenge as such a file, and end.")
@click.option("--lead", metavar="ID|CODE", help="Whose team it is; by default the poster's, or the file's.")
@click.option("--hold", "held", type=click.UUID, multiple=True, metavar="ID", help="Has to be in; may be repeated.")
@click.option("--bar", "barred", type=click.UUID, multiple=True, metavar="ID", help="Must not be in; may be repeated.")
@click.option("--budget", type=click.FloatRange(min=1), metavar="CNY", help="Instead of the challenge's.")
@click.option("--members", type=click.IntRange(2, 30), metavar="N", help="At most so many, instead of the challenge's.")
@click.option("--seconds", type=click.FloatRange(min=0.1), default=60.0, show_default=True, help="For the proof.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the first search.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of the answer.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@instance_option
@click.pass_context
def compose(
    context: click.Context,
    challenge: str | None,
    exported: UUID | None,
    lead: str | None,
    held: tuple[UUID, ...],
    barred: tuple[UUID, ...],
    budget: float | None,
    members: int | None,
    seconds: float,
    seed: int,
    lang: str,
    as_json: bool,
    folder: Path,
) -> None:
    """Compose the best team for a challenge and prove that no better one exists, or say what clashes.

    Exit codes: 0 a team; 1 no team is possible, or refused; 2 the command was not understood.
    """
    from matchmaker.services.composing.settings import Settings
    from models.sessions import reading

    if (challenge is None) is (exported is None):
        raise click.UsageError("give either --challenge or --export")
    instance = _open(folder)
    if exported is not None:
        click.echo(_export(instance, exported), nl=False)
        return
    settings = Settings(held=held, barred=barred, budget=budget, members_at_most=members)
    words = words_in(lang)
    with reading(instance.engine) as session:
        puzzle = _puzzle(session, instance, str(challenge), lead, settings)
        answer = _solve(puzzle, seconds=seconds, seed=seed, say=lambda text: click.echo(text, err=True), words=words)
        lines = [] if as_json else list(_printed(session, puzzle, answer, words))
    click.echo(json.dumps(_plain(answer), ensure_ascii=False, indent=2) if as_json else "\n".join(lines))
    if not answer.teams:
        context.exit(1)


def _open(folder: Path) -> "Instance":
    from matchmaker.instance import Instance

    instance = Instance(folder)
    instance.migrate()
    return instance


def _export(instance: "Instance", challenge_id: UUID) -> str:
    from matchmaker.services.composing.files import export
    from models.sessions import reading

    with reading(instance.engine) as session:
        return export(session, _get_challenge(session, challenge_id))


def _get_challenge(session: "Session", challenge_id: UUID) -> Any:
    from matchmaker.services.actors import PLATFORM
    from matchmaker.services.challenges.seeing import get_seen

    return get_seen(session, PLATFORM, challenge_id)


def _puzzle(session: "Session", instance: "Instance", named: str, lead: str | None, settings: "Settings") -> "Puzzle":
    """From a file where there is one of that name, else from the registry."""
    from matchmaker.reader import Reader
    from matchmaker.services.calendar import today
    from matchmaker.services.composing import asking, files, puzzles
    from matchmaker.services.composing.settings import to_stored
    from models.consortia import Composition

    reader, day = Reader(instance), today()
    if Path(named).is_file():
        written = files.read_file(Path(named))
        return puzzles.put(
            session,
            reader.snapshot(session, today=day),
            written.posed,
            settings,
            lead_id=files.find_lead(session, lead or written.lead),
            rules=written.team_rules,
            today=day,
        )
    challenge = _get_challenge(session, _id_of(named))
    lead_id = files.find_lead(session, lead) if lead else challenge.organisation_id
    asked = Composition(challenge_id=challenge.id, lead_id=lead_id, settings=to_stored(settings))
    return asking.read_puzzle(session, reader, asked, today=day)


def _id_of(named: str) -> UUID:
    try:
        return UUID(named)
    except ValueError:
        raise click.UsageError(f"{named} is neither a file nor the id of a challenge") from None


def _solve(puzzle: "Puzzle", *, seconds: float, seed: int, say: Any, words: Words) -> Answer:
    from matchmaker.services.composing import results, solving

    answer = Answer(_record(puzzle, seed), results.question_of(puzzle))
    first = solving.first(puzzle, seed=seed)
    say(words.so_far(first.value, first.bound))

    def watch(progress: "Progress") -> None:
        now = solving.found_of(puzzle, progress)
        say(words.so_far(now.value, now.bound))

    found = (
        first
        if first.is_hopeless
        else solving.proof(puzzle, first, watch=_at_most_once_a_second(watch), seconds=seconds)
    )
    team = solving.team_of(puzzle, found.team)
    answer.bound, answer.is_proved = found.bound, found.is_proved
    if found.is_hopeless:
        clash = results.clash_of(puzzle, solving.clash(puzzle))
        answer.clash, answer.repairs, answer.is_proved = clash["clash"], clash["repairs"], True
    elif team is not None:
        others = solving.others(puzzle, team)
        best = results.studied(puzzle, team, is_proved=found.is_proved)
        answer.teams = [best, *results.others_of(puzzle, team, others)]
    return answer


def _at_most_once_a_second(watch: Any) -> Any:
    from time import monotonic

    said = [monotonic()]

    def seldom(progress: "Progress") -> None:
        if monotonic() - said[0] >= 1.0:
            said[0] = monotonic()
            watch(progress)

    return seldom


def _record(puzzle: "Puzzle", seed: int) -> dict[str, Any]:
    """From what the answer can be worked out again."""
    from importlib.metadata import version

    return {
        "lead_id": str(puzzle.lead_id),
        "inputs_sha256": puzzle.sha256,
        "index_version": puzzle.index_version,
        "preset_code": puzzle.preset_code,
        "code_version": version("matchmaker"),
        "seed": seed,
    }


def _printed(session: "Session", puzzle: "Puzzle", answer: Answer, words: Words) -> Sequence[str]:
    from matchmaker.services.composing.naming import read_names

    names = read_names(session, [*answer.teams, *answer.repairs], also=[answer.puzzle["lead_id"]])
    return words.printed(_plain(answer), names)


def _plain(answer: Answer) -> dict[str, Any]:
    return {name: getattr(answer, name) for name in Answer.__slots__}
