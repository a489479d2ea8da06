"""Typed facts of the game (build 4.10.0.75689), read from `knowledge_base/`. Pure: reads files, knows no game."""
