extends EvolveTest
## The test runner, tested with itself in a process of its own.

const SUITE := "res://tests/fixtures/suite_of_every_verdict.gd"

# Run once for all tests: starting an engine takes a second.
static var _whole_suite: EvolveChildGodot = null


func test_a_failing_test_is_reported_with_expected_and_actual() -> void:
	check_contains(_suite().output, "not ok - bad: one: expected 2, got 1\n")


func test_good_tests_pass_before_and_after_bad_ones() -> void:
	for sentence: String in ["good", "good after frames", "good at the end"]:
		check_contains(_suite().output, "ok - %s\n" % sentence)


func test_a_skipped_test_gives_its_reason() -> void:
	check_contains(_suite().output, "skip - left out: no reason at all\n")


func test_a_test_without_assertion_fails() -> void:
	check_contains(_suite().output, "not ok - without assertion: it asserts nothing\n")


func test_a_script_error_fails_that_very_test() -> void:
	if not ClassDB.class_exists(&"Logger"):
		skip("this engine has no Logger; the program that reads the console sees script errors")
		return
	check_contains(_suite().output, "not ok - with script error: script at res://tests/fixtures/")
	check_contains(_suite().output, "not ok - with script error after frames: ")


func test_leaked_nodes_fail_the_test() -> void:
	check_contains(_suite().output, "not ok - with orphan: it leaked 1 nodes")
	check_contains(_suite().output, "not ok - with node in the tree: it left 1 nodes in the tree")


func test_an_endless_test_is_cut_off() -> void:
	check_contains(_suite().output, "not ok - that never ends: it is not done after 50 frames")


func test_a_warning_fails_unless_expected() -> void:
	if not ClassDB.class_exists(&"Logger"):
		skip("this engine has no Logger; the program that reads the console sees warnings")
		return
	check_contains(_suite().output, "not ok - with unexpected warning: warning at res://tests/")
	check_contains(_suite().output, "\nok - with expected error\n")


func test_counts_and_exit_code_tell_of_failures() -> void:
	check_equal(_suite().exit_code, 1, "exit code")
	var counts := PackedStringArray(["4 8 1"])
	if not ClassDB.class_exists(&"Logger"):
		counts = PackedStringArray(["6 6 1"])
	check_equal(_suite().lines_after("done"), counts, "closing line")


func test_a_file_that_is_none_fails() -> void:
	var child := _run("res://tests/missing.gd")
	check_equal(child.exit_code, 1, "exit code")
	check_contains(child.output, "not ok - 'res://tests/missing.gd' is a test file")


func _suite() -> EvolveChildGodot:
	if _whole_suite == null:
		_whole_suite = _run(SUITE)
	return _whole_suite


func _run(file: String) -> EvolveChildGodot:
	return EvolveChildGodot.run(["--script", "res://tests/runner.gd", "--", "--test-file", file])
