extends EvolveTest
## What runs without the native library refuse, and in which words: the library's.

const _ONE := '"populations":[{"size":20,"inputs":["a","b"],"outputs":["c"]}]'


func test_a_configuration_is_refused_in_the_librarys_words() -> void:
	if skip_without_native():
		return
	for config: String in [
		'{"populations":[]}',
		'{"populations":[{"size":1,"inputs":["a"],"outputs":["b"]}]}',
		'{"populations":[{"inputs":[],"outputs":["b"]}]}',
		'{"populations":[{"inputs":["a","a"],"outputs":["b"]}]}',
		'{"populations":[{"inputs":["a",""],"outputs":["b"]}]}',
		'{"populations":[{"group":2,"inputs":["a"],"outputs":["b"]}]}',
		'{"populations":[{"group":0,"inputs":["a"],"outputs":["b"]}]}',
		'{"populations":[{"spezies":1,"inputs":["a"],"outputs":["b"]}]}',
		'{%s,"evaluation":{"repeats":0}}' % _ONE,
		'{%s,"evaluation":{"repeats":10000,"episode_ticks":0}}' % _ONE,
		'{"populations":[{"size":200,"inputs":["a"],"outputs":["b"]}],"evaluation":{"repeats":9999}}',
		'{%s,"evaluation":{"fixed_seeds":"yes"}}' % _ONE,
		'{%s,"evaluation":{"objectives":[]}}' % _ONE,
		'{%s,"evaluation":{"objectives":[{"direction":"up"}]}}' % _ONE,
		'{%s,"evaluation":{"objectives":[{"name":"a"},{"name":"b"}]}}' % _ONE,
		'{%s,"evaluation":{"behaviour":[{"low":2.5}]}}' % _ONE,
		'{%s,"selection":{"strategy":"best"}}' % _ONE,
		'{%s,"selection":{"neighbours":0}}' % _ONE,
		'{%s,"selection":{"complexity":true}}' % _ONE,
		'{%s,"complexity":{"patience":0}}' % _ONE,
		'{%s,"complexity":{"allowance":-0.5}}' % _ONE,
		'{%s,"mutation":{"wieght_rate":1}}' % _ONE,
		'{%s,"mutation":{"weight_rate":1.5}}' % _ONE,
		'{%s,"genome":{"weight_limit":0}}' % _ONE,
		'{%s,"genome":{"activations":[]}}' % _ONE,
		'{%s,"speciation":{"threshold":0}}' % _ONE,
		'{%s,"reproduction":{"stagnation_limit":0}}' % _ONE,
		'{%s,"islands":{"count":257}}' % _ONE,
		'{%s,"islands":{"count":3}}' % _ONE,
		'{%s,"islands":{"migrate_every":0}}' % _ONE,
		'{%s,"speling":1}' % _ONE,
	]:
		check_null(EvolveNative.create_evolution(config, 1), config)
		expect_error("EvolveFallbackEvolution.create: ")
		check_null(EvolveFallbackEvolution.create(config, 1), config)
		check_equal(EvolveFallbackRefusal.last, EvolveNative.last_error(), config)


func test_what_only_the_library_does_is_refused_with_that_reason() -> void:
	var behaviour := '"evaluation":{"behaviour":[{"name":"place"}]}'
	var cases: Dictionary[String, String] = {
		'"selection":{"strategy":"novelty"}': "selection.strategy is novelty",
		'"selection":{"strategy":"map_elites"}': "selection.strategy is map_elites",
		'"selection":{"strategy":"nsga2","novelty":true}': "selection.novelty is true",
		'"speciation":{"strategy":"kmeans"}': "speciation.strategy is kmeans",
	}
	for case in cases:
		expect_error(cases[case] + ", which needs Evolve's native library")
		var evolution := EvolveFallbackEvolution.create("{%s,%s,%s}" % [_ONE, behaviour, case], 1)
		check_null(evolution, case)


func test_no_json_and_a_negative_seed_are_refused() -> void:
	expect_error("EvolveFallbackEvolution.create: configuration key .: ")
	check_null(EvolveFallbackEvolution.create("no json", 1))
	expect_error("EvolveFallbackEvolution.create: seed is -1, but must not be negative")
	check_null(EvolveFallbackEvolution.create("{%s}" % _ONE, -1))


func test_a_batch_refuses_in_the_librarys_words() -> void:
	if skip_without_native():
		return
	var native := EvolveNative.create_evolution("{%s}" % _ONE, 1)
	var ours := EvolveFallbackEvolution.create("{%s}" % _ONE, 1)
	for case: Array in [
		[&"unit_seed", 3],
		[&"unit_ticks", -1],
		[&"unit_members", 2],
		[&"population", 2],
		[&"inputs", 9],
		[&"outputs", -2],
		[&"think", PackedInt32Array([0]), PackedFloat32Array([1.0])],
		[&"think", PackedInt32Array([1]), PackedFloat32Array([1.0, INF])],
		[&"think", PackedInt32Array([7]), PackedFloat32Array([1.0, 1.0])],
		[&"score", 0, PackedFloat64Array([1.0, 2.0]), PackedFloat64Array(), 4],
		[&"score", 0, PackedFloat64Array([1.0]), PackedFloat64Array([1.0]), 4],
		[&"score", 5, PackedFloat64Array([1.0]), PackedFloat64Array(), 4],
	]:
		var batch: RefCounted = native.call(&"ask", 2)
		Engine.print_error_messages = false
		var expected: Variant = batch.callv(case[0], case.slice(1))
		Engine.print_error_messages = true
		var own_batch := ours.ask(2)
		expect_error("EvolveFallbackWorkBatch.%s: " % case[0])
		native = EvolveNative.create_evolution("{%s}" % _ONE, 1)
		ours = EvolveFallbackEvolution.create("{%s}" % _ONE, 1)
		check_equal(own_batch.callv(case[0], case.slice(1)), expected, str(case))
		check_equal(EvolveFallbackRefusal.last, EvolveNative.last_error(), str(case))


func test_results_are_taken_once_and_only_for_units_that_were_handed_out() -> void:
	var evolution := EvolveFallbackEvolution.create("{%s}" % _ONE, 1)
	var batch := evolution.ask(3)
	for unit: int in [0, 0, 1]:
		batch.score(unit, PackedFloat64Array([1.0]), PackedFloat64Array(), 4)
	check_equal(evolution.tell(batch), {}, "before the last score")
	check_equal([evolution.evaluations(), evolution.units_waiting()], [2, 17], "taken, waiting")
	expect_error("a checkpoint is taken between generations")
	check_equal(evolution.save(make_folder().path_join("half.evolve")), "", "half scored")
	var stranger := EvolveFallbackEvolution.create("{%s}" % _ONE, 1).ask(9)
	stranger.score(8, PackedFloat64Array([1.0]), PackedFloat64Array(), 4)
	expect_error("EvolveFallbackEvolution.tell: unit 8 was never handed out")
	check_equal(evolution.tell(stranger), {}, "a unit that nobody has")
	check_equal(evolution.ask(99).unit_count(), 17, "the others")
	check_null(evolution.ask(1), "when every unit is out")


func test_members_champions_and_exhibits_that_are_not_there_are_refused() -> void:
	var evolution := EvolveFallbackEvolution.create("{%s}" % _ONE, 1)
	check_null(evolution.champion(0), "champion of nothing")
	check_equal(evolution.champion_bytes(0), PackedByteArray(), "before the first score")
	check_equal(evolution.gallery(0), [], "before the first score")
	check_equal(evolution.member(0, 19).node_count(), 3, "nodes of a member")
	expect_error("member: index is 20, but the population has 20 members")
	check_null(evolution.member(0, 20))
	expect_error("champion_bytes: population is 1, but the run has 1")
	check_equal(evolution.champion_bytes(1), PackedByteArray())
	expect_error("exhibit_bytes: place is 0, but the gallery has 0")
	check_equal(evolution.exhibit_bytes(0, 0), PackedByteArray())


func test_a_file_that_cannot_be_written_is_told_and_leaves_nothing_behind() -> void:
	var folder := make_folder()
	check_equal(EvolveFallbackFile.write(folder.path_join("a"), PackedByteArray([1])), "")
	check_equal(DirAccess.get_files_at(folder), PackedStringArray(["a"]), "files")
	var problem := EvolveFallbackFile.write(folder.path_join("a/b"), PackedByteArray([1]))
	check_contains(problem, "cannot write %s" % folder.path_join("a/b"))
