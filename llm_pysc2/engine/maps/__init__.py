"""Maps as values: definitions, terrain, what their triggers and rounds say, filters of units."""
