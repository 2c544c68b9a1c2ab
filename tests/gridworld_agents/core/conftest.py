"""Distributions with entry points, as if they had been installed."""

import pytest


@pytest.fixture
def distribution(tmp_path, monkeypatch):
    """Return a function that installs a distribution by its metadata; the folder of its modules is on the path."""
    monkeypatch.syspath_prepend(tmp_path)

    def install(name, entry_points, version="1.2"):
        info = tmp_path / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        lines = "".join(f"{id_} = {value}\n" for id_, value in entry_points.items())
        (info / "entry_points.txt").write_text(f"[gridworld.agents]\n{lines}")

    return install
