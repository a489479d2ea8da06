import platform
from pathlib import Path

import pytest

from llm_pysc2.env import rendering
from llm_pysc2.env.rendering import find_gl_libraries, render_arguments
from llm_pysc2.errors import GameLaunchError


@pytest.fixture
def libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A linker whose cache holds what is told, in place of this machine's."""
    monkeypatch.setattr(platform, "system", lambda: "Linux")

    def provide(*names: str) -> None:
        linker = tmp_path / "ldconfig"
        lines = "".join(f"echo '\t{name} (libc6,x86-64) => /usr/lib/{name}'\n" for name in names)
        linker.write_text(f"#!/bin/sh\necho '{len(names)} libs found in cache'\n{lines}")
        linker.chmod(0o755)
        monkeypatch.setattr(rendering, "LINKER_CACHE", str(linker))

    return provide


def test_a_graphics_card_comes_before_software(libraries):
    libraries("libOSMesa.so.8", "libc.so.6", "libEGL.so.1")
    assert find_gl_libraries() == ("libEGL.so.1", "libOSMesa.so.8")
    assert render_arguments("auto", wanted=True) == ["-eglpath", "libEGL.so.1"]
    assert render_arguments("osmesa", wanted=False) == ["-osmesapath", "libOSMesa.so.8"]


def test_without_libraries_nothing_is_drawn_unless_it_must_be(libraries):
    libraries("libc.so.6")
    assert render_arguments("auto", wanted=True) == ["-headlessNoRender"]
    with pytest.raises(GameLaunchError, match=r"none of libEGL.so, libEGL.so.1; apt-get install"):
        render_arguments("egl", wanted=True)


def test_without_a_linker_there_are_no_libraries(monkeypatch):
    monkeypatch.setattr(rendering, "LINKER_CACHE", "/no/such/linker")
    assert find_gl_libraries() == ()


@pytest.mark.parametrize(("how", "expected"), [("auto", []), ("none", ["-headlessNoRender"])])
def test_nobody_wants_pictures(libraries, how, expected):
    libraries("libEGL.so.1")
    assert render_arguments(how, wanted=False) == expected


def test_elsewhere_the_game_has_a_window(monkeypatch):
    monkeypatch.setattr(platform, "system", lambda: "Windows")
    assert render_arguments("egl", wanted=True) == []
