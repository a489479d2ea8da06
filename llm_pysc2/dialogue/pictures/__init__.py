"""Pictures of a situation for models that can see. What they show bears the short ids of the text."""

from collections.abc import Callable, Iterable, Mapping

from llm_pysc2.chat import Image
from llm_pysc2.dialogue.pictures.layers import draw_layers, draw_rgb
from llm_pysc2.dialogue.pictures.minimap import draw_minimap
from llm_pysc2.dialogue.pictures.screen import draw_screens
from llm_pysc2.dialogue.situation import Situation
from llm_pysc2.roster import ImageKind

_PAINTERS: Mapping[ImageKind, Callable[[Situation], tuple[Image, ...]]] = {
    "screen": draw_screens,
    "minimap": draw_minimap,
    "layers": draw_layers,
    "rgb": draw_rgb,
}


def draw_pictures(situation: Situation, kinds: Iterable[ImageKind]) -> tuple[Image, ...]:
    """Return the pictures of these kinds, in that order; of those that the game draws none where it has drawn none."""
    return tuple(image for kind in kinds for image in _PAINTERS[kind](situation))
