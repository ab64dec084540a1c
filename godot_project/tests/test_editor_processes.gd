extends EvolveTest
## What the panel starts: headless trainings, ONNX exports, and games that are workers.

const XOR := "res://demos/xor/xor.tscn"


func test_a_headless_training_is_the_command_that_a_person_would_type() -> void:
	var line := EvolveHeadlessTraining.arguments(XOR, 7, 50, "/runs/a", true)
	check_equal(
		" ".join(line.slice(5)),
		(
			"res://demos/xor/xor.tscn -- --evolve-generations 50 --evolve-seed 7"
			+ " --evolve-out /runs/a --evolve-resume"
		),
		"arguments"
	)
	check_equal(line.slice(0, 3), PackedStringArray(["--headless", "--fixed-fps", "60"]), "first")


func test_a_headless_training_shows_its_lines_and_ends_with_its_exit_code() -> void:
	if skip_without_native():
		return
	seconds_limit = 60.0
	var training := EvolveHeadlessTraining.new()
	var folder := make_folder().path_join("run")
	check(training.start(XOR, 7, 2, folder), "it is started")
	check_contains(training.sentence(), "Training into ", "sentence while it runs")
	while training.process.is_running():
		training.process.poll()
		OS.delay_msec(5)
	var said := "\n".join(training.output())
	check_contains(said, "generation 2  best ", "lines")
	check_equal(training.process.exit_code, 0, "exit code behind:\n%s" % said)
	check_contains(training.sentence(), "Done: exit code 0.", "sentence")
	check_equal(EvolveRunRecord.of(folder).generations, 2, "generations on the disk")


func test_a_headless_training_that_is_stopped_leaves_no_process() -> void:
	var training := EvolveHeadlessTraining.new()
	training.start(XOR, 7, 100_000, make_folder())
	var process := training.process.process_id()
	training.process.stop()
	check_contains(training.sentence(), "Stopped.", "sentence")
	check_different(OS.execute("sh", ["-c", "kill -0 %d 2>&1" % process], []), 0, "it still runs")


func test_what_cannot_be_trained_is_refused_in_a_sentence() -> void:
	check_equal(EvolveHeadlessTraining.problem_of(XOR, 1, 1, "/runs"), "", "what can be")
	for wrong: Array in [["", 1, 1, "/r"], ["res://no.tscn", 1, 1, "/r"], [XOR, -1, 1, "/r"]]:
		var refusal := EvolveHeadlessTraining.problem_of.callv(wrong) as String
		check(refusal.ends_with("."), "%s: '%s'" % [wrong, refusal])
	check_different(EvolveHeadlessTraining.problem_of(XOR, 1, 0, "/r"), "", "no generation")
	check_different(EvolveHeadlessTraining.problem_of(XOR, 1, 1, " "), "", "no folder")


func test_a_training_goes_into_a_folder_that_is_not_there_yet() -> void:
	var below := make_folder()
	var first := EvolveHeadlessTraining.free_folder(below, XOR, 7)
	check_equal(first.get_file(), "xor-7-001", "name")
	DirAccess.make_dir_absolute(first)
	var second := EvolveHeadlessTraining.free_folder(below, XOR, 7)
	check_equal(second.get_file(), "xor-7-002", "the next name")


func test_a_missing_orchestrator_is_answered_with_what_to_install() -> void:
	var export := EvolveOnnxExport.new()
	export.start("/no/such/evolve", "res://champion.evo", "/tmp/champion.onnx")
	while export.process.is_running():
		export.process.poll()
		OS.delay_msec(5)
	check_contains(export.sentence(), "There is no command '/no/such/evolve' here.", "sentence")
	check_contains(export.sentence(), "pip install evolve", "sentence")


func test_a_worker_gets_address_and_token_and_leaves_no_trace_of_them() -> void:
	var names: PackedStringArray = [
		"EVOLVE_SERVER", "EVOLVE_TOKEN", EvolveSettings.PLAY_AS_WORKER, EvolveTrust.VARIABLE
	]
	var met := PackedStringArray()
	EvolveWorkerPlay.play_as_worker(
		"ws://127.0.0.1:1",
		"secret",
		func() -> void:
			check(EvolveSettings.plays_as_worker(), "the game would know")
			for name in names:
				met.append(OS.get_environment(name)),
		"/a.pem"
	)
	check_equal(met, PackedStringArray(["ws://127.0.0.1:1", "secret", "1", "/a.pem"]), "met")
	for name in names:
		check(not OS.has_environment(name), "%s is gone" % name)


func test_a_spectator_says_so_to_the_game_alone() -> void:
	var met: Array[bool] = []
	for only_watches: bool in [false, true]:
		EvolveWorkerPlay.play_as_worker(
			"ws://127.0.0.1:1",
			"secret",
			func() -> void: met.append(EvolveSettings.is_spectator()),
			"",
			only_watches
		)
	check_equal(met, [false, true] as Array[bool], "met")
	check(not OS.has_environment(EvolveSettings.ROLE), "the role is gone")


func test_an_address_without_a_machine_and_a_missing_token_are_refused() -> void:
	check_equal(EvolveWorkerPlay.problem_of("ws://127.0.0.1:8765", "t"), "", "a good one")
	for address: String in ["", "127.0.0.1:8765", "http://a", "ws://", "ws://a b"]:
		check_different(EvolveWorkerPlay.problem_of(address, "t"), "", address)
	check_different(EvolveWorkerPlay.problem_of("ws://127.0.0.1:8765", " "), "", "no token")
	check_equal(EvolveWorkerPlay.problem_of("ws://a", "t", "/no.pem"), "", "no TLS, no certificate")
	check_equal(
		EvolveWorkerPlay.problem_of("wss://a", "t", "/no.pem"),
		"The certificate /no.pem cannot be read (File not found)."
	)


func test_the_line_that_the_orchestrator_prints_holds_address_and_token() -> void:
	var line := "Guests may join: address ws://127.0.0.1:41234/worker token a-B_c"
	var expected := PackedStringArray(["ws://127.0.0.1:41234/worker", "a-B_c"])
	check_equal(EvolveWorkerPlay.read_invitation(line), expected, "whole line")
	for other: String in ["", expected[0], "address ws://a token", "token address"]:
		check_equal(EvolveWorkerPlay.read_invitation(other).size(), 0, "nothing in '%s'" % other)


func test_an_address_without_a_path_gets_the_workers_one() -> void:
	for address: String in ["ws://a:1", "ws://a:1/", "ws://a:1/worker", " ws://a:1/worker "]:
		check_equal(EvolveWorkerPlay.whole_address(address), "ws://a:1/worker", address)
	check_equal(
		EvolveWorkerPlay.whole_address("wss://a/b/worker"), "wss://a/b/worker", "other path"
	)
