extends RefCounted
## NEAT with NSGA-II on the native classes: a breeding loop as a scene would have it.

const ELITES := 5

var population: RustPopulation
var best := 0.0
var _species: RustNeatSpecies = RustNeatSpecies.create()
var _nsga2 := RustNsga2.new()
var _generation := 0


func _init(first: RustPopulation) -> void:
	population = first


func evaluate(cases: PackedFloat32Array, wanted: PackedFloat64Array) -> PackedFloat64Array:
	var fitness := PackedFloat64Array()
	var size := population.size()
	fitness.resize(size)
	fitness.fill(wanted.size())
	for place in wanted.size():
		var seen := PackedFloat32Array()
		seen.resize(2 * size)
		for member in size:
			seen[2 * member] = cases[2 * place]
			seen[2 * member + 1] = cases[2 * place + 1]
		var thought := population.think(seen)
		for member in size:
			var miss := thought[member] - wanted[place]
			fitness[member] -= miss * miss
	return fitness


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
	var next := population.pick(_nsga2.select(objectives, 2, PackedByteArray(), ELITES))
	var count := sizes.size() - ELITES
	var parents := _nsga2.tournament(ranks, crowding, 2 * count, _generation)
	var first := parents.slice(0, count)
	var children := population.crossover(first, parents.slice(count), _generation)
	children.mutate(_generation)
	next.append(children)
	_species.renew(population, places, _generation)
	_species.adapt_threshold(_species.count())
	population = next
	_generation += 1
