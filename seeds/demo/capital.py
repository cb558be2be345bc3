"""Money in the region: funds, rounds that startups seek, and deals that were done."""

from seeds.demo.deals import invest
from seeds.demo.funds import found
from seeds.demo.mandates import spell_out
from seeds.demo.rounds import seek
from seeds.demo.world import World


def raise_capital(world: World) -> None:
    funds = found(world)
    seek(world)
    invest(world, funds)
    # After the deals, which were done under the terms of their day.
    spell_out(world, funds)
