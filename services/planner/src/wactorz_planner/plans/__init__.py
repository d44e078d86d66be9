"""Plans: a wish cut into steps for agents, carried out once."""
