"""Pictures: what is found to be shown, what is refused, and a real one from the real engine."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from provision import display
from provision.console import Console, SetupError
from provision.paths import Checkout, this_checkout, user_cache
from provision.processes import Outcome
from provision.ready import Ready
from screens import command, pictures, studio, views
from screens.studio import Studio
from screens.views import Moment, SceneView

TRAINING = '[ext_resource type="Script" path="res://addons/evolve/nodes/evolve_trainer.gd" id="1"]\n'
VIEW = SceneView("demo-xor", "res://demos/xor/xor.tscn", Moment(generations=2, ticks=2))


def _add_scene(checkout: Checkout, path: str, text: str = "") -> None:
    scene = checkout.project / "demos" / path
    scene.parent.mkdir(parents=True, exist_ok=True)
    scene.write_text(text, encoding="utf-8")


def test_every_scene_that_trains_is_a_view(checkout: Checkout) -> None:
    _add_scene(checkout, "cars/cars.tscn", TRAINING)
    _add_scene(checkout, "cars/car.tscn")
    _add_scene(checkout, "cars/race.tscn", TRAINING)
    _add_scene(checkout, "shared/hud.tscn")
    names = [view.name for view in views.demo_views(checkout.project)]
    assert names == ["demo-cars", "demo-cars-race"]


def test_a_demo_without_a_trainer_is_shown_by_the_scenes_that_no_other_uses(checkout: Checkout) -> None:
    _add_scene(checkout, "by_hand/loop.tscn", '[ext_resource path="res://demos/by_hand/part.tscn"]')
    _add_scene(checkout, "by_hand/part.tscn")
    assert [view.scene for view in views.demo_views(checkout.project)] == ["res://demos/by_hand/loop.tscn"]


def test_a_view_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(SetupError, match=r"There is no view demo-chess: name some of demo-xor, or none"):
        command.chosen([VIEW], ["demo-chess"])


def test_a_picture_keeps_its_look_and_loses_bytes(tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    image = Image.effect_noise((200, 100), 80).convert("RGB")
    ImageDraw.Draw(image).rectangle((0, 0, 100, 100), fill=(200, 30, 30))
    image.save(picture)
    before = picture.stat().st_size
    facts = pictures.shrink(picture)
    assert (facts["width"], facts["height"]) == (200, 100)
    assert facts["bytes"] == picture.stat().st_size < before
    with Image.open(picture) as small:
        red, green, blue = small.convert("RGB").getpixel((50, 50))  # type: ignore[misc]
    assert abs(red - 200) + abs(green - 30) + abs(blue - 30) < 12


def test_a_blank_picture_is_refused(tmp_path: Path, checkout: Checkout) -> None:
    picture = tmp_path / "blank.png"
    Image.new("RGB", (64, 48), (20, 20, 20)).save(picture)
    ready = Ready(Path("/engine"), "4.6.3", "a test", Path(sys.executable))
    room = Studio(checkout, ready, display.DisplayServer(Path("/server")))
    with pytest.raises(SetupError, match=r"The picture blank\.png is blank: it has 1 colours"):
        room.finish([picture])


def test_an_engine_that_complains_gives_no_picture() -> None:
    complaint = "ERROR: a thing broke\n   at: f (res://demos/xor/xor_view.gd:3)"
    with pytest.raises(SetupError, match="complained in the view demo-xor: ERROR: a thing broke"):
        studio.judge(VIEW, Outcome(0, complaint))


def test_the_editors_plugin_is_enabled_in_the_copy_alone(checkout: Checkout, tmp_path: Path) -> None:
    settings = checkout.project / "project.godot"
    text = '[display]\n\n[editor_plugins]\n\nenabled=PackedStringArray("res://addons/evolve/plugin.cfg")\n'
    settings.write_text(text, encoding="utf-8")
    (checkout.project / "addons").symlink_to(checkout.addons, target_is_directory=True)
    copy = studio.copy_project(checkout, tmp_path / "copy")
    assert "photographer/plugin.cfg" in (copy / "project.godot").read_text(encoding="utf-8")
    assert (copy / "addons" / "photographer" / "plugin.gd").is_file()
    assert settings.read_text(encoding="utf-8") == text
    assert not (checkout.addons / "photographer").exists()


def test_a_scene_that_trains_becomes_a_picture_of_the_right_size(engine: Path, tmp_path: Path) -> None:
    checkout, cache = this_checkout(), user_cache()
    if not (checkout.project / ".godot").is_dir():
        pytest.skip("the project is not imported; tools/evolve setup does it")
    before = (checkout.project / "project.godot").read_bytes()
    server = display.ensure(cache, Console())
    ready = Ready(engine, "", "", Path(sys.executable))
    taken = Studio(checkout, ready, server).take(VIEW, tmp_path / "pictures")
    assert [picture.name for picture in taken] == ["demo-xor.png"]
    with Image.open(taken[0]) as picture:
        assert picture.size == studio.SCENE_SIZE
        counts = picture.convert("RGB").getcolors(1 << 24) or []
    # The scene's ground, its bars and its letters: neither blank nor noise.
    assert len(counts) >= studio.FEWEST_COLOURS
    assert 0.3 < max(count for count, _ in counts) / (picture.width * picture.height) < 0.98
    assert (checkout.project / "project.godot").read_bytes() == before
