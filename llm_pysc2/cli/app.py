"""The commands and their options. Each one imports what it needs when it runs."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="llm-pysc2",
    help="StarCraft II for agents that think in language.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
engine = typer.Typer(help="The embedded game: serve it, or install it where SC2 clients look.")
app.add_typer(engine, name="engine")
game_commands = typer.Typer(help="The real game: install it.", no_args_is_help=True)
app.add_typer(game_commands, name="game")
maps_commands = typer.Typer(help="The real game's maps: install them.", no_args_is_help=True)
app.add_typer(maps_commands, name="maps")

STAGING_HELP = "Build a scenario on a stock map: auto (where its own is missing), always, never."
GAME_HELP = "embedded, ws://HOST:PORT of a running game, or the folder of an installed one."
POINTS_HELP = "Places in cells of the map (world) or on each team's screen (screen)."
STYLE_HELP = "Who writes the prompts: MODULE:CLASS, or an installed prompt style."
PROTOCOL_HELP = "How agents answer: text, tools (tool calls), json (structured output)."
PRESET_HELP = "A whole protocol by its name: llm_pysc2, as published; options beside it win."
INTERFACE_HELP = "Orders by unit and point (raw), or what a hand does on the screen (camera)."
TOKENS_HELP = "About how many tokens an observation may take; what matters least is left out. 0 = the roster's."
OBSERVATIONS_HELP = (
    "How agents are told what they see: text, json (about twice the tokens), published (LLM-PySC2's sections)."
)
IMAGES_HELP = "Pictures for models that see: screen, minimap, layers, rgb, with commas between them; or none."
SAVE_HELP = "Keep the pictures that agents are shown beside the traces."
TRACE_HELP = "At most one observation in so many game loops goes into a trace; 0 = one each turn."


Model = Annotated[str, typer.Option(help="Who plays: openai/NAME, anthropic/NAME, scripted/NAME.")]
OwnAgent = Annotated[str | None, typer.Option(help="An agent in place of a model: MODULE:CLASS, or an installed one.")]
RosterName = Annotated[str | None, typer.Option(help="Which agents there are; the scenario's own if not given.")]
BaseUrl = Annotated[str | None, typer.Option(help="Address of a compatible model server.")]
Episodes = Annotated[int, typer.Option(min=1, help="How many episodes; episode k is played with seed + k.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of the first episode.")]
StepMul = Annotated[int | None, typer.Option(min=1, help="Game loops from turn to turn.")]
Pace = Annotated[str, typer.Option(help="wait, deadline:SECONDS, charged, charged:SECONDS, realtime.")]
Assumptions = Annotated[list[str] | None, typer.Option(help="A guess of the embedded game set otherwise, NAME=VALUE.")]
TraceFolder = Annotated[Path | None, typer.Option(help="Folder for the traces; runs/SCENARIO-MODEL-N if not given.")]
"""Options that several commands have."""


@app.callback()
def options(
    pack: Annotated[
        list[Path] | None, typer.Option(help="A folder with scenarios/, agents/ or knowledge_base/ of your own.")
    ] = None,
) -> None:
    """StarCraft II for agents that think in language."""
    from llm_pysc2.packs import use_packs

    use_packs(pack or [])


@app.command()
def play(  # noqa: PLR0913 - the options of a command are its arguments
    scenario: Annotated[str, typer.Argument(help="What is played, such as 2s3z; see 'llm-pysc2 list'.")],
    model: Model = "scripted/focus_fire",
    agent: OwnAgent = None,
    roster: RosterName = None,
    base_url: BaseUrl = None,
    episodes: Episodes = 1,
    seed: Seed = 0,
    step_mul: StepMul = None,
    pace: Pace = "wait",
    interface: Annotated[str, typer.Option(help=INTERFACE_HELP)] = "",
    preset: Annotated[str, typer.Option(help=PRESET_HELP)] = "",
    points: Annotated[str, typer.Option(help=POINTS_HELP)] = "",
    protocol: Annotated[str, typer.Option(help=PROTOCOL_HELP)] = "",
    token_budget: Annotated[int, typer.Option(min=0, help=TOKENS_HELP)] = 0,
    observations: Annotated[str, typer.Option(help=OBSERVATIONS_HELP)] = "",
    style: Annotated[str, typer.Option(help=STYLE_HELP)] = "",
    images: Annotated[str, typer.Option(help=IMAGES_HELP)] = "",
    save_images: Annotated[bool, typer.Option("--save-images", help=SAVE_HELP)] = False,
    game: Annotated[str, typer.Option(help=GAME_HELP)] = "",
    game_version: Annotated[str, typer.Option(help="Version of an installed game, such as 4.10.")] = "",
    staging: Annotated[str, typer.Option(help=STAGING_HELP)] = "auto",
    assume: Assumptions = None,
    game_timeout: Annotated[
        float, typer.Option(min=1, help="Seconds to wait for the game, at its start and after.")
    ] = 120,
    rendering: Annotated[str, typer.Option(help="How an installed game draws: auto, none, egl, osmesa.")] = "auto",
    out: TraceFolder = None,
    trace_loops: Annotated[int, typer.Option(min=0, help=TRACE_HELP)] = 0,
    record: Annotated[Path | None, typer.Option(help="Write all exchanges with models into this file.")] = None,
    replay: Annotated[Path | None, typer.Option(help="Answer from a recorded file instead of asking models.")] = None,
    answer_cache: Annotated[Path | None, typer.Option(help="Folder of answers; what was asked before is free.")] = None,
    reflect: Annotated[bool, typer.Option("--reflect", help="Agents rewrite their lessons after an episode.")] = False,
    lessons: Annotated[Path | None, typer.Option(help="Folder of lessons from earlier runs, a file an agent.")] = None,
    budget_tokens: Annotated[int | None, typer.Option(min=1, help="Stop before more tokens are used.")] = None,
    budget_usd: Annotated[float | None, typer.Option(min=0.0, help="Stop before more money is spent.")] = None,
    mqtt: Annotated[str | None, typer.Option(help="mqtt://HOST/RUN where agents join from other processes.")] = None,
    remote: Annotated[list[str] | None, typer.Option(help="An agent that is to join; all if not given.")] = None,
    remote_seconds: Annotated[float, typer.Option(min=0.1, help="How long to wait for those who join.")] = 60.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as JSON and nothing else.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the final table only.")] = False,
) -> int:
    """Play a scenario and show each turn and the score."""
    from llm_pysc2.backends import BudgetLimits, ModelOptions, RunOptions
    from llm_pysc2.cli.play import play_and_show, remote_options
    from llm_pysc2.env.options import LaunchOptions
    from llm_pysc2.evaluation.cell import Cell
    from llm_pysc2.evaluation.run import RunPlan
    from llm_pysc2.roster import on_preset, read_overrides

    launch = LaunchOptions(
        game,
        game_version,
        rendering,
        interface,
        timeout_seconds=game_timeout,
        staging=staging,
        assumptions=tuple(assume or ()),
    )
    cell = Cell(
        scenario,
        model,
        agent,
        roster,
        step_mul,
        pace,
        launch,
        on_preset(preset, read_overrides(points, protocol, token_budget, images, observations, style)),
        trace_loops,
        save_images,
    )
    models = RunOptions(
        options=ModelOptions(base_url=base_url or ""),
        budget=BudgetLimits(tokens=budget_tokens, usd=budget_usd),
        record=record,
        replay=replay,
        answer_cache=answer_cache,
    )
    elsewhere = remote_options(mqtt, remote or [], remote_seconds)
    plan = RunPlan(cell, episodes, seed, out, models, elsewhere, lessons, reflect)
    return play_and_show(plan, as_json=as_json, quiet=quiet)


@app.command("eval")
def eval_(  # noqa: PLR0913 - the options of a command are its arguments
    suite: Annotated[Path | None, typer.Argument(help="A suite file (TOML); options win over it.")] = None,
    scenario: Annotated[
        list[str] | None, typer.Option(help="A name, a pack (smac/*) or a pattern; repeatable.")
    ] = None,
    model: Annotated[list[str] | None, typer.Option(help="Who plays; repeatable.")] = None,
    agent: Annotated[str | None, typer.Option(help="An agent of your own, MODULE:CLASS.")] = None,
    roster: Annotated[list[str] | None, typer.Option(help="Which agents there are; repeatable.")] = None,
    base_url: BaseUrl = None,
    episodes: Annotated[int | None, typer.Option(min=1, help="Episodes of each cell.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of the first episode.")] = None,
    step_mul: StepMul = None,
    pace: Annotated[str | None, typer.Option(help="wait, deadline:SECONDS, charged, realtime.")] = None,
    interface: Annotated[str | None, typer.Option(help=INTERFACE_HELP)] = None,
    preset: Annotated[str | None, typer.Option(help=PRESET_HELP)] = None,
    points: Annotated[str | None, typer.Option(help=POINTS_HELP)] = None,
    protocol: Annotated[str | None, typer.Option(help=PROTOCOL_HELP)] = None,
    lessons: Annotated[
        str | None, typer.Option(help="Folder of lessons to read, as 'play --reflect' writes them.")
    ] = None,
    token_budget: Annotated[int | None, typer.Option(min=0, help=TOKENS_HELP)] = None,
    observations: Annotated[str | None, typer.Option(help=OBSERVATIONS_HELP)] = None,
    style: Annotated[str | None, typer.Option(help=STYLE_HELP)] = None,
    images: Annotated[str | None, typer.Option(help=IMAGES_HELP)] = None,
    save_images: Annotated[bool | None, typer.Option("--save-images", help=SAVE_HELP)] = None,
    game: Annotated[str | None, typer.Option(help=GAME_HELP)] = None,
    game_version: Annotated[str | None, typer.Option(help="Version of an installed game, such as 4.10.")] = None,
    game_timeout: Annotated[int | None, typer.Option(min=1, help="Seconds to wait for the game.")] = None,
    staging: Annotated[str | None, typer.Option(help=STAGING_HELP)] = None,
    assume: Assumptions = None,
    trace_loops: Annotated[int | None, typer.Option(min=0, help=TRACE_HELP)] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes that compute.")] = None,
    in_flight: Annotated[int | None, typer.Option(min=1, help="Episodes at the same time in each worker.")] = None,
    calls_in_flight: Annotated[int | None, typer.Option(min=1, help="Calls to a model at the same time.")] = None,
    budget_tokens: Annotated[int | None, typer.Option(min=1, help="Stop before more tokens are used.")] = None,
    budget_usd: Annotated[float | None, typer.Option(min=0.0, help="Stop before more money is spent.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the batch; the same command goes on with it.")] = Path(
        "runs/eval"
    ),
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as JSON and nothing else.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the final table only.")] = False,
) -> int:
    """Play scenarios x rosters x models x seeds on worker processes; goes on where it stopped."""
    from llm_pysc2.cli.evaluate import evaluate, suite_from

    wanted = {
        "scenarios": tuple(scenario or ()) or None,
        "models": tuple(model or ()) or None,
        "agent": agent,
        "rosters": tuple(roster or ()) or None,
        "base_url": base_url,
        "episodes": episodes,
        "seed": seed,
        "step_mul": step_mul,
        "pace": pace,
        "interface": interface,
        "preset": preset,
        "points": points,
        "protocol": protocol,
        "lessons": lessons,
        "token_budget": token_budget,
        "observations": observations,
        "style": style,
        "images": images,
        "save_images": save_images,
        "game": game,
        "game_version": game_version,
        "game_timeout": game_timeout,
        "staging": staging,
        "assumptions": tuple(assume or ()) or None,
        "trace_loops": trace_loops,
        "workers": workers,
        "in_flight": in_flight,
        "calls_in_flight": calls_in_flight,
        "budget_tokens": budget_tokens,
        "budget_usd": budget_usd,
    }
    return evaluate(suite_from(suite, wanted), out, as_json=as_json, quiet=quiet)


@app.command()
def score(
    run: Annotated[Path, typer.Argument(help="A folder of traces, of 'play' or of 'eval'.")],
    form: Annotated[str, typer.Option("--format", help="table, json, csv or markdown.")] = "table",
    each_episode: Annotated[bool, typer.Option("--episodes", help="In CSV, a line an episode.")] = False,
    each_agent: Annotated[bool, typer.Option("--agents", help="What each agent used: tokens, money, time.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Show the scores of what was played; docs/scores.md says what each field means."""
    from llm_pysc2.cli.evaluate import show_scores, show_usage

    form = "json" if as_json else form
    if each_agent:
        show_usage(run, form)
    else:
        show_scores(run, form, each_episode=each_episode)


@app.command()
def versus(  # noqa: PLR0913 - the options of a command are its arguments
    a: Annotated[str, typer.Argument(help="A roster, a model (PROVIDER/NAME), or ROSTER:PROVIDER/NAME.")],
    b: Annotated[str, typer.Argument(help="Whom it plays against, named in the same way.")],
    scenario: Annotated[str, typer.Option(help="What they play; a map that is the same for both sides is fair.")],
    model: Model = "scripted/focus_fire",
    base_url: BaseUrl = None,
    games: Annotated[int, typer.Option(min=1, help="Games; each seed is played twice, with swapped sides.")] = 2,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the first two games.")] = 0,
    step_mul: StepMul = None,
    pace: Pace = "wait",
    game: Annotated[str, typer.Option(help="embedded, or the folder of an installed game.")] = "",
    out: TraceFolder = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as JSON and nothing else.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the final table only.")] = False,
) -> int:
    """Let two rosters or models play against each other, on both sides, and show the scores of each side."""
    from llm_pysc2.backends import ModelOptions, RunOptions
    from llm_pysc2.cli.versus import play_versus
    from llm_pysc2.env.options import LaunchOptions
    from llm_pysc2.evaluation.cell import Cell
    from llm_pysc2.evaluation.versus import VersusPlan

    cell = Cell(scenario, model, step_mul=step_mul, pace=pace, launch=LaunchOptions(game))
    models = RunOptions(options=ModelOptions(base_url=base_url or ""))
    plan = VersusPlan((a, b), cell, games, seed, out, models)
    return play_versus(plan, as_json=as_json, quiet=quiet)


@app.command()
def compare(  # noqa: PLR0913 - the options of a command are its arguments
    a: Annotated[Path, typer.Argument(help="A folder of traces.")],
    b: Annotated[Path, typer.Argument(help="Another, or the same with --model-a and --model-b.")],
    model_a: Annotated[str | None, typer.Option(help="Whose episodes of A, where several have played.")] = None,
    model_b: Annotated[str | None, typer.Option(help="Whose episodes of B.")] = None,
    roster_a: Annotated[str | None, typer.Option(help="Which roster of A, where there are several.")] = None,
    roster_b: Annotated[str | None, typer.Option(help="Which roster of B.")] = None,
    across_games: Annotated[
        bool, typer.Option("--across-games", help="Compare though the game or its rules differ.")
    ] = False,
    form: Annotated[str, typer.Option("--format", help="table, json, csv or markdown.")] = "table",
) -> None:
    """Say whether two players differ: pairs by seed, exact test, interval, and what so many episodes can resolve."""
    from llm_pysc2.cli.compare import compare_runs
    from llm_pysc2.evaluation.comparison import Choice

    choices = Choice("a", model_a, roster_a), Choice("b", model_b, roster_b)
    compare_runs((a, b), choices, form, across_games=across_games)


@app.command()
def export(  # noqa: PLR0913 - the options of a command are its arguments
    run: Annotated[Path, typer.Argument(help="A folder of traces, of 'play' or of 'eval'.")],
    form: Annotated[str, typer.Option("--format", help="sft, dpo, rl-jsonl or inspect.")],
    out: Annotated[Path | None, typer.Option(help="A new folder; RUN-FORMAT if not given.")] = None,
    result: Annotated[list[str] | None, typer.Option(help="Only episodes that ended so: win, tie, loss.")] = None,
    scenario: Annotated[list[str] | None, typer.Option(help="Only this scenario, or pattern; repeatable.")] = None,
    model: Annotated[list[str] | None, typer.Option(help="Only this model, or pattern; repeatable.")] = None,
    clean: Annotated[bool, typer.Option("--clean", help="Only turns with actions and no rejected line.")] = False,
) -> None:
    """Write what was played as data to train on, or as logs for Inspect's viewer."""
    from llm_pysc2.cli.export import export_run
    from llm_pysc2.evaluation.export.rows import Wanted

    wanted = Wanted(tuple(result or ()), tuple(scenario or ()), tuple(model or ()), clean)
    export_run(run, out, form, wanted)


@app.command()
def report(
    run: Annotated[Path, typer.Argument(help="A folder of traces, of 'play' or of 'eval', or one trace.")],
    html: Annotated[Path | None, typer.Option(help="Folder for the pages; RUN/report if not given.")] = None,
    every_loops: Annotated[
        int, typer.Option(min=0, help="At most one picture of the map in so many game loops; 0 = all.")
    ] = 0,
) -> None:
    """Write pages that show what was played: tables, plots, and a viewer for each episode."""
    from llm_pysc2.cli.report import report as write

    write(run, html, every_loops)


@app.command()
def watch(  # noqa: PLR0913 - the options of a command are its arguments
    scenario: Annotated[str | None, typer.Argument(help="What is played; or use --follow.")] = None,
    follow: Annotated[Path | None, typer.Option(help="A trace or a folder that another process writes.")] = None,
    model: Model = "scripted/focus_fire",
    agent: OwnAgent = None,
    roster: RosterName = None,
    base_url: BaseUrl = None,
    episodes: Episodes = 1,
    seed: Seed = 0,
    step_mul: StepMul = None,
    pace: Pace = "wait",
    images: Annotated[str, typer.Option(help=IMAGES_HELP)] = "",
    out: TraceFolder = None,
    speed: Annotated[float, typer.Option(min=0, help="At most so many times the game's speed; 0 = no limit.")] = 1.0,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 = any that is free.")] = 8314,
    browse: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    once: Annotated[bool, typer.Option("--once", help="End when the last episode is over.")] = False,
) -> int:
    """Watch an episode in the browser while it is played."""
    from llm_pysc2.cli.watch import Page, follow_and_watch, play_and_watch
    from llm_pysc2.errors import UsageError

    if (scenario is None) == (follow is None):
        raise UsageError("watch: name either a scenario to play, or with --follow a trace or a folder")
    if follow is not None:
        follow_and_watch(follow, Page(host, port, browse))
        return 0

    from llm_pysc2.backends import ModelOptions, RunOptions
    from llm_pysc2.evaluation.cell import Cell
    from llm_pysc2.evaluation.run import RunPlan
    from llm_pysc2.roster import read_overrides

    cell = Cell(scenario or "", model, agent, roster, step_mul, pace, overrides=read_overrides(images=images))
    plan = RunPlan(cell, episodes, seed, out, RunOptions(options=ModelOptions(base_url=base_url or "")))
    return play_and_watch(plan, Page(host, port, browse), speed=speed, stay=not once)


@app.command()
def replay(
    trace: Annotated[Path, typer.Argument(help="A trace, or a folder that holds one.")],
    speed: Annotated[float, typer.Option(min=0, help="Times the game's speed; 0 = at once.")] = 1.0,
    turn: Annotated[int | None, typer.Option(min=0, help="Show this turn only.")] = None,
    gif: Annotated[Path | None, typer.Option(help="Write an animation into this file instead.")] = None,
) -> None:
    """Show an episode once more in the terminal, or write it as a GIF."""
    from llm_pysc2.cli.replay import replay as show
    from llm_pysc2.cli.replay import write_animation

    if gif is not None:
        write_animation(trace, gif, speed)
    else:
        show(trace, speed, turn)


@app.command("list")
def list_(
    what: Annotated[str, typer.Argument(help="scenarios, agents, models or maps.")] = "scenarios",
) -> None:
    """List what there is to play and to play with."""
    from llm_pysc2.cli.listing import show_list

    show_list(what)


@app.command()
def show(
    what: Annotated[str, typer.Argument(help="agents.")],
    name: Annotated[str, typer.Argument(help="Name of a roster; see 'llm-pysc2 list agents'.")],
) -> None:
    """Show who plays in a roster, what each sees and may do, with an example of its prompt."""
    from llm_pysc2.cli.show import show as show_roster

    show_roster(what, name)


@app.command()
def join(
    url: Annotated[str, typer.Argument(help="The run: mqtt://HOST[:PORT]/RUN, or mqtts:// for TLS.")],
    agent: Annotated[str, typer.Option(help="Which agent of the run's roster to play.")] = "Commander",
    model: Annotated[str, typer.Option(help="Who plays it.")] = "scripted/focus_fire",
    class_: Annotated[str | None, typer.Option("--class", help="An agent of your own, MODULE:CLASS.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of scripted players.")] = 0,
) -> None:
    """Play one agent of a run that another process plays with --mqtt."""
    from llm_pysc2.cli.join import join_and_play

    join_and_play(url, agent, model, class_, seed)


@app.command()
def lookup(
    question: Annotated[list[str], typer.Argument(help="A name, A vs B, or a question; a +1 raises upgrades.")],
    answers: Annotated[int, typer.Option(min=1, max=20, help="How many answers to print.")] = 1,
) -> None:
    """Look up a unit, an ability, a matchup or a tactic in the knowledge base."""
    from llm_pysc2.cli.lookup import show_lookup

    show_lookup(" ".join(question), answers)


@app.command()
def doctor(
    mqtt: Annotated[str | None, typer.Option(help="A broker to look for: mqtt://HOST[:PORT].")] = None,
    launch: Annotated[bool, typer.Option("--launch", help="Start the installed game and play a moment, too.")] = False,
    game: Annotated[str, typer.Option(help=GAME_HELP)] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON and nothing else.")] = False,
) -> int:
    """Say what works, what does not, and the command that mends it; exit code 0 if a game can be played."""
    from llm_pysc2.cli.doctor import examine

    return examine(game=game, mqtt=mqtt, launch=launch, as_json=as_json)


@game_commands.command("install")
def install_game(
    version: Annotated[str, typer.Option(help="Version of the Linux package.")] = "4.10",
    directory: Annotated[Path | None, typer.Option("--dir", help="A new folder; ~/StarCraftII if not given.")] = None,
    address: Annotated[str, typer.Option("--from", help="Another address, or a file that was downloaded.")] = "",
    accept_license: Annotated[bool, typer.Option("--accept-license", help="Agree to Blizzard's license.")] = False,
) -> None:
    """Download Blizzard's Linux package of StarCraft II, after its license is shown and accepted."""
    from llm_pysc2.cli.game import install_the_game

    install_the_game(version, directory, address, accepted=accept_license)


@maps_commands.command("install")
def install_maps(
    group: Annotated[str, typer.Argument(help="smac, melee, mini_games or llm_pysc2.")],
    directory: Annotated[Path | None, typer.Option("--dir", help="The game's folder, if it is not found.")] = None,
    address: Annotated[str, typer.Option("--from", help="Another address, or a file that was downloaded.")] = "",
    accept_license: Annotated[bool, typer.Option("--accept-license", help="Agree to Blizzard's license.")] = False,
) -> None:
    """Download maps for the installed game from their publisher's own home."""
    from llm_pysc2.cli.game import install_the_maps

    install_the_maps(group, directory, address, accepted=accept_license)


@engine.command()
def install(
    directory: Annotated[Path, typer.Argument(help="A new folder, to be named in SC2PATH.")],
) -> None:
    """Write a folder that any SC2 client accepts as SC2PATH."""
    from llm_pysc2.engine.api.install import install as write_installation
    from llm_pysc2.engine.api.install import shipped_maps

    write_installation(directory, shipped_maps())
    typer.echo(f"The embedded game is in {directory}. Use it with: export SC2PATH={directory.resolve()}")


@engine.command()
def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 5000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Serve the SC2 API on a websocket, as the game does with -listen and -port."""
    from llm_pysc2.engine.api.server import serve as serve_api

    serve_api(host=host, port=port)
