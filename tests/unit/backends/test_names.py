"""Names of models, presets, options and keys: what they stand for, and what is said about mistakes."""

from pathlib import Path

import pytest

from llm_pysc2.backends import ModelOptions, Price, describe_models, make_backend
from llm_pysc2.backends.keys import NO_KEY, find_key, shown
from llm_pysc2.backends.names import resolve_name
from llm_pysc2.backends.presets import load_presets
from llm_pysc2.errors import PackError, UsageError

PRESETS = """
[models.fast]
provider = "openai"
model = "qwen3-8b"
base_url = "http://127.0.0.1:8000/v1"
temperature = 0.2
requests_per_minute = 600
headers = {x-tenant = "blue"}
price = {input_usd_per_million_tokens = 0.1, output_usd_per_million_tokens = 0.4}

[models.deep]
provider = "openai"
model = "deepseek-chat"
base_url = "https://api.deepseek.com/v1"
key_env = "DEEPSEEK_API_KEY"

[models.smart]
provider = "anthropic"
model = "claude-opus-5"
effort = "high"
"""


@pytest.fixture
def presets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "models.toml"
    path.write_text(PRESETS)
    monkeypatch.setenv("LLM_PYSC2_MODELS", str(path))
    return path


@pytest.mark.usefixtures("presets")
def test_presets() -> None:
    fast = resolve_name("fast")
    assert (fast.provider, fast.model, fast.base_url) == ("openai", "qwen3-8b", "http://127.0.0.1:8000/v1")
    assert fast.options.price == Price(0.1, 0.4)
    assert dict(fast.options.headers) == {"x-tenant": "blue"}
    assert resolve_name("smart").options.effort == "high"
    assert resolve_name("smart", ModelOptions(effort="low")).options.effort == "low"
    assert ("deep", "your preset for openai/deepseek-chat") in list(describe_models())


@pytest.mark.usefixtures("presets")
def test_preset_sends_a_key_elsewhere_only_if_it_names_it() -> None:
    fast, deep, smart = resolve_name("fast"), resolve_name("deep"), resolve_name("smart")
    assert (fast.key_variable, fast.key_needed) == ("", False)
    assert (deep.key_variable, deep.key_needed) == ("DEEPSEEK_API_KEY", True)
    assert (smart.key_variable, smart.key_needed) == ("ANTHROPIC_API_KEY", True)
    with pytest.raises(UsageError, match="DEEPSEEK_API_KEY"):
        make_backend("deep")


def test_own_address_may_do_without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    own = resolve_name("openai/x", ModelOptions(base_url="http://127.0.0.1:8000/v1"))
    assert (own.key_variable, own.key_needed) == ("OPENAI_API_KEY", False)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9000/v1/")
    found = resolve_name("openai/x")
    assert (found.base_url, found.key_needed) == ("http://127.0.0.1:9000/v1", False)
    assert resolve_name("anthropic/x").key_needed


def test_missing_key_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    for provider in ("openai", "anthropic"):
        monkeypatch.delenv(f"{provider.upper()}_API_KEY")
        with pytest.raises(UsageError, match=f"{provider.upper()}_API_KEY"):
            make_backend(f"{provider}/x")
    assert find_key("NOT_THERE", needed=False) == NO_KEY


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("opnai/gpt", "closest: openai"),
        ("gpt-5", "no such preset"),
        ("openai/", "expected a name after openai/"),
        ("openai", "closest: openai/NAME"),
        ("fats", "closest: fast"),
        ("scripted/focus_fier", "focus_fire"),
        ("", "no such preset"),
    ],
)
@pytest.mark.usefixtures("presets")
def test_unknown_name_gives_the_closest(name: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        make_backend(name)
    assert "\n" not in str(caught.value)


def test_anthropic_has_no_responses() -> None:
    with pytest.raises(UsageError, match="anthropic has no 'responses' interface"):
        make_backend("anthropic/x", options=ModelOptions(api="responses"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[models.a]\nmodel = 'x'", r"models\.a\.provider: expected a text, got None"),
        ("[models.a]\nprovider = 'openai'\nmodel = 3", r"models\.a\.model: expected a text, got 3"),
        ("[models.a]\nprovider = 'openai'\nmodel = 'x'\ntemprature = 1", "temprature: no such option; closest: temp"),
        ("[models.a]\nprovider = 'openai'\nmodel = 'x'\nstream = 1", "stream: expected bool, got 1"),
        ("[models.a]\nprovider = 'openai'\nmodel = 'x'\nmax_tokens = true", "max_tokens: expected int, got True"),
        ("[models.a]\nprovider = 'openai'\nmodel = 'x'\nmax_tokens = 0", "max_tokens: expected more than zero"),
        ("[models.a]\nprovider = 'openai'\nmodel = 'x'\nbase_url = 'host'", "base_url: expected an address"),
        ("[models.a]\nprovider = 'openai'\nmodel = 'x'\napi = 'chta'", "api: expected one of chat, responses"),
        ("[models.a]\nprovider = 'openai'\nmodel = 'x'\nprice = {}", r"price\.input_usd_per_million_tokens: missing"),
        ("[models.a]\nprovider = 'openai'\nmodel = 'x'\nheaders = {a = 1}", r"headers\.a: expected str"),
        ("models = 3", "expected tables"),
        ("models.a = 3", "expected a table"),
        ("[models.a", "cannot be read as TOML"),
    ],
)
def test_broken_preset_names_file_and_key(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "models.toml"
    path.write_text(text)
    with pytest.raises(PackError, match=said) as caught:
        load_presets(path)
    assert str(path) in str(caught.value)


def test_unknown_provider_in_a_preset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "models.toml"
    path.write_text("[models.a]\nprovider = 'antropic'\nmodel = 'x'")
    monkeypatch.setenv("LLM_PYSC2_MODELS", str(path))
    with pytest.raises(UsageError, match="no provider 'antropic'; closest: anthropic"):
        make_backend("a")


@pytest.mark.parametrize("url", ["https://me:word-77@host/v1", "https://host/v1?key=word-77", "https://word-77@host"])
def test_secret_in_an_address_is_refused_and_not_shown(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    for make in (lambda: ModelOptions(base_url=url), lambda: resolve_name("openai/x")):
        with pytest.raises(UsageError, match="expected a plain address") as caught:
            make()
        assert "word-77" not in str(caught.value)


def test_what_is_shown_has_no_secrets() -> None:
    assert shown("key sk-proj-AbC123456 bad") == "key *** bad"
    assert shown("Bearer abc.def and hunter2-hunter2", ["hunter2-hunter2"]) == "*** and ***"
    assert len(shown("x" * 1000)) == 240
    assert "secret" not in repr(ModelOptions(headers={"x-key": "secret"}))
