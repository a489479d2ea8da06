"""Which build of the game this is, as its clients ask."""

GAME_VERSION = "4.10.0.75689"
DATA_VERSION = "B89B5D6FA7CBF6452E721311BFBC6CB2"
BASE_BUILD = 75689
MOD_NAMES = tuple(f"Mods/{name}.SC2Mod" for name in ("Core", "Liberty", "Swarm", "Void", "VoidMulti"))
"""The rules that the API adds to every map."""
