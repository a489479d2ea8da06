"""Harvest, construction, production, larvae, creep, power, placement."""
