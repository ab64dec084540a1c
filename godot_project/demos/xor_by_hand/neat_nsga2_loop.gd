extends RefCounted
## NEAT with NSGA-II by hand: small networks and good ones, in one run.
##
## Each [method step] is a generation. Parents and children compete for the places of the next one,
## by two objectives that are both minimised: the error, and the number of enabled connections. What
## comes out is a front, a best network of each size. Mates come from one species, as in NEAT.

const Task := preload("res://demos/xor_by_hand/xor_task.gd")

const SIZE := 100
## The objectives of one genome: error and connections.
const OBJECTIVES := 2
## All objectives are minimised.
const MAXIMISE: PackedByteArray = []
## Errors no further apart than this are equal.
const EQUAL_ERRORS := 0.01
## How many children have two parents.
const CROSSOVER_RATE := 0.5
## Sections of a run's configuration; what is not named has its default. Something that deletes is
## needed here: without it nothing ever becomes smaller.
const SETTINGS := {
	"mutation": {"add_node_rate": 0.05, "add_connection_rate": 0.2, "delete_connection_rate": 0.05},
	"speciation": {"target_species": 8},
}

## How many generations have played.
var generation := 0
## The smallest genome so far that solves the task, or else the one with the least error; null
## before the first generation.
var champion: RefCounted = null
## The champion's error.
var error := INF
## The champion's enabled connections.
var connections := 0

# The living; their objectives stand one genome after the other.
var _genomes: Array[RefCounted] = []
var _objectives := PackedFloat64Array()
var _species := Evolve.create_species(SETTINGS)
var _nsga2 := Evolve.create_nsga2()
# Every choice draws from here, so the same seed makes the same run.
var _random := RandomNumberGenerator.new()


func _init(run_seed: int) -> void:
	_random.seed = run_seed
	var first: Array[RefCounted] = []
	for place in SIZE:
		first.append(Evolve.create_genome(Task.INPUTS, Task.OUTPUTS, _random.randi(), SETTINGS))
	_add(first)


## Whether the champion does what it should.
func is_solved() -> bool:
	return error <= Task.SOLVED_ERROR


## How many species there are.
func species_count() -> int:
	return _species.call(&"count")


## The best of each size, as (connections, error), the smallest first.
func front() -> PackedVector2Array:
	var ranks: PackedInt32Array = _nsga2.call(&"ranks", _objectives, OBJECTIVES, MAXIMISE)
	var best: Dictionary[int, float] = {}
	for place in ranks.size():
		if ranks[place] == 0:
			best[roundi(_objectives[2 * place + 1])] = _objectives[2 * place]
	best.sort()
	var points := PackedVector2Array()
	for size in best:
		points.append(Vector2(size, best[size]))
	return points


## One generation.
func step() -> void:
	_add(_breed())
	_survive()
	generation += 1


# Everybody plays once in their life. Who does no better and no worse than somebody who is there,
# with as many connections, is left out: equals share a rank, and would soon be all there is.
func _add(genomes: Array[RefCounted]) -> void:
	var known: Dictionary[Vector2, bool] = {}
	for place in _genomes.size():
		known[_rounded(_objectives[2 * place], roundi(_objectives[2 * place + 1]))] = true
	for genome in genomes:
		var enabled: PackedByteArray = genome.call(&"connections_enabled")
		var own_error := Task.error_of(genome)
		if known.has(_rounded(own_error, enabled.count(1))):
			continue
		known[_rounded(own_error, enabled.count(1))] = true
		_objectives.append(own_error)
		_objectives.append(enabled.count(1))
		_genomes.append(genome)
		_note(genome, own_error, enabled.count(1))


func _rounded(own_error: float, own_connections: int) -> Vector2:
	return Vector2(snappedf(own_error, EQUAL_ERRORS), own_connections)


func _note(genome: RefCounted, own_error: float, own_connections: int) -> void:
	var is_better := own_error < error
	if is_solved():
		is_better = own_error <= Task.SOLVED_ERROR and own_connections < connections
	if is_better:
		error = own_error
		connections = own_connections
		champion = genome.call(&"copy")


func _survive() -> void:
	var chosen: PackedInt32Array = _nsga2.call(
		&"select", _objectives, OBJECTIVES, MAXIMISE, mini(SIZE, _genomes.size())
	)
	var genomes: Array[RefCounted] = []
	var objectives := PackedFloat64Array()
	for place in chosen:
		genomes.append(_genomes[place])
		objectives.append_array(_objectives.slice(2 * place, 2 * place + OBJECTIVES))
	_genomes = genomes
	_objectives = objectives


func _breed() -> Array[RefCounted]:
	var places: PackedInt32Array = _species.call(&"speciate", _genomes)
	var ranks: PackedInt32Array = _nsga2.call(&"ranks", _objectives, OBJECTIVES, MAXIMISE)
	var crowding: PackedFloat64Array = _nsga2.call(
		&"crowding", _objectives, OBJECTIVES, ranks, false
	)
	# Of two the lower rank becomes a parent, and of equals the one with fewer neighbours.
	var parents: PackedInt32Array = _nsga2.call(
		&"tournament", ranks, crowding, SIZE, _random.randi()
	)
	var children: Array[RefCounted] = []
	for parent in parents:
		children.append(_child(parent, places))
	_species.call(&"renew", _genomes, places, _random.randi())
	_species.call(&"adapt_threshold", species_count())
	return children


func _child(parent: int, places: PackedInt32Array) -> RefCounted:
	var child: RefCounted
	if _random.randf() < CROSSOVER_RATE:
		var mate := _mate_of(parent, places)
		# Survivors stand in the order of their fronts: the lower place is the fitter one.
		var fitter := _genomes[mini(parent, mate)]
		child = fitter.call(&"crossover", _genomes[maxi(parent, mate)], _random.randi(), SETTINGS)
	else:
		child = _genomes[parent].call(&"copy")
	child.call(&"mutate", _random.randi(), SETTINGS)
	return child


# Anybody of the same species, perhaps the parent itself.
func _mate_of(parent: int, places: PackedInt32Array) -> int:
	var family := PackedInt32Array()
	for member in places.size():
		if places[member] == places[parent]:
			family.append(member)
	return family[_random.randi_range(0, family.size() - 1)]
