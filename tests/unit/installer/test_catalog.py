from pathlib import Path

import pytest

from llm_pysc2.errors import PackError, UsageError
from llm_pysc2.installer.catalog import load_catalog, read_catalog


def test_the_shipped_catalog():
    catalog = load_catalog()
    game = catalog.game("4.10")
    assert game.build == 75689
    assert game.license is not None
    assert game.license.password == "iagreetotheeula"  # noqa: S105 - published by Blizzard
    assert set(catalog.maps) == {"smac", "melee", "mini_games", "llm_pysc2"}
    packages = [*catalog.games.values(), *catalog.maps.values()]
    assert all(package.url.startswith("https://") for package in packages)
    assert all(group.take and group.title and group.home for group in catalog.maps.values())
    blizzards = [package for package in packages if "blzdist" in package.url]
    assert all(package.license is not None for package in blizzards)


def test_versions_agree_with_pysc2s_table():
    from pysc2.run_configs.lib import VERSIONS

    for version, game in load_catalog().games.items():
        full = version if version.count(".") == 2 else f"{version}.0"
        assert VERSIONS[full].build_version == game.build


def test_what_is_not_there():
    catalog = load_catalog()
    with pytest.raises(UsageError, match=r"no Linux package of version '4\.10\.1'; closest: 4\.10"):
        catalog.game("4.10.1")
    with pytest.raises(UsageError, match="no group of maps named 'smack'; closest: smac"):
        catalog.map_group("smack")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[other]", "unknown key 'other'"),
        ("games = 3", "games: expected tables, found 3"),
        ("[games.x]\nurl = 3", "games.x.url: expected str, found 3"),
        ("[games.x]\nbuild = 3", "games.x: .*url"),
        ("[games.x]\nurl = 'u'\nlicence = 'b'", "unknown key 'games.x.licence'; closest: license"),
        ("[games.x]\nurl = 'u'\nlicense = 'b'", "games.x.license: there are none"),
        ("[maps.x]\nurl = 'u'\ntake = [3]", r"maps.x.take: expected list, found \[3\]"),
        ("[licenses.x]\ntitle = 't'", "licenses.x: "),
    ],
)
def test_mistakes_name_file_and_key(tmp_path: Path, text: str, words: str):
    path = tmp_path / "downloads.toml"
    path.write_text(text)
    with pytest.raises(PackError, match=f"downloads.toml: {words}"):
        read_catalog(path)
