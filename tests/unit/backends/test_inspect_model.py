"""Inspect's providers, against a real server. Inspect is installed apart."""

from importlib.util import find_spec

import pytest

from llm_pysc2.backends import make_backend
from llm_pysc2.chat import Chat, Image, Message, Usage
from llm_pysc2.errors import ModelKeyError, ModelNameError, UsageError
from tests.unit.backends.conftest import KEY, Format, ask
from tests.wire.answers import Answer, in_order, status
from tests.wire.server import WireServer

INSPECT = Format("inspect", model="openai/gpt-4o")
CHAT = Chat((Message("system", "You command."), Message("user", "S1", (Image(b"png", "the map"),))))
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Inspect's own dependencies
needs_inspect = pytest.mark.skipif(find_spec("inspect_ai") is None, reason="inspect-ai is not installed")


class OpenAIThroughInspect(WireServer):
    """The server's address as Inspect's openai provider wants it."""

    @property
    def url(self) -> str:
        return self.openai_url if self.port else ""

    @property
    def openai_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


@pytest.mark.skipif(find_spec("inspect_ai") is not None, reason="inspect-ai is installed")
def test_missing_extra_says_what_to_install() -> None:
    with pytest.raises(UsageError, match="pip install inspect-ai"):
        make_backend("inspect/google/gemini")


@needs_inspect
@pytest.mark.outsider
def test_answer_and_usage() -> None:
    with OpenAIThroughInspect(in_order(Answer(text="<Stop()>"))) as server:
        answer = ask(INSPECT, server, CHAT)
    assert (answer.text, answer.stop_reason) == ("<Stop()>", "stop")
    assert answer.usage == Usage(120, 100, 0, 30, 12)
    assert "the map" in str(server.seen[0].body)


@needs_inspect
@pytest.mark.outsider
@pytest.mark.parametrize(
    ("fault", "error"), [(status(401, f"bad {KEY}"), ModelKeyError), (status(404), ModelNameError)]
)
def test_hopeless_faults(fault: Answer, error: type[Exception]) -> None:
    with OpenAIThroughInspect(in_order(then=fault)) as server, pytest.raises(error) as caught:
        ask(INSPECT, server, CHAT)
    assert len(server.seen) == 1
    assert KEY not in str(caught.value)


@needs_inspect
@pytest.mark.outsider
def test_fault_that_passes() -> None:
    with OpenAIThroughInspect(in_order(Answer("not_json"))) as server:
        answer = ask(INSPECT, server, CHAT)
    assert (answer.text, answer.faults) == ("<Stop()>", ("answer",))
