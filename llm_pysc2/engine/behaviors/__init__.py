"""What lasts on units and what it changes: modifiers, conditions, vision, upgrades."""
