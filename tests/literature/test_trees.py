"""Published games in extensive form with their published equilibria."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest

import gametheory as gt
from gametheory.equilibria import sequential

F = Fraction


def only(found):
    """The equilibrium of a set that must hold exactly one, and all."""
    assert found.complete
    (equilibrium,) = found
    assert equilibrium.regret == 0
    assert not equilibrium.continuum
    return equilibrium


# ---------------------------------------------------------------------------------------------------------------------
# Deterrence
# ---------------------------------------------------------------------------------------------------------------------
def market(number, then):
    """One market of Selten's chain store; `then` continues with the payoffs so far."""
    entrant = f"entrant {number}"
    return gt.Decision(
        entrant,
        {
            "out": then({"chain": 5, entrant: 1}),
            "in": gt.Decision(
                "chain",
                {
                    "cooperate": then({"chain": 2, entrant: 2}),
                    "fight": then({"chain": 0, entrant: 0}),
                },
            ),
        },
    )


def chain_store(markets, number=1, so_far=None):
    def then(payoffs):
        total = {
            name: (so_far or {}).get(name, 0) + payoffs.get(name, 0) for name in {*(so_far or {}), *payoffs}
        }
        return gt.Outcome(None, total) if number == markets else chain_store(markets, number + 1, total)

    return market(number, then)


@pytest.mark.parametrize("markets", [1, 2, 3])
def test_the_chain_store_never_fights(markets):
    """Selten 1978, The chain store paradox, Theory and Decision 9, 127-159: by induction every entrant comes in and the chain
    cooperates, although fighting the first few is what everybody would advise."""
    game = gt.ExtensiveGame(chain_store(markets))
    equilibrium = only(gt.subgame_perfect_equilibria(game))
    assert equilibrium.payoffs["chain"] == 2 * markets
    for number in range(1, markets + 1):
        assert equilibrium.action_probability(f"entrant {number}", "in") == 1
        assert equilibrium.payoffs[f"entrant {number}"] == 2
    assert equilibrium.action_probability("chain", "fight") == 0
    # Not only along the play: wherever it is asked, the chain cooperates.
    assert all(moves["cooperate"] == 1 for moves in equilibrium.strategies["chain"].values())


def test_deterrence_by_an_empty_threat_is_nash_but_not_subgame_perfect():
    """Selten 1978, one market: 'out' and 'fight' is an equilibrium of the normal form and rests on a threat that is empty."""
    game = gt.ExtensiveGame(chain_store(1))
    found = gt.nash_equilibria(game)
    assert found.complete
    outcomes = {equilibrium.payoffs["chain"] for equilibrium in found}
    assert outcomes == {2, 5}
    threat = {"entrant 1": {"start": {"out": 1}}, "chain": {"in": {"fight": 1}}}
    assert sequential.regret(game, threat) == 0
    assert sequential.subgame_regret(game, threat) == 2


@pytest.mark.parametrize("challenger, defender", list(itertools.product(["hard", "soft"], repeat=2)))
def test_unilateral_deterrence_fails_only_with_a_hard_challenger_and_a_soft_defender(challenger, defender):
    """Zagare and Kilgour 2000, Perfect Deterrence, ch. 5: the unilateral deterrence game with complete information.

    A player is hard if it prefers conflict to giving in. The status quo survives unless the challenger's threat to stand
    firm is credible and the defender's threat to resist is not.
    """
    conflict = {"challenger": 1 if challenger == "hard" else -1, "defender": 1 if defender == "hard" else -1}
    stand = gt.Decision(
        "challenger",
        {
            "back down": gt.Outcome("defender wins", challenger=0, defender=2),
            "stand firm": gt.Outcome("conflict", conflict),
        },
    )
    game = gt.ExtensiveGame(
        gt.Decision(
            "challenger",
            {
                "cooperate": gt.Outcome("status quo", challenger=2, defender=3),
                "defect": gt.Decision(
                    "defender",
                    {"concede": gt.Outcome("challenger wins", challenger=3, defender=0), "resist": stand},
                ),
            },
        )
    )
    equilibrium = only(gt.subgame_perfect_equilibria(game))
    fails = (challenger, defender) == ("hard", "soft")
    expected = "challenger wins" if fails else "status quo"
    assert equilibrium.outcome(f"outcome: {expected}") == 1


# ---------------------------------------------------------------------------------------------------------------------
# Backward induction
# ---------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("moves", [4, 6])
def test_the_centipede_ends_at_once(moves):
    """McKelvey and Palfrey 1992, An experimental study of the centipede game, Econometrica 60, 803-836, after Rosenthal 1981.

    The large pile starts at 0.40 and the small at 0.10; both double with every pass.
    """
    large, small = F(4, 10) * 2**moves, F(1, 10) * 2**moves
    tree = gt.Outcome(None, {"one": large, "two": small})
    for k in reversed(range(moves)):
        mover, other = ("one", "two") if k % 2 == 0 else ("two", "one")
        piles = {mover: F(4, 10) * 2**k, other: F(1, 10) * 2**k}
        tree = gt.Decision(mover, {"take": gt.Outcome(None, piles), "pass": tree})
    equilibrium = only(gt.subgame_perfect_equilibria(gt.ExtensiveGame(tree)))
    assert equilibrium.payoffs == {"one": F(2, 5), "two": F(1, 10)}
    own = [moves for player in equilibrium.strategies.values() for moves in player.values()]
    assert len(own) == moves
    assert all(choice["take"] == 1 for choice in own)


def test_the_ultimatum_is_accepted_and_the_tie_is_shown():
    """Güth, Schmittberger and Schwarze 1982, JEBO 3, 367-388; with a pie of whole units there are two outcomes.

    The responder takes any positive offer and is indifferent at nothing. If it takes nothing, nothing is offered; if it does
    not, the smallest unit is.
    """
    pie = 4
    game = gt.ExtensiveGame(
        gt.Decision(
            "proposer",
            {
                f"offer {k}": gt.Decision(
                    "responder",
                    {
                        "accept": gt.Outcome(proposer=pie - k, responder=k),
                        "reject": gt.Outcome(proposer=0, responder=0),
                    },
                )
                for k in range(pie + 1)
            },
        )
    )
    found = gt.subgame_perfect_equilibria(game)
    pure = [equilibrium for equilibrium in found if equilibrium.is_pure]
    assert {tuple(e.payoffs.values()) for e in pure} == {(4, 0), (3, 1)}
    assert all(e.continuum for e in pure)
    assert found.outcome("payoff: responder") == (0, 1)
    for equilibrium in found:
        for k in range(1, pie + 1):
            assert equilibrium.strategies["responder"][f"offer {k}"]["accept"] == 1


def test_gibbons_three_moves():
    """Gibbons 1992, Game Theory for Applied Economists, section 2.1.A: the game ends with the first move, at (2, 0)."""
    last = gt.Decision("one", {"L''": gt.Outcome(one=3, two=0), "R''": gt.Outcome(one=0, two=2)})
    reply = gt.Decision("two", {"L'": gt.Outcome(one=1, two=1), "R'": last})
    game = gt.ExtensiveGame(gt.Decision("one", {"L": gt.Outcome(one=2, two=0), "R": reply}))
    equilibrium = only(gt.subgame_perfect_equilibria(game))
    assert equilibrium.payoffs == {"one": 2, "two": 0}
    assert equilibrium.support == {"one": {"start": ("L",), "R/R'": ("L''",)}, "two": {"R": ("L'",)}}


def test_a_twice_repeated_prisoners_dilemma_unravels():
    """Gibbons 1992, section 2.3.A: the only subgame-perfect outcome is the equilibrium of the stage, twice."""
    stage = {("L", "L"): (1, 1), ("L", "R"): (5, 0), ("R", "L"): (0, 5), ("R", "R"): (4, 4)}

    def second(first):
        def end(*now):
            total = [x + y for x, y in zip(stage[first], stage[now], strict=True)]
            return gt.Outcome(one=total[0], two=total[1])

        return gt.simultaneous({"one": ["L", "R"], "two": ["L", "R"]}, end)

    game = gt.ExtensiveGame(
        gt.simultaneous({"one": ["L", "R"], "two": ["L", "R"]}, lambda *first: second(first))
    )
    equilibrium = only(gt.subgame_perfect_equilibria(game))
    assert equilibrium.payoffs == {"one": 2, "two": 2}
    assert all(moves["L"] == 1 for player in equilibrium.strategies.values() for moves in player.values())


def test_seltens_game_of_figure_two():
    """Selten 1975, Reexamination of the perfectness concept, IJGT 4, 25-55, figure 2: one perfect equilibrium."""
    last = gt.Decision("one", {"l": gt.Outcome(one=2, two=0), "r": gt.Outcome(one=0, two=3)})
    reply = gt.Decision("two", {"R": gt.Outcome(one=0, two=2), "L": last})
    game = gt.ExtensiveGame(gt.Decision("one", {"R": gt.Outcome(one=1, two=1), "L": reply}))
    equilibrium = only(gt.subgame_perfect_equilibria(game))
    assert equilibrium.payoffs == {"one": 1, "two": 1}
    assert equilibrium.support == {"one": {"start": ("R",), "L/L": ("l",)}, "two": {"L": ("R",)}}


def test_seltens_horse_has_two_types_of_equilibria():
    """Selten 1975, figure 1: no proper subgame, so that subgame perfection does not rule out the unreasonable (L, R, R)."""
    three = {
        end: gt.Decision(
            "three", {"L": gt.Outcome(None, left), "R": gt.Outcome(None, right)}, infoset="three"
        )
        for end, left, right in [
            ("L", {"one": 0, "two": 0, "three": 0}, {"one": 3, "two": 2, "three": 2}),
            ("RL", {"one": 0, "two": 0, "three": 1}, {"one": 4, "two": 4, "three": 0}),
        ]
    }
    horse = gt.ExtensiveGame(
        gt.Decision(
            "one",
            {
                "L": three["L"],
                "R": gt.Decision("two", {"L": three["RL"], "R": gt.Outcome(one=1, two=1, three=1)}),
            },
        ),
        players=("one", "two", "three"),
    )
    assert horse.subgame_roots() == (0,)
    found = gt.subgame_perfect_equilibria(horse)
    assert found.complete
    assert {tuple(e.payoffs.values()) for e in found} == {(1, 1, 1), (3, 2, 2)}
    # Selten's first type lets three play R with at most 1/4, his second two play R with at least 1/3.
    first = [e.profile["three"]["three"]["R"] for e in found if e.payoffs["one"] == 1]
    second = [e.profile["two"]["R"]["R"] for e in found if e.payoffs["one"] == 3]
    assert (sorted(first), sorted(second)) == ([0, F(1, 4)], [F(1, 3), 1])
    assert all(e.continuum for e in found)
    edge = {"one": {"start": {"R": 1}}, "two": {"R": {"R": 1}}, "three": {"three": {"L": "3/4", "R": "1/4"}}}
    beyond = {**edge, "three": {"three": {"L": "7/10", "R": "3/10"}}}
    assert sequential.subgame_regret(horse, edge) == 0
    assert sequential.subgame_regret(horse, beyond) == F(4) * F(3, 10) - 1


# ---------------------------------------------------------------------------------------------------------------------
# Hidden information
# ---------------------------------------------------------------------------------------------------------------------
def test_myersons_card_game():
    """Myerson 1991, Game Theory, sections 2.1 and 3.2: raise with a third of the black cards, meet two thirds of the raises."""

    def show(card, stake):
        won = stake if card == "red" else -stake
        return gt.Outcome(one=won, two=-won)

    def dealt(card):
        reply = gt.Decision(
            "two", {"meet": show(card, 2), "pass": gt.Outcome(one=1, two=-1)}, infoset="after the raise"
        )
        return gt.Decision("one", {"raise": reply, "fold": show(card, 1)}, infoset=card)

    game = gt.ExtensiveGame(
        gt.Chance({"red": ("1/2", dealt("red")), "black": ("1/2", dealt("black"))}), players=("one", "two")
    )
    found = gt.nash_equilibria(game)
    (equilibrium,) = found
    assert found.complete
    assert equilibrium.payoffs == {"one": F(1, 3), "two": F(-1, 3)}
    assert sorted(equilibrium.strategies["one"].values()) == [0, 0, F(1, 3), F(2, 3)]
    assert equilibrium.strategies["two"]["meet"] == F(2, 3)
    # The only proper subgame is the whole, so the same is subgame perfect, in behaviour strategies.
    perfect = only(gt.subgame_perfect_equilibria(game))
    assert perfect.strategies["one"]["black"] == {"raise": F(1, 3), "fold": F(2, 3)}
    assert perfect.strategies["one"]["red"]["raise"] == 1
    assert perfect.action_probability("one", "raise") == F(2, 3)
    assert perfect.action_probability("two", "meet") == F(4, 9)


@pytest.mark.parametrize("noise", [F(1, 100), F(1, 10), F(1, 5)])
def test_a_leader_who_is_seen_through_noise(noise):
    """Bagwell 1995, Commitment and observability in games, GEB 8, 271-280; van Damme and Hurkens 1997, GEB 21, 282-308.

    However little noise there is, the only pure equilibrium is that of simultaneous moves; but there is a mixed one in which
    the leader plays S with probability 1 - noise.
    """
    payoffs = {("S", "S"): (5, 2), ("S", "C"): (3, 1), ("C", "S"): (6, 3), ("C", "C"): (4, 4)}

    def seen(lead, signal):
        return gt.Decision(
            "follower",
            {
                reply: gt.Outcome(leader=payoffs[lead, reply][0], follower=payoffs[lead, reply][1])
                for reply in "SC"
            },
            infoset=f"sees {signal}",
        )

    def lead(action):
        other = "C" if action == "S" else "S"
        return gt.Chance({"true": (1 - noise, seen(action, action)), "false": (noise, seen(action, other))})

    game = gt.ExtensiveGame(gt.Decision("leader", {action: lead(action) for action in "SC"}))
    found = gt.subgame_perfect_equilibria(game)
    assert found.complete
    moves = {
        (e.strategies["leader"]["start"]["S"], *(e.strategies["follower"][f"sees {s}"]["S"] for s in "SC"))
        for e in found
    }
    slack = 1 / (2 * (1 - 2 * noise))
    assert moves == {(0, 0, 0), (1 - noise, 1, 1 - slack), (noise, slack, 0)}
