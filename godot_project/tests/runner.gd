extends SceneTree
## Runs the tests of one file inside the engine:
## [code]godot --headless --fixed-fps 60 --path godot_project --script res://tests/runner.gd --
## --test-file res://tests/test_xxx.gd[/code].
##
## Prints a line for each test ([code]ok - sentence[/code], [code]not ok - sentence: reason[/code],
## [code]skip - sentence: reason[/code]), then [code]done PASSED FAILED SKIPPED[/code]; the exit
## code is 0 when nothing failed. It finds no files and reads no console: the program that starts
## it does.

## Seconds after which the whole file has failed, whatever happens. Real time.
const FILE_LIMIT := 540.0

# The engine warns of this at random under load; it says nothing about a test.
const _HARMLESS := "Jolt Physics job system exceeded"

var _watch := EvolveErrorWatch.new()
var _began := Time.get_ticks_msec()
# What trains in a test leaves nothing with the person's own runs.
var _runs := DirAccess.create_temp("evolve-runs")
var _counts: Dictionary[String, int] = {"ok": 0, "not ok": 0, "skip": 0}


# An error in _init would hang the engine, so everything begins here.
func _initialize() -> void:
	_watch.start()
	ProjectSettings.set_setting(EvolveSettings.RUNS_FOLDER, _runs.get_current_dir())
	_run_file(_test_file())


func _process(_delta: float) -> bool:
	if Time.get_ticks_msec() - _began > FILE_LIMIT * 1000.0:
		_report("not ok", "the file ends in time", "still running after %d s" % int(FILE_LIMIT))
		_leave()
	return false


func _test_file() -> String:
	var arguments := OS.get_cmdline_user_args()
	var option := arguments.find("--test-file")
	if option < 0 or option + 1 >= arguments.size():
		return ""
	return arguments[option + 1]


func _run_file(path: String) -> void:
	var script: GDScript = null
	if ResourceLoader.exists(path):
		script = load(path) as GDScript
	# A script whose parts do not compile can be instantiated all the same; its tests would fail
	# one by one with errors that hide the first.
	var broken := _watch.take_script_error()
	if not broken.is_empty():
		_report("not ok", "'%s' compiles" % path, broken)
	elif script == null or not script.can_instantiate() or not script.new() is EvolveTest:
		_report("not ok", "'%s' is a test file" % path, "it does not load as an EvolveTest")
	else:
		for method in _tests_of(script):
			await _run_test(script, method)
		if _counts["ok"] + _counts["not ok"] + _counts["skip"] == 0:
			_report("not ok", "'%s' has tests" % path, "no method begins with test_")
	_leave()


func _tests_of(script: GDScript) -> PackedStringArray:
	var names := PackedStringArray()
	for method in script.get_script_method_list():
		var name := str(method["name"])
		if name.begins_with("test_") and not name in names:
			names.append(name)
	return names


func _run_test(script: GDScript, method: String) -> void:
	var test := script.new() as EvolveTest
	var sentence := method.trim_prefix("test_").replace("_", " ")
	var nodes_before := root.get_child_count()
	var orphans_before := int(Performance.get_monitor(Performance.OBJECT_ORPHAN_NODE_COUNT))
	test.open(self)
	_watch.take()
	var failures := await _watch_over(test, method)
	test.close()
	await process_frame
	failures.append_array(_leaks(nodes_before, orphans_before))
	failures.append_array(_unexpected(test, _watch.take()))
	if not failures.is_empty():
		_report("not ok", sentence, "; ".join(failures))
	elif not test.skip_reason.is_empty():
		_report("skip", sentence, test.skip_reason)
	elif test.assertion_count == 0:
		_report("not ok", sentence, "it asserts nothing")
	else:
		_report("ok", sentence)


# A test that a script error stops in the middle never comes back: it is watched, not awaited.
func _watch_over(test: EvolveTest, method: String) -> PackedStringArray:
	var began := Time.get_ticks_msec()
	var began_frame := get_frame()
	var progress: Dictionary[String, bool] = {"done": false}
	_call_test(test, method, progress)
	var stopped := ""
	while not progress["done"] and stopped.is_empty():
		await process_frame
		if Time.get_ticks_msec() - began > test.seconds_limit * 1000.0:
			stopped = "it is not done after %.1f s" % test.seconds_limit
		elif get_frame() - began_frame > test.frames_limit:
			stopped = "it is not done after %d frames" % test.frames_limit
	var failures := test.failures.duplicate()
	if not stopped.is_empty():
		failures.append(stopped)
	return failures


func _call_test(test: EvolveTest, method: String, progress: Dictionary[String, bool]) -> void:
	await test.call(method)
	progress["done"] = true


func _leaks(nodes_before: int, orphans_before: int) -> PackedStringArray:
	var found := PackedStringArray()
	var left := root.get_child_count() - nodes_before
	if left > 0:
		found.append("it left %d nodes in the tree" % left)
		for place in left:
			root.get_child(root.get_child_count() - 1).free()
	var orphans := int(Performance.get_monitor(Performance.OBJECT_ORPHAN_NODE_COUNT))
	if orphans > orphans_before:
		found.append("it leaked %d nodes" % (orphans - orphans_before))
	return found


func _unexpected(test: EvolveTest, reported: Array[Dictionary]) -> PackedStringArray:
	var found := PackedStringArray()
	for entry in reported:
		var text := str(entry["text"])
		if not test.expects(text) and not text.begins_with(_HARMLESS):
			found.append("%s at %s: %s" % [entry["kind"], entry["place"], entry["text"]])
	return found


func _report(verdict: String, sentence: String, reason: String = "") -> void:
	_counts[verdict] += 1
	print("%s - %s%s" % [verdict, sentence, ": " + reason if not reason.is_empty() else ""])


func _leave() -> void:
	_watch.stop()
	print("done %d %d %d" % [_counts["ok"], _counts["not ok"], _counts["skip"]])
	quit(1 if _counts["not ok"] > 0 else 0)
