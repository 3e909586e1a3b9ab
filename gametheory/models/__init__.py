"""The domain: deterrence games, and the sourced numbers of a case."""
