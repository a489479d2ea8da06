"""One episode: the game, the agents who are asked about it, the pace between them, and the trace of it all."""
