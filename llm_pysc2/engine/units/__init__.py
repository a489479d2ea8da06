"""What units are made of: how they come into the game, what they cost, what they stand on, what they are told."""
