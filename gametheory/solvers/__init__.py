"""How equilibria are found, one algorithm a file."""
