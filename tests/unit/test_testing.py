import pytest

from llm_pysc2.agent import Observation
from llm_pysc2.backends import make_backend
from llm_pysc2.chat import Chat
from llm_pysc2.packs import shipped_root
from llm_pysc2.testing import check_agent, check_backend, check_pack


class Charger:
    async def act(self, observation: Observation) -> str:
        return "\n".join(f"Team {t.name}: <Attack_Unit({observation.enemies[0].id})>" for t in observation.teams)


class Mumbler(Charger):
    async def act(self, observation: Observation) -> str:
        return f"<Charge_At({observation.enemies[0].id})>"


class Breaker(Charger):
    async def act(self, observation: Observation) -> str:
        raise KeyError(observation.turn)


def test_a_good_agent_passes() -> None:
    check_agent(Charger)


def test_an_agent_that_nobody_understands() -> None:
    with pytest.raises(AssertionError, match=r"expected at least one order that is understood.*Charge_At"):
        check_agent(Mumbler)


def test_an_agent_that_raises() -> None:
    with pytest.raises(AssertionError, match=r"expected an answer every turn, .* failed, the first with: KeyError: 0"):
        check_agent(Breaker)


def test_scripted_policies_are_good_backends() -> None:
    check_backend(make_backend("scripted/noop"))


class RaisingBackend:
    name = "raising"

    async def complete(self, chat: Chat) -> None:  # noqa: ARG002 - the shape of a backend
        raise ValueError("no")

    async def aclose(self) -> None:
        pass


def test_a_backend_that_raises_something_else() -> None:
    with pytest.raises(AssertionError, match=r"expected ModelServiceError or an answer, ValueError came"):
        check_backend(RaisingBackend())  # type: ignore[arg-type] # that is what is checked


def test_the_shipped_data_is_a_good_pack() -> None:
    check_pack(shipped_root())


def test_a_broken_preset_is_named(tmp_path):
    folder = tmp_path / "agents" / "presets"
    folder.mkdir(parents=True)
    (folder / "odd.toml").write_text('title = "Odd"\nlooks_around = true\n')
    with pytest.raises(AssertionError, match=r"odd.toml: unknown key 'looks_around'; closest: looks_round"):
        check_pack(tmp_path)
