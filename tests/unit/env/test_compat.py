import random
import subprocess
import sys
from math import floor

import numpy as np
import pytest

from llm_pysc2.env import compat


def run_fresh(program: str, *options: str) -> str:
    """Run a program in an interpreter of its own and return what it prints."""
    done = subprocess.run([sys.executable, *options, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def shuffled_as_python_310_did(items: list, chance: float) -> list:
    """The loop of `random.shuffle` in CPython 3.10 with its second argument, written out a second time."""
    items = list(items)
    for i in reversed(range(1, len(items))):
        j = floor(chance * (i + 1))
        items[i], items[j] = items[j], items[i]
    return items


@pytest.mark.parametrize("size", [1, 2, 27, 256, 1962])
def test_palettes_are_the_published_ones(size: int):
    from pysc2.lib import colors

    expected = shuffled_as_python_310_did([tuple(colour) for colour in colors.smooth_hue_palette(size)], 0.5)
    assert np.array_equal(colors.shuffled_hue(size), np.array(expected))


def test_known_palette_values():
    from pysc2.lib import colors

    hue = colors.smooth_hue_palette(6)
    assert np.array_equal(colors.shuffled_hue(6), hue[[0, 5, 1, 4, 2, 3]])
    assert colors.unit_type(2000).shape == (2000, 3)


def test_nobody_elses_random_is_touched():
    from pysc2.lib import colors

    assert colors.random is not random
    with pytest.raises(TypeError):
        random.shuffle([1, 2], lambda: 0.5)


def test_sc2_env_imports_no_drawing_and_no_scipy():
    program = (
        "import llm_pysc2.env.compat, sys, pysc2.env.sc2_env\n"
        "print([name for name in ('pygame', 'scipy', 'skvideo') if name in sys.modules])"
    )
    assert run_fresh(program, "-W", "error") == "[]"


def test_whoever_draws_gets_the_real_module():
    program = (
        "import llm_pysc2.env.compat, sys\n"
        "from pysc2.env import sc2_env\n"
        "from pysc2.lib import renderer_human\n"
        "assert not hasattr(renderer_human, '__wrapped__') and 'pygame' not in sys.modules\n"
        "assert sc2_env.renderer_human is renderer_human\n"
        "assert renderer_human.ActionCmd.QUIT.name == 'QUIT'\n"
        "assert renderer_human.pygame is sys.modules['pygame']\n"
        "assert '__getattr__' not in vars(renderer_human) and renderer_human.__file__.endswith('renderer_human.py')\n"
        "try: renderer_human.nonsense\n"
        "except AttributeError as error: print(error)"
    )
    assert run_fresh(program).splitlines()[-1] == "module 'pysc2.lib.renderer_human' has no attribute 'nonsense'"


def test_a_star_import_gets_the_real_names():
    program = "import llm_pysc2.env.compat\nfrom pysc2.lib.renderer_human import *\nprint(RendererHuman.__name__)"
    assert run_fresh(program).splitlines()[-1] == "RendererHuman"


def test_a_program_that_parses_no_flags_gets_their_defaults():
    program = (
        "import llm_pysc2.env.compat, sys\n"
        "from absl import flags\n"
        "from pysc2 import run_configs\n"
        "assert not flags.FLAGS.is_parsed()\n"
        "try: run_configs.get()\n"
        "except Exception as error: print(type(error).__name__)\n"
        "assert flags.FLAGS.is_parsed() and flags.FLAGS.sc2_timeout == 360"
    )
    assert run_fresh(program) in ("FileNotFoundError", "")


def test_a_program_that_parses_its_flags_is_not_disturbed():
    program = (
        "import llm_pysc2.env.compat, sys\n"
        "from absl import app, flags\n"
        "from pysc2.env import sc2_env\n"
        "flags.DEFINE_integer('my_games', 1, 'how many')\n"
        "sys.argv = ['program', '--my_games=7', '--sc2_timeout=5', 'rest']\n"
        "def main(arguments):\n"
        "    print(flags.FLAGS.my_games, flags.FLAGS.sc2_timeout, arguments)\n"
        "app.run(main)"
    )
    assert run_fresh(program) == "7 5 ['program', 'rest']"


def test_mending_twice_changes_nothing():
    from pysc2 import run_configs

    finders, get = list(sys.meta_path), run_configs.get
    compat.install_mends()
    assert sys.meta_path == finders
    assert run_configs.get is get


def test_what_was_imported_before_is_mended_too():
    program = (
        "import llm_pysc2.protos\n"
        "from pysc2 import run_configs\n"
        "from pysc2.lib import colors\n"
        "import llm_pysc2.env.compat\n"
        "print(len(colors.shuffled_hue(5)), hasattr(run_configs.get, '__wrapped__'))"
    )
    assert run_fresh(program) == "5 True"


def test_other_modules_of_pysc2_are_left_alone():
    finder = compat.PySC2Finder()
    assert finder.find_spec("pysc2.lib.features", None) is None
    assert finder.find_spec("json", None) is None
