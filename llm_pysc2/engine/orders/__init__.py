"""Orders as clients give them, checked, and carried out: commands, legality, casting, autocast."""
