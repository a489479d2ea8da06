"""`llm-pysc2 list`: what there is to play and to play with."""

from collections.abc import Callable, Iterable

from rich.console import Console
from rich.table import Table

from llm_pysc2.errors import UsageError, closest_names
from llm_pysc2.world.clock import loops_to_clock


def show_list(what: str) -> None:
    """Print a table of scenarios, agents, models or maps. Raises UsageError for anything else."""
    tables: dict[str, Callable[[], Table]] = {
        "scenarios": _scenarios,
        "agents": _agents,
        "models": _models,
        "maps": _maps,
    }
    if what not in tables:
        raise UsageError(f"nothing named {what!r} to list; {closest_names(what, tables)}")
    Console().print(tables[what]())


def _table(title: str, columns: Iterable[str]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _scenarios() -> Table:
    from llm_pysc2.scenario import list_scenarios

    table = _table("Scenarios", ("pack", "name", "limit", "what"))
    for scenario in list_scenarios():
        table.add_row(scenario.pack, scenario.name, loops_to_clock(scenario.limit_loops), scenario.title)
    return table


def _agents() -> Table:
    from llm_pysc2.roster import list_rosters

    table = _table("Rosters", ("name", "agents", "what"))
    for roster in list_rosters():
        table.add_row(roster.name, ", ".join(role.name for role in roster.agents), roster.title)
    return table


def _models() -> Table:
    from llm_pysc2.backends import describe_models

    table = _table("Models", ("name", "what"))
    for name, description in describe_models():
        table.add_row(name, description)
    return table


def _maps() -> Table:
    from llm_pysc2.engine.maps.definitions import known_maps, load_map

    table = _table("Maps of the embedded game", ("name", "size"))
    for name in known_maps():
        width, height = load_map(name).size_cells
        table.add_row(name, f"{width} x {height}")
    return table
