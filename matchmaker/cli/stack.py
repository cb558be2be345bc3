"""`matchmaker stack`: which funds could pay a round, proved, without the web and without a worker."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from matchmaker.cli.options import instance_option
from matchmaker.cli.stack_words import words_in

if TYPE_CHECKING:
    from sqlmodel import Session


@click.command()
@click.argument("round_id", metavar="ROUND", type=click.UUID, required=False)
@click.option("--question", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A frozen question.")
@click.option("--stake", type=click.FloatRange(0.01, 1), metavar="SHARE", help="Most that all funds may hold.")
@click.option("--funds", type=click.IntRange(1, 20), metavar="N", help="Most funds.")
@click.option("--patience", type=click.FloatRange(0, 1), metavar="SHARE", help="Least money that stays to the exit.")
@click.option("--shift", type=click.IntRange(0, 36), default=0, metavar="MONTHS", help="All milestones later.")
@click.option("--all-support", is_flag=True, help="Count support that is not confirmed too.")
@click.option("--seconds", type=click.FloatRange(min=0.1), default=60.0, show_default=True, help="For the proof.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of the answer.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON, with its question.")
@instance_option
@click.pass_context
def stack(
    context: click.Context,
    round_id: UUID | None,
    question: Path | None,
    stake: float | None,
    funds: int | None,
    patience: float | None,
    shift: int,
    all_support: bool,
    seconds: float,
    lang: str,
    as_json: bool,
    folder: Path,
) -> None:
    """Choose funds over the phases of ROUND so that no month is unpaid, and prove that no plan is better; or answer a
    question that was frozen before (the "question" of a JSON answer).

    Exit codes: 0 every month is paid; 1 a gap remains, or refused; 2 the command was not understood.
    """
    from matchmaker.instance import Instance
    from models.sessions import reading

    if (round_id is None) is (question is None):
        raise click.UsageError("give either a round or --question")
    instance = Instance(folder)
    instance.migrate()
    with reading(instance.engine) as session:
        if question is not None:
            asked = _read_question(question)
        else:
            given = {"stake_most": stake, "funds_most": funds, "patience": patience}
            asked = _freeze(session, round_id, given, shift_months=shift, confirmed_only=not all_support)
        answer = _solve(asked, seconds=seconds)
        names = _names(session, asked, lang)
    lines = [json.dumps(answer, ensure_ascii=False, indent=2)] if as_json else words_in(lang).printed(answer, names)
    click.echo("\n".join(lines))
    if answer["plan"]["gaps"]:
        context.exit(1)


def _freeze(session: "Session", round_id: UUID | None, given: dict[str, Any], **others: Any) -> dict[str, Any]:
    """The round's own limits hold where none are given."""
    from matchmaker.services.actors import PLATFORM
    from matchmaker.services.calendar import today
    from matchmaker.services.clearing.reading import get_round
    from matchmaker.services.stacks.freezing import freeze
    from matchmaker.services.stacks.settings import Terms, usual_terms

    assert round_id is not None
    one = get_round(session, PLATFORM, round_id)
    usual = usual_terms(one)
    limits = {name: getattr(usual, name) if value is None else value for name, value in given.items()}
    terms: Terms = Terms(**limits, **others)
    terms.check()
    return freeze(session, one, terms, today=today())


def _read_question(path: Path) -> dict[str, Any]:
    """From a file with a question, or with an answer that contains one."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        question: dict[str, Any] = found.get("question", found)
        if question["version"] != 1 or not isinstance(question["funds"], list):
            raise KeyError("version")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise click.ClickException(f"{path} is not a question of a capital stack: {error}") from error
    return question


def _solve(question: dict[str, Any], *, seconds: float) -> dict[str, Any]:
    from matchmaker.services.stacks import solving
    from matchmaker.services.stacks.questions import sha256_of

    solved = solving.best(question, seconds=seconds)
    return {
        "sha256": sha256_of(question),
        "plan": solving.plan(solved),
        "alternatives": solving.others(solved),
        "repairs": solving.mended(solved),
        "rooms": solving.held_by(solved),
        "question": question,
    }


def _names(session: "Session", question: dict[str, Any], language: str) -> dict[str, str]:
    from matchmaker.services.stacks.reading import read_mandates

    found = read_mandates(session, [row["key"] for row in question["funds"]])
    first, second = ("name_zh", "name_en") if language == "zh" else ("name_en", "name_zh")
    return {key: getattr(one, first) or getattr(one, second) for key, one in found.items()}
