"""The economy of a game: harvest, construction, production, larvae, creep. All rules are interpreted from the facts."""
