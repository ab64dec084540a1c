"""The check against Godot 4.4's extension API: what it refuses, and what it lets pass."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from checks import godot_api
from checks.godot_api.parser import parse
from checks.godot_api.reference import Reference, folder_of_descriptions, load, plain_type, versions_in
from checks.godot_api.syntax import Cast, Expression, Operation, Variable
from provision.paths import Checkout, this_checkout

Find = Callable[..., list[str]]

OWN = """class_name Own
extends Node

enum Mood { CALM, ANGRY }

var files: Array[FileAccess] = []
var by_name: Dictionary[StringName, Own] = {}
var mood := Mood.CALM


func other() -> Own:
	return self
"""


@pytest.fixture(scope="module")
def references() -> tuple[Reference, Reference]:
    folder = folder_of_descriptions(this_checkout().rust)
    return load(folder, godot_api.LOWEST), load(folder, versions_in(folder)[-1])


@pytest.fixture
def findings(references: tuple[Reference, Reference]) -> Find:
    def find(source: str, name: str = "script.gd") -> list[str]:
        return godot_api.check_files({"res://own.gd": OWN, f"res://{name}": source}, *references)

    return find


def _in_function(body: str) -> str:
    lines = "".join(f"\t{line}\n" for line in body.splitlines())
    return f"extends Node\n\n\nfunc f(node: Node, own: Own, any: Variant) -> void:\n{lines}"


def test_this_repository_names_nothing_that_godot_4_4_lacks() -> None:
    assert godot_api.check(this_checkout()) == []


# Each of them is there in 4.5, or nowhere, and stands where only the types say whose it is.
@pytest.mark.parametrize(
    ("body", "named"),
    [
        ('var file := FileAccess.open("x", FileAccess.READ)\nfile.get_size()', "FileAccess.get_size"),
        ("own.files[0].get_size()", "FileAccess.get_size"),
        ("for file in own.other().files:\n\tfile.get_size()", "FileAccess.get_size"),
        ("[1].duplicate_deep()", "Array.duplicate_deep"),
        ("var all: Array = []\nall.duplicate_deep()", "Array.duplicate_deep"),
        ("var logger: Logger = null", "Logger"),
        ("if any is FoldableContainer:\n\tpass", "FoldableContainer"),
        ("var call_it := func(logger: Logger) -> void:\n\tpass\ncall_it.call(1)", "Logger"),
        ("node.wobble()", "Node.wobble"),
        ("node.name.wobble()", "StringName.wobble"),
        ("node.get_tree().root.wobble()", "Window.wobble"),
        ("(any as Node2D).wobble()", "Node2D.wobble"),
        ("own.by_name[&'x'].wobble()", "Own.wobble"),
        ("own.other().wobble", "Own.wobble"),
        ("Own.Mood.SAD", "Dictionary.SAD"),
        ("wobble()", "wobble"),
        ("any.wobble()", "wobble"),
        ("print(ERR_WOBBLE)", "ERR_WOBBLE"),
        ("print(Control.PRESET_WOBBLE)", "Control.PRESET_WOBBLE"),
        ("print(Vector2.WOBBLE)", "Vector2.WOBBLE"),
        ("match node.get_child_count():\n\tTYPE_WOBBLE:\n\t\tpass", "TYPE_WOBBLE"),
        ("'a b'.split(' ')[0].wobble()", "String.wobble"),
        ("var length := 'abc'.length()\nlength.wobble()", "int.wobble"),
        ("super.wobble()", "Node.wobble"),
        ("DisplayServer.accessibility_create_element(1, 2)", "DisplayServer.accessibility_create_element"),
    ],
)
def test_what_godot_4_4_lacks_is_found_by_its_type(findings: Find, body: str, named: str) -> None:
    assert [finding.split(": ", 1)[1].split(" ")[0] for finding in findings(_in_function(body))] == [named]


def test_a_finding_says_where_and_that_newer_versions_have_it(findings: Find) -> None:
    (finding,) = findings(_in_function("\nown.files[0].get_size()"))
    assert finding.startswith("res://script.gd:6: FileAccess.get_size is neither ours nor in Godot 4.4")
    assert "knows the name" in finding


@pytest.mark.parametrize(
    "body",
    [
        "own.set_process(false)\nown.mood = Own.Mood.ANGRY\nown.queue_free()",
        "for key in own.by_name:\n\tprint(key.length(), own.by_name[key].mood)",
        "node.get_tree().root.size.x += 1",
        "any.duplicate()\nany.mood = 3",
        "var made := Own.new()\nmade.other().name = 'a'\nmade.free()",
        "var text := 'a%d' % 3 if any else ''\nprint(text.length())",
        "var table := {'key': 3}\nprint(table.key, Own.Mood.keys())",
        "var sorted := [3, 1]\nsorted.sort_custom(\n\tfunc(a: int, b: int) -> bool:\n\t\treturn a < b\n)",
        "if not any in [1, 2] and any is not Node:\n\tawait node.ready",
        "match any:\n\t[var first, ..] when first > 0:\n\t\tprint(first)\n\t_:\n\t\tpass",
        "ClassDB.class_call_static(&'RustNetwork', &'wobble')\nnode.call(&'wobble')",
        "var error: Error = ERR_BUSY\nvar type: Variant.Type = TYPE_INT\nprint(error, type)",
        "$Child/Deeper.get_node('%Unique').queue_free()\n%Unique.queue_free()",
        "var long := 1 + \\\n\t\t2\nprint(long)",
        "var path := (preload('res://own.gd') as Script).resource_path\nprint(path)",
    ],
)
def test_what_godot_4_4_has_is_let_pass(findings: Find, body: str) -> None:
    assert findings(_in_function(body)) == []


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("@abstract\nextends Node\n", "@abstract is not"),
        ("extends Logger\n", "Logger is neither"),
        (
            "extends EditorPlugin\n\n\nfunc _run_scene(a: String, b: Array) -> Array:\n\treturn b\n",
            "overrides",
        ),
        ("extends Node\n\n\nfunc _process() -> void:\n\tpass\n", "Node._process has 1 parameters"),
        ("extends Node\n\n\nfunc f() -> void:\n\tOS.get_entropy(1, 2)\n", "takes 1, not 2 arguments"),
        ("extends Node\n\n\nfunc f(...rest: Array) -> void:\n\tpass\n", "came with Godot 4.5"),
        ("extends Node\n\nvar a := 3:\n\tset(value):\n\t\tvalue.wobble()\n", "int.wobble"),
        ("extends Node\n\n\nclass Inner:\n\tvar logger: Logger\n", "Logger is neither"),
        ("extends Node\n\nsignal said(logger: Logger)\n", "Logger is neither"),
    ],
)
def test_declarations_are_looked_at_too(findings: Find, source: str, named: str) -> None:
    (finding,) = findings(source)
    assert named in finding


def test_functions_of_our_own_may_begin_with_an_underscore(findings: Find) -> None:
    assert findings("extends Node\n\n\nfunc _grow(by: int, more := 3) -> void:\n\t_grow(by, more)\n") == []


def test_a_class_of_our_scripts_is_known_by_the_path_it_is_loaded_from(findings: Find) -> None:
    source = "extends Node\n\nconst Loaded := preload('own.gd')\n\nvar loaded := Loaded.new()\n"
    source += "var mood := loaded.mood\nvar none := loaded.none\n"
    assert [finding.split(": ")[1].split(" ")[0] for finding in findings(source)] == ["Own.none"]


def test_scenes_may_hold_only_nodes_of_godot_4_4(findings: Find) -> None:
    scene = '[gd_scene format=3]\n\n[node name="A" type="Node2D"]\n\n[node name="B" type="%s" parent="."]\n'
    assert findings(scene % "Node", "a.tscn") == []
    assert findings(scene % "FoldableContainer", "a.tscn") == [
        "res://a.tscn:5: FoldableContainer is not in Godot 4.4"
    ]


def test_what_cannot_be_parsed_is_said_with_its_line(findings: Find) -> None:
    (finding,) = findings("extends Node\n\nvar = 3\n")
    assert finding.startswith("res://script.gd:3: cannot be read: expected a name")


def test_without_the_crate_the_check_fails_with_a_sentence(checkout: Checkout) -> None:
    (finding,) = godot_api.check(checkout)
    assert finding.startswith("Godot's extension API cannot be read: cargo metadata failed")


def test_a_version_that_the_crate_lacks_is_named(tmp_path: Path) -> None:
    (tmp_path / "4.10").mkdir()
    (tmp_path / "4.9").mkdir()
    for version in ("4.10", "4.9"):
        (tmp_path / version / "extension_api.json").write_text("{}", encoding="utf-8")
    assert versions_in(tmp_path) == ["4.9", "4.10"]
    with pytest.raises(godot_api.ReferenceMissing, match=r"has 4\.9, 4\.10"):
        load(tmp_path, "4.4")


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("enum::Error", "int"),
        ("bitfield::MouseButtonMask", "int"),
        ("typedarray::Node", "Array[Node]"),
        ("typedarray::27/0:Vector2i", "Array[Vector2i]"),
        ("BaseMaterial3D,ShaderMaterial", "Variant"),
        ("Node", "Node"),
    ],
)
def test_types_of_the_extension_api_become_those_of_scripts(written: str, plain: str) -> None:
    assert plain_type(written) == plain


def test_operators_bind_as_in_the_engine() -> None:
    value = _value("1 + 2 * 3 as int")
    assert isinstance(value, Cast)
    assert isinstance(value.value, Operation)
    assert value.value.operator == "+"
    value = _value("not a in b or -c ** 2 > 3")
    assert isinstance(value, Operation)
    assert [part.operator for part in value.operands if isinstance(part, Operation)] == ["not", ">"]


def _value(source: str) -> Expression | None:
    (variable,) = parse(f"var a = {source}\n").body
    assert isinstance(variable, Variable)
    return variable.value
