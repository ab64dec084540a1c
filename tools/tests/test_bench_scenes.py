"""Rows of the suite that plays whole demos, and what it asks of the peer."""

from __future__ import annotations

import io
import re
import socket
from pathlib import Path

import pytest

from benches import godot_rl_agents, scenes
from benches.scenes import Lap
from provision.console import Console, SetupError
from provision.paths import Checkout, this_checkout
from provision.processes import Outcome


def lap(way: str, inside: float, total: float) -> Lap:
    return Lap(way, ticks=100, agent_steps=20_000, episodes=200, inside=inside, total=total)


def round_of(slow_down: float = 1.0) -> list[Lap]:
    """Training takes 100 ms, 30 of them inside; without the add-on 27, and 80 ms without sensing."""
    times = {"training": (30e3, 100e3), "bare": (27e3, 97e3), "physics": (10e3, 80e3)}
    return [lap(way, slow_down * inside, slow_down * total) for way, (inside, total) in times.items()]


def test_the_ratio_to_the_ceiling_is_that_of_laps_played_next_to_each_other() -> None:
    row = scenes.rows_of("cars", [*round_of(), *round_of(5.0), *round_of(2.0)])[0]
    assert (row.ours, row.peer, row.ratio, row.met) == (100e3, 125e3, 0.8, True)


def test_the_share_of_the_add_on_is_what_the_plainest_loop_saves_of_a_tick() -> None:
    row = scenes.rows_of("cars", [*round_of(), *round_of(5.0), *round_of(2.0)])[1]
    assert (row.ours, row.unit, row.goal, row.met) == (pytest.approx(3.0), "%", "at most 5", True)
    heavy = [lap("training", 40e3, 100e3), lap("bare", 27e3, 97e3), lap("physics", 10e3, 80e3)]
    assert not scenes.rows_of("cars", heavy)[1].met


def test_the_panel_may_take_a_hundredth_of_a_tick_and_no_more() -> None:
    row = scenes.panel_row("cars", '{"ticks": 9, "inside": 500, "total": 100000}')
    assert (row.ours, row.unit, row.goal, row.met) == (0.5, "%", "at most 1", True)
    assert not scenes.panel_row("cars", '{"ticks": 9, "inside": 1500, "total": 100000}').met


def test_what_a_game_sends_to_the_stand_in_of_the_editor_is_read() -> None:
    with scenes.editor_stand_in() as port, socket.create_connection(("127.0.0.1", port)) as game:
        game.sendall(bytes(10_000_000))
        game.shutdown(socket.SHUT_WR)
        game.settimeout(30.0)
        assert game.recv(1) == b""


def test_ticks_are_counted_of_training_alone() -> None:
    row = scenes.ticks_row("cars", round_of())
    assert (row.ours, row.goal, row.met) == (1000.0, "at least 600", True)


def test_the_peer_is_beaten_five_times_or_the_goal_is_missed() -> None:
    row = scenes.peer_row("cars", 4, round_of(), [30e3, 20e3, 10e3])
    assert (row.peer, row.ratio, row.goal, row.met) == (20e3, 10.0, "at least 5x", True)
    assert not scenes.peer_row("cars", 1, round_of(), [50e3]).met


def test_what_the_engine_prints_of_a_lap_is_what_the_suite_reads() -> None:
    session = this_checkout().root / "bench" / "scenes" / "session.gd"
    printed = re.findall(r'^\t+"(\w+)":', session.read_text(encoding="utf-8"), re.MULTILINE)
    assert printed == list(Lap.__dataclass_fields__)


def test_without_the_peers_plugin_a_sentence_says_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(godot_rl_agents.VARIABLE, raising=False)
    said = io.StringIO()
    assert godot_rl_agents.find_plugin(Console(said)) is None
    assert godot_rl_agents.REPOSITORY in said.getvalue()
    assert godot_rl_agents.VARIABLE in said.getvalue()


def test_another_version_of_the_peers_plugin_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(godot_rl_agents.VARIABLE, str(tmp_path))
    with pytest.raises(SetupError, match="is missing"):
        godot_rl_agents.find_plugin(Console(io.StringIO()))
    addon = tmp_path / godot_rl_agents.ADDON
    addon.mkdir(parents=True)
    (addon / "sync.gd").write_text("extends Node\n")
    with pytest.raises(SetupError, match="another version"):
        godot_rl_agents.find_plugin(Console(io.StringIO()))


def test_a_script_error_in_the_peers_engine_is_no_figure() -> None:
    lines = ['{"agent_steps_per_second": 5.0}', "close message sent"]
    assert godot_rl_agents.speed_in(lines, Outcome(0, "")) == 5.0
    with pytest.raises(SetupError, match="Out of bounds"):
        godot_rl_agents.speed_in(["SCRIPT ERROR: Out of bounds", *lines], Outcome(0, ""))
    with pytest.raises(SetupError, match="exit code 1"):
        godot_rl_agents.speed_in([], Outcome(1, "refused"))


def test_the_peers_project_has_our_physics_and_none_of_our_warnings(tmp_path: Path) -> None:
    checkout = this_checkout()
    plugin = tmp_path / "plugin"
    plugin.mkdir()
    (plugin / "sync.gd").write_text("extends Node\n")
    project = tmp_path / "project"
    godot_rl_agents.fill(project, _light(checkout, tmp_path), plugin)
    settings = (project / "project.godot").read_text(encoding="utf-8")
    assert "[physics]" in settings
    assert "untyped_declaration" not in settings
    assert (project / "bench" / "godot_rl_agents" / "field.gd").is_file()
    assert (project / godot_rl_agents.ADDON / "sync.gd").is_file()


def _light(checkout: Checkout, folder: Path) -> Checkout:
    """The checkout without its add-on, which is large."""
    light = folder / "checkout"
    (light / "addons" / "evolve").mkdir(parents=True)
    for name in ("bench", "godot_project"):
        (light / name).symlink_to(checkout.root / name)
    return Checkout(light)
