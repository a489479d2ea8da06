import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--packaging"):
        return
    for item in items:
        if "packaging" in item.path.parts:
            item.add_marker(pytest.mark.skip(reason="takes minutes; run by 'make package'"))
