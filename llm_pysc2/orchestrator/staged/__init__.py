"""Scenarios on a map that the game has, where it lacks their own: built by debug commands, run from outside.

`StagedGame` is a game like any other to whoever plays it. Underneath, a stock map is cleared and filled with what the
scenario's map holds, and its triggers are looked after between the steps.
"""
