"""What maps do while a game runs: triggers, rounds, the start of a melee game."""
