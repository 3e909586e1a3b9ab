"""Claims of game theory as property tests: Hypothesis looks for the game that breaks them.

Two claims hold and survive. A third, which sounds as plausible, does not: "a player is never worse off for having
one more action". Hypothesis finds a counterexample and shrinks it to a small one: an action that tempts its owner
can take away the other side's reason to cooperate (T. C. Schelling, *The Strategy of Conflict*, 1960: the power to
bind oneself; in deterrence, burning one's bridges).

Run: python examples/property_test.py (or with pytest)
"""

from hypothesis import given, settings
from hypothesis.strategies import integers

import gametheory as gt
from gametheory.testing import extensive_games, normal_form_games

gate = settings(max_examples=50, deadline=None, derandomize=True, database=None)
no_ties = {"perfect_information": True, "chance": False, "degenerate": False}


@gate
@given(normal_form_games(players=2, size=(1, 3), degenerate=False))
def test_generic_games_have_an_odd_number_of_equilibria(game):
    # R. Wilson (1971), J. C. Harsanyi (1973). Without ties against pure strategies most games drawn are generic.
    indices = [equilibrium.index for equilibrium in gt.nash_equilibria(game)]
    if None not in indices:
        assert len(indices) % 2 == 1 and sum(indices) == 1


@gate
@given(extensive_games(players=2, **no_ties))
def test_without_ties_and_hidden_moves_there_is_one_subgame_perfect_equilibrium_and_it_is_pure(game):
    # H. W. Kuhn (1953), corollary 1.
    (equilibrium,) = gt.subgame_perfect_equilibria(game)
    assert equilibrium.is_pure and equilibrium.regret == 0


@settings(gate, max_examples=1000)
@given(extensive_games(2, actions=2, max_nodes=6, domain="rational", payoffs=integers(-5, 5), **no_ties))
def claim_that_fails_more_actions_never_hurt(game):
    player = game.root.player
    for infoset in game.infosets:
        if game.players[infoset.player] == player and len(infoset.actions) > 1:
            assert payoff(game, player) >= payoff(without_last_action(game, infoset), player)


def payoff(game, player):
    (equilibrium,) = gt.subgame_perfect_equilibria(game)
    return equilibrium.payoffs[player]


def without_last_action(game, infoset):
    """The game in which a player has bound itself not to take the last action at an information set."""

    def rebuild(node, path):
        if isinstance(node, gt.Outcome):
            return node
        actions = {name: rebuild(child, (*path, name)) for name, child in node.actions.items()}
        if path == game.history(infoset.nodes[0]):
            actions.pop(infoset.actions[-1])
        return gt.Decision(node.player, actions)

    return gt.ExtensiveGame(rebuild(game.root, ()), game.players)


def main():
    test_generic_games_have_an_odd_number_of_equilibria()
    test_without_ties_and_hidden_moves_there_is_one_subgame_perfect_equilibrium_and_it_is_pure()
    print("two theorems: no counterexample among 50 games each")
    try:
        claim_that_fails_more_actions_never_hurt()
        print("more actions never hurt: no counterexample this time")
    except AssertionError as error:
        print("more actions never hurt: FALSE, and here is a game that shows it:", *error.__notes__, sep="\n")


if __name__ == "__main__":
    main()
