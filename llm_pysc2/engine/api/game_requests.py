"""While a game runs: observing, stepping, acting, debugging, and what is known about the game."""

from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.client_text import as_text
from llm_pysc2.engine.api.response_data import encode_data
from llm_pysc2.engine.api.session import Session


def game_info(session: Session, _request: sc_pb.RequestGameInfo) -> bytes:
    """Describe the map, the players and the interface."""
    return session.client.game_info()


def observation(session: Session, request: sc_pb.RequestObservation) -> bytes:
    """Show what the player sees; in realtime, when the loop asked for has come."""
    session.client.hosted.wait_for(request.game_loop)
    return session.client.observe(request.disable_fog)


def step(session: Session, request: sc_pb.RequestStep) -> sc_pb.Response:
    """Play exactly the loops asked for, one if no number is given; fewer only if the game ends."""
    session.client.step(request.count if request.HasField("count") else 1)
    return sc_pb.Response(step=sc_pb.ResponseStep(simulation_loop=session.client.game.loop))


def action(session: Session, request: sc_pb.RequestAction) -> sc_pb.Response:
    """Carry out actions; one result for each, in order."""
    results = [session.client.act(action) for action in request.actions]
    return sc_pb.Response(action=sc_pb.ResponseAction(result=results))


def obs_action(session: Session, request: sc_pb.RequestObserverAction) -> sc_pb.Response:
    """Move the eyes of one who watches."""
    for action in request.actions:
        session.client.look(action)
    return sc_pb.Response(obs_action=sc_pb.ResponseObserverAction())


def data(session: Session, request: sc_pb.RequestData) -> bytes:
    """Return the tables asked for."""
    return encode_data(
        session.client.hosted.setup.map_name, [field.name for field, asked in request.ListFields() if asked]
    )


def debug(session: Session, request: sc_pb.RequestDebug) -> sc_pb.Response:
    """Carry out debug commands."""
    for command in request.debug:
        session.client.debug(command)
    return sc_pb.Response(debug=sc_pb.ResponseDebug())


def map_command(_session: Session, request: sc_pb.RequestMapCommand) -> sc_pb.Response:
    """Refuse: maps here have no triggers that a client could start."""
    error = sc_pb.ResponseMapCommand.NoTriggerError
    details = f"the map has no trigger for {as_text(request.trigger_cmd)!r}"
    return sc_pb.Response(map_command=sc_pb.ResponseMapCommand(error=error, error_details=details))


def quick_save(session: Session, _request: sc_pb.RequestQuickSave) -> sc_pb.Response:
    """Remember the game as it is."""
    session.client.hosted.quick_save()
    return sc_pb.Response(quick_save=sc_pb.ResponseQuickSave())


def quick_load(session: Session, _request: sc_pb.RequestQuickLoad) -> sc_pb.Response:
    """Go back to where the game was saved."""
    session.client.hosted.quick_load()
    return sc_pb.Response(quick_load=sc_pb.ResponseQuickLoad())


HANDLERS = {
    "game_info": game_info,
    "observation": observation,
    "step": step,
    "action": action,
    "obs_action": obs_action,
    "data": data,
    "debug": debug,
    "map_command": map_command,
    "quick_save": quick_save,
    "quick_load": quick_load,
}
