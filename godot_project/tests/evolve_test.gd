class_name EvolveTest
extends RefCounted
## What a test file extends: assertions that say what was expected and what came, a stage for
## nodes, frames to wait for. Each test gets an instance of its own; nothing carries over.
##
## A test is a method [code]test_some_sentence_that_could_be_false[/code]; it may await things.

## Seconds a test may take. Real time; set it in the test before anything slow.
var seconds_limit := 30.0
## Frames a test may take.
var frames_limit := 1_000_000

## The engine's tree.
var tree: SceneTree
## Nodes of the test live below this one and are freed with it.
var stage: Node

## How many assertions were made.
var assertion_count := 0
## What went wrong so far.
var failures := PackedStringArray()
## Why the test does not apply here; empty when it does.
var skip_reason := ""

var _expected_errors := PackedStringArray()
var _folders: Array[DirAccess] = []


## Called by the runner before the test.
func open(scene_tree: SceneTree) -> void:
	tree = scene_tree
	stage = Node.new()
	stage.name = "Stage"
	tree.root.add_child(stage)


## Called by the runner after the test.
func close() -> void:
	stage.queue_free()
	_folders.clear()


## Puts a node on the stage.
func add(node: Node) -> Node:
	stage.add_child(node)
	return node


## A new folder that is deleted after the test.
func make_folder() -> String:
	var folder := DirAccess.create_temp("evolve-test")
	_folders.append(folder)
	return folder.get_current_dir()


## Waits for frames.
func frames(count: int) -> void:
	for frame in count:
		await tree.process_frame


## Waits for physics frames.
func physics_frames(count: int) -> void:
	for frame in count:
		await tree.physics_frame


## Leaves the test out, with the reason; the test should return after it.
func skip(reason: String) -> void:
	skip_reason = reason


## Leaves the test out where the native library is not loaded; returns whether it did.
func skip_without_native() -> bool:
	if not EvolveNative.is_loaded():
		skip("the native library is not loaded")
	return not skip_reason.is_empty()


## Announces an error or a warning that belongs to the test, to the runner and to the program
## that reads the console.
func expect_error(part: String) -> void:
	_expected_errors.append(part)
	print("expect-error: %s" % part)


## Whether an error was announced.
func expects(error: String) -> bool:
	for part in _expected_errors:
		if error.contains(part):
			return true
	return false


## Fails the test.
func fail(reason: String) -> void:
	assertion_count += 1
	failures.append(reason)


## The condition holds.
func check(condition: bool, what: String) -> void:
	assertion_count += 1
	if not condition:
		failures.append("%s: expected true" % what)


## The two are equal, and of one type.
func check_equal(actual: Variant, expected: Variant, what: String = "value") -> void:
	assertion_count += 1
	if typeof(actual) != typeof(expected) or actual != expected:
		failures.append("%s: expected %s, got %s" % [what, _shown(expected), _shown(actual)])


## The two differ.
func check_different(actual: Variant, other: Variant, what: String = "value") -> void:
	assertion_count += 1
	if typeof(actual) == typeof(other) and actual == other:
		failures.append("%s: expected anything but %s" % [what, _shown(other)])


## The two are no further apart than the tolerance.
func check_near(actual: float, expected: float, tolerance: float, what: String = "value") -> void:
	assertion_count += 1
	if not absf(actual - expected) <= tolerance:
		failures.append("%s: expected %s ± %s, got %s" % [what, expected, tolerance, actual])


## The text contains the part.
func check_contains(text: String, part: String, what: String = "text") -> void:
	assertion_count += 1
	if not text.contains(part):
		failures.append("%s: expected it to contain '%s', got '%s'" % [what, part, text])


## The value is null.
func check_null(actual: Variant, what: String = "value") -> void:
	assertion_count += 1
	if actual != null:
		failures.append("%s: expected null, got %s" % [what, _shown(actual)])


## The value is not null; returns whether it is so.
func check_not_null(actual: Variant, what: String = "value") -> bool:
	assertion_count += 1
	if actual == null:
		failures.append("%s: expected something, got null" % what)
	return actual != null


func _shown(value: Variant) -> String:
	var text := var_to_str(value)
	return text if text.length() < 300 else text.left(300) + "…"
