extends RefCounted
## What every race has: two ways of doing the same, timed in turn, and what is asserted before.

const Twins := preload("twins.gd")
const Genome := preload("yardstick/genome.gd")
const ROUNDS := 7

## Set by the first assertion that does not hold.
var failed := false


## Prints the median time of one call of each, after a round to warm up. The callables are told how
## many calls to make, so that calling them costs nothing that counts.
static func time(
	name: String, unit: String, ours: Callable, theirs: Callable, our_calls: int, their_calls: int
) -> void:
	var our_times: Array[float] = []
	var their_times: Array[float] = []
	for lap in ROUNDS + 1:
		our_times.append(_time(ours, our_calls))
		their_times.append(_time(theirs, their_calls))
	var row := {
		"name": name, "unit": unit, "ours": _median(our_times), "peer": _median(their_times)
	}
	print(JSON.stringify(row))


static func _time(work: Callable, calls: int) -> float:
	var began := Time.get_ticks_usec()
	work.call(calls)
	return (Time.get_ticks_usec() - began) / float(calls)


# The first round only warms up.
static func _median(times: Array[float]) -> float:
	var sorted := times.slice(1)
	sorted.sort()
	return sorted[ROUNDS >> 1]


func _grown(size: int, inputs: int, outputs: int, steps: int) -> RustPopulation:
	var population: RustPopulation = RustPopulation.create(size, inputs, outputs, 5)
	for step in steps:
		population.mutate(step)
	return population


func _noise(count: int, noise_seed: int) -> PackedFloat32Array:
	var random := RandomNumberGenerator.new()
	random.seed = noise_seed
	var noise := PackedFloat32Array()
	for place in count:
		noise.append(random.randf_range(-1.0, 1.0))
	return noise


func _check_near(ours: PackedFloat32Array, theirs: PackedFloat32Array, what: String) -> void:
	_check(ours.size() == theirs.size(), what)
	for place in mini(ours.size(), theirs.size()):
		_check(absf(ours[place] - theirs[place]) < 1e-4, what)


func _check(holds: bool, what: String) -> void:
	if not holds and not failed:
		failed = true
		printerr("disagreement: %s" % what)
