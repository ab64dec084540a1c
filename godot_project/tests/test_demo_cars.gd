extends EvolveTest
## The cars learn to drive, a car's score is its own, and the champion drives on tracks that no car
## has trained on.
## time limit: 300 s

const SCENE := "res://demos/cars/cars.tscn"
const CHAMPION := "res://demos/cars/champion.evo"
const TICKS := 400
# No track of training has one of these seeds.
const UNSEEN: PackedInt32Array = [101, 102, 103, 104, 105, 106, 107, 108, 109, 110]


func test_a_car_drives_50_metres_within_5_generations() -> void:
	if skip_without_native():
		return
	seconds_limit = 200.0
	var arguments := "-- --evolve-generations 5 --evolve-seed 7 --evolve-out " + make_folder()
	var all := PackedStringArray([SCENE])
	all.append_array(arguments.split(" "))
	var run := EvolveChildGodot.run(all, 190.0)
	check_equal(run.exit_code, 0, run.output)
	var best := 0.0
	for line in run.lines_after("generation"):
		best = maxf(best, line.get_slice("best ", 1).to_float())
	check(best >= 50.0, "the best of 5 generations: %s" % best)


func test_a_score_is_the_same_with_any_number_of_cars_in_the_world() -> void:
	var alone := await _scores(1)
	check_equal(alone.size(), 40, "scores")
	check_equal(await _scores(7), alone, "seven at a time")
	check_equal(await _scores(40), alone, "forty at a time")


func test_the_champion_drives_100_metres_on_average_on_tracks_it_has_never_seen() -> void:
	var tracks := CarTracks.new()
	tracks.seeds = UNSEEN
	add(tracks)
	tracks.drive(load(CHAMPION) as EvolveBrain, 5)
	await physics_frames(TICKS)
	var sum := 0.0
	var crashes := 0
	for car in tracks.cars:
		sum += car.metres
		crashes += int((car.get_node("EvolveAgent") as EvolveAgent).is_finished())
	check(sum / UNSEEN.size() >= 100.0, "metres on average: %.1f" % (sum / UNSEEN.size()))
	check(crashes <= 2, "cars of ten that touched a wall: %d" % crashes)


func test_tracks_are_drawn_from_their_seeds() -> void:
	var first := add(CarTrack.new(5, Vector2.ZERO, Color.WHITE)) as CarTrack
	var again := add(CarTrack.new(5, Vector2.ZERO, Color.WHITE)) as CarTrack
	var other := add(CarTrack.new(6, Vector2.ZERO, Color.WHITE)) as CarTrack
	check_equal(again.marks, first.marks, "the same seed")
	check_different(other.marks, first.marks, "another seed")
	check(_turns(first) * _turns(other) < 0.0, "odd and even seeds are driven in other directions")


# Radians of a whole lap, positive for clockwise.
func _turns(track: CarTrack) -> float:
	var sum := 0.0
	for mark in CarTrack.MARKS:
		sum += track.directions[mark].angle_to(track.directions[(mark + 1) % CarTrack.MARKS])
	return sum


func _scores(slots: int) -> Dictionary[int, float]:
	var batch := EvolveStubBatch.make(40, 90)
	batch.input_count = 6
	batch.output_count = 2
	var scenes: Array[PackedScene] = [load("res://demos/cars/car.tscn")]
	var tracks: PackedScene = load("res://demos/cars/car_tracks.tscn")
	var runner := EvolveEpisodeRunner.new(EvolveArenas.new(stage, scenes, tracks, false), slots)
	runner.add(batch)
	while not runner.is_idle() and runner.error.is_empty():
		await tree.physics_frame
		runner.collect()
		runner.step()
	check_equal(runner.error, "")
	var scores: Dictionary[int, float] = {}
	for unit in batch.scores:
		scores[unit] = batch.scores[unit][0]
		var noted: Dictionary = batch.noted[unit][0]
		check(noted["crashes"] in [0.0, 1.0] and noted["laps"] >= 0.0, "metrics: %s" % noted)
	await frames(2)
	return scores
