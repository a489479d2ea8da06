"""The player's hand on the screen: what it points at, selects and commands, as the API's screen and UI actions do."""
