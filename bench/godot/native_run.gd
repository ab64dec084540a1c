extends RefCounted
## NEAT with NSGA-II on the native classes: a breeding loop as a scene would have it.

const ELITES := 5

var population: RustPopulation
var best := 0.0
var _species: RustNeatSpecies = RustNeatSpecies.create()
var _nsga2 := RustNsga2.new()
var _generation := 0
# For each case what all members sense; the population keeps its size.
var _seen: Array[PackedFloat32Array] = []


func _init(first: RustPopulation) -> void:
	population = first


## Every member plays the same cases, two numbers each.
func evaluate(cases: PackedFloat32Array, wanted: PackedFloat64Array) -> PackedFloat64Array:
	var fitness := PackedFloat64Array()
	var size := population.size()
	fitness.resize(size)
	fitness.fill(wanted.size())
	if _seen.is_empty():
		_note(cases, size)
	for place in wanted.size():
		var thought := population.think(_seen[place])
		var target := wanted[place]
		for member in size:
			var miss := thought[member] - target
			fitness[member] -= miss * miss
	return fitness


func _note(cases: PackedFloat32Array, size: int) -> void:
	for place in range(0, cases.size(), 2):
		var seen := PackedFloat32Array()
		for member in size:
			seen.append_array(cases.slice(place, place + 2))
		_seen.append(seen)


func breed(fitness: PackedFloat64Array) -> void:
	var places := _species.speciate(population)
	var adjusted := _species.adjusted_fitness(fitness, places)
	var sizes := population.connection_counts()
	var objectives := PackedFloat64Array()
	objectives.resize(2 * sizes.size())
	for place in sizes.size():
		best = maxf(best, fitness[place])
		objectives[2 * place] = -adjusted[place]
		objectives[2 * place + 1] = sizes[place]
	var ranks := _nsga2.ranks(objectives, 2, PackedByteArray())
	var crowding := _nsga2.crowding(objectives, 2, ranks, false)
	var elites := _nsga2.select(objectives, 2, PackedByteArray(), ELITES)
	var count := sizes.size() - ELITES
	var parents := _nsga2.tournament(ranks, crowding, 2 * count, _generation)
	_species.renew(population, places, _generation)
	_species.adapt_threshold(_species.count())
	var first := parents.slice(0, count)
	population.breed(elites, first, parents.slice(count), _generation)
	_generation += 1
