"""PySC2 4.0 as it is published, working on today's Python: importing this module is all there is to do.

Adds to `llm_pysc2.protos` PySC2's own mends. They wait as import hooks until PySC2 itself is imported; a mend touches
its one module and nothing global. A PySC2 program needs `import llm_pysc2.env.compat` as its first import.
"""

import functools
import random
import sys
import threading
from collections.abc import Callable, MutableSequence, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import Any

import llm_pysc2.protos  # noqa: F401 - its import hook is what is wanted

Mend = Callable[[ModuleType], None]


def shuffle_as_published(items: MutableSequence[Any], chance: Callable[[], float] = random.random) -> None:
    """Shuffle in place as `random.shuffle(items, chance)` did until Python 3.11, which dropped `chance`.

    >>> colours = list("abcdef")
    >>> shuffle_as_published(colours, lambda: 0.5)
    >>> "".join(colours)
    'afbecd'
    """
    for last in range(len(items) - 1, 0, -1):
        chosen = int(chance() * (last + 1))
        items[last], items[chosen] = items[chosen], items[last]


def _mend_colours(colours: ModuleType) -> None:
    """Give PySC2's palettes the shuffle they were published with; nobody else's `random` is touched."""
    old_random = ModuleType(random.__name__, random.__doc__)
    old_random.__dict__.update(random.__dict__)
    old_random.__dict__["shuffle"] = shuffle_as_published
    colours.__dict__["random"] = old_random


def _mend_run_configs(run_configs: ModuleType) -> None:
    """Let the game be launched from a program that never parses absl flags.

    The flags count as parsed, with their defaults, only at the moment PySC2 first needs them, so that a program that
    parses its own flags before it makes an environment finds them as it should.
    """
    get = run_configs.get
    if hasattr(get, "__wrapped__"):
        return

    @functools.wraps(get)
    def get_with_flags(version: Any = None) -> Any:
        from absl import flags

        if not flags.FLAGS.is_parsed():
            flags.FLAGS.mark_as_parsed()
        return get(version=version)

    run_configs.__dict__["get"] = get_with_flags


_MENDS: dict[str, Mend] = {
    "pysc2.lib.colors": _mend_colours,
    "pysc2.run_configs": _mend_run_configs,
}

_LAZY = frozenset({"pysc2.lib.renderer_human"})
"""Imports pygame, and through its video writer SciPy, in every program that imports `SC2Env`, drawn or not."""


class MendingLoader(SourceFileLoader):
    """Loads a module as it is, then mends it."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's own code, then its mend."""
        super().exec_module(module)
        _MENDS[module.__name__](module)


class LazyLoader(SourceFileLoader):
    """Leaves a module empty until one of its names is asked for, then loads the real one in its place."""

    def exec_module(self, module: ModuleType) -> None:
        """Hang a `__getattr__` into the module that runs the module's own code at first use."""
        names = module.__dict__
        run_code = super().exec_module
        lock = threading.RLock()
        loading = False

        def load_name(name: str) -> Any:
            nonlocal loading
            # Debuggers, pickle and inspect ask every module for such names; that is no use of it.
            if name.startswith("__") and name != "__all__":
                raise AttributeError(name)
            with lock:
                if not loading and names.get("__getattr__") is load_name:
                    loading = True
                    try:
                        run_code(module)
                    finally:
                        loading = False
                    names.pop("__getattr__", None)
                if name in names:
                    return names[name]
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

        names["__getattr__"] = load_name


class PySC2Finder(MetaPathFinder):
    """Finds the few modules of PySC2 that need a mend; all others are left alone."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the module's own spec with a loader of ours, or None for modules that need nothing."""
        if fullname not in _MENDS and fullname not in _LAZY:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            loader = LazyLoader if fullname in _LAZY else MendingLoader
            spec.loader = loader(fullname, spec.loader.path)
        return spec


def install_mends() -> None:
    """Put the finder before all others and mend what is already imported; twice is as good as once."""
    if not any(type(finder).__name__ == PySC2Finder.__name__ for finder in sys.meta_path):
        sys.meta_path.insert(0, PySC2Finder())
    for name, mend in _MENDS.items():
        if name in sys.modules:
            mend(sys.modules[name])


install_mends()
