"""What an equilibrium is: judges that check a given profile and never search, and the types of results."""
