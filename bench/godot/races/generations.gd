extends "../race.gd"
## Whole generations of NEAT with NSGA-II, and a run on XOR.

const PlainRun := preload("../yardstick/run.gd")
const NativeRun := preload("../native_run.gd")
const XOR_CASES: PackedFloat32Array = [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]
const XOR_WANTED: PackedFloat64Array = [0.0, 1.0, 1.0, 0.0]


## Runs every race of this file.
func run() -> void:
	_generations()
	_run()


func _generations() -> void:
	var population := _grown(167, 10, 4, 10)
	var fitness := PackedFloat64Array(Array(_noise(167, 8)))
	for place in fitness.size():
		fitness[place] += 5.0
	var native := NativeRun.new(population)
	var twins := Twins.new()
	var plain := PlainRun.new(twins.of_population(population), twins.innovations)
	var ours := func(calls: int) -> void:
		for turn in calls:
			native.breed(fitness)
	var theirs := func(calls: int) -> void:
		for turn in calls:
			plain.breed(fitness)
	time("a generation of 167 without evaluation", "us", ours, theirs, 5, 5)


func _run() -> void:
	var reached: Dictionary[String, float] = {}
	var ours := func(_calls: int) -> void:
		var native := NativeRun.new(RustPopulation.create(167, 2, 1, 7))
		for generation in 50:
			native.breed(native.evaluate(XOR_CASES, XOR_WANTED))
		reached["ours"] = native.best
	var theirs := func(_calls: int) -> void:
		var twins := Twins.new()
		var first := twins.of_population(RustPopulation.create(167, 2, 1, 7))
		var plain := PlainRun.new(first, twins.innovations)
		for generation in 50:
			plain.breed(plain.evaluate(XOR_CASES, XOR_WANTED))
		reached["theirs"] = plain.best
	time("50 generations of 167 on XOR", "us", ours, theirs, 1, 1)
	_check(reached["ours"] > 3.0 and reached["theirs"] > 3.0, "both learn XOR: %s" % reached)
