"""What the game is asked to show: by raw `InterfaceOptions`, or by PySC2's format where commands are given by hand."""

from collections.abc import Collection
from typing import Any

from pysc2.env import sc2_env
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.env.options import Drawing
from llm_pysc2.world.frames import MINIMAP_PX, SCREEN_CELLS, SCREEN_PX

DRAWN_PX = {"layers": 128, "rgb": 512}
DRAWN_MINIMAP_PX = {"layers": 128, "rgb": 256}


def raw_interface(draws: Collection[Drawing]) -> sc_pb.InterfaceOptions:
    """Return options for which SC2Env passes messages through, with what the game is to draw beside it."""
    options = sc_pb.InterfaceOptions(
        raw=True, score=True, show_cloaked=True, show_burrowed_shadows=True, show_placeholders=True
    )
    for drawing, setup in (("layers", options.feature_layer), ("rgb", options.render)):
        if drawing in draws:
            setup.resolution.x = setup.resolution.y = DRAWN_PX[drawing]
            setup.minimap_resolution.x = setup.minimap_resolution.y = DRAWN_MINIMAP_PX[drawing]
    if "layers" in draws:
        options.feature_layer.width = SCREEN_CELLS
    return options


def camera_interface(draws: Collection[Drawing]) -> Any:
    """Return the format by which PySC2 offers its feature functions, with the game's own message beside it."""
    rgb = sc2_env.Dimensions(screen=DRAWN_PX["rgb"], minimap=DRAWN_MINIMAP_PX["rgb"]) if "rgb" in draws else None
    return sc2_env.AgentInterfaceFormat(
        feature_dimensions=sc2_env.Dimensions(screen=SCREEN_PX, minimap=MINIMAP_PX),
        rgb_dimensions=rgb,
        action_space=sc2_env.ActionSpace.FEATURES,
        camera_width_world_units=int(SCREEN_CELLS),
        use_unit_counts=True,  # of all that make it ask for raw data the one that costs least
        send_observation_proto=True,
        hide_specific_actions=False,
        show_cloaked=True,
        show_burrowed_shadows=True,
        show_placeholders=True,
    )
