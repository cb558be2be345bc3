"""A region that does not exist: organisations, offers, needs, facilities, capital and history, the same every time."""

from dataclasses import dataclass
from datetime import date

from seeds.demo.capital import raise_capital
from seeds.demo.challenges import challenge
from seeds.demo.facilities import equip
from seeds.demo.hero import furnish
from seeds.demo.history import remember
from seeds.demo.key import PlantedNeed
from seeds.demo.looks import look_for_money
from seeds.demo.pairing import pair_up
from seeds.demo.plots import choose_plots, tell
from seeds.demo.population import populate
from seeds.demo.reactions import react
from seeds.demo.registry import keep_registry
from seeds.demo.rules import regulate
from seeds.demo.thin import plant_thin
from seeds.demo.world import World


@dataclass(frozen=True)
class Demo:
    """All records of the region, and the key to what was planted in it."""

    world: World
    key: tuple[PlantedNeed, ...]


def generate(today: date) -> Demo:
    """The region as of `today`: the same day gives the same records, another day only moves the dates."""
    world = World(today)
    plots = choose_plots(world)
    key = tuple(entry for plot in plots for entry in tell(world, plot))
    populate(world)
    equip(world)
    raise_capital(world)
    remember(world)
    furnish(world)
    react(world, key)
    look_for_money(world)
    challenge(world)
    regulate(world)
    pair_up(world)
    keep_registry(world)
    plant_thin(world)
    return Demo(world, key)
