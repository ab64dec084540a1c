extends RefCounted
## NEAT by hand: a loop that you own, around the genomes and species of Evolve.
##
## Each [method step] is a generation: everybody plays, the species are told apart, and each species
## gets children in the measure of its fitness. The objects come from [Evolve], so the loop runs on
## the native library, and without it on the fallback, to the same bytes.

const Task := preload("res://demos/xor_by_hand/xor_task.gd")

const SIZE := 150
## The best share of a species, which alone has children.
const PARENTS := 0.3
## How many children have two parents.
const CROSSOVER_RATE := 0.5
## Sections of a run's configuration; what is not named has its default.
const SETTINGS := {
	"mutation": {"add_node_rate": 0.05, "add_connection_rate": 0.2},
	"speciation": {"target_species": 10},
}

## How many generations have played.
var generation := 0
## The best genome so far; null before the first generation.
var champion: RefCounted = null
## The champion's error.
var error := INF

var _genomes: Array[RefCounted] = []
var _species := Evolve.create_species(SETTINGS)
# Every choice draws from here, so the same seed makes the same run.
var _random := RandomNumberGenerator.new()


func _init(run_seed: int) -> void:
	_random.seed = run_seed
	for place in SIZE:
		_genomes.append(Evolve.create_genome(Task.INPUTS, Task.OUTPUTS, _random.randi(), SETTINGS))


## Whether the champion does what it should.
func is_solved() -> bool:
	return error <= Task.SOLVED_ERROR


## How many species there are.
func species_count() -> int:
	return _species.call(&"count")


## One generation.
func step() -> void:
	var fitness := _play()
	var places: PackedInt32Array = _species.call(&"speciate", _genomes)
	var children := _breed(fitness, places)
	_species.call(&"renew", _genomes, places, _random.randi())
	_species.call(&"adapt_threshold", species_count())
	_genomes = children
	generation += 1


func _play() -> PackedFloat64Array:
	var fitness := PackedFloat64Array()
	for genome in _genomes:
		var own_error := Task.error_of(genome)
		fitness.append(4.0 - own_error)
		if own_error < error:
			error = own_error
			champion = genome.call(&"copy")
	return fitness


# A species has as many children as its share of the fitness, which its members divide among
# themselves: a new idea has time to grow up beside an old one that is better for the moment.
func _breed(fitness: PackedFloat64Array, places: PackedInt32Array) -> Array[RefCounted]:
	var adjusted: PackedFloat64Array = _species.call(&"adjusted_fitness", fitness, places)
	var families := _families(fitness, places)
	var total := 0.0
	for share in adjusted:
		total += share
	var children: Array[RefCounted] = []
	var due := 0.0
	for family in families:
		for member: int in family:
			due += adjusted[member] / total * SIZE
		var has_elite := false
		while children.size() < roundi(due):
			children.append(_child(family) if has_elite else _genomes[family[0]])
			has_elite = true
	return children


# The members of each species, the fittest first; of equals the first.
func _families(fitness: PackedFloat64Array, places: PackedInt32Array) -> Array[Array]:
	var families: Array[Array] = []
	families.resize(species_count())
	for member in places.size():
		families[places[member]].append(member)
	for family in families:
		family.sort_custom(
			func(one: int, other: int) -> bool:
				return (
					fitness[one] > fitness[other]
					or (fitness[one] == fitness[other] and one < other)
				)
		)
	return families


func _child(family: Array) -> RefCounted:
	var parents := ceili(family.size() * PARENTS)
	# The list is sorted: the lower number is the fitter parent, whose structure the child takes.
	var first := _random.randi_range(0, parents - 1)
	var second := _random.randi_range(0, parents - 1)
	var fitter: RefCounted = _genomes[family[mini(first, second)]]
	var child: RefCounted
	if _random.randf() < CROSSOVER_RATE:
		var other: RefCounted = _genomes[family[maxi(first, second)]]
		child = fitter.call(&"crossover", other, _random.randi(), SETTINGS)
	else:
		child = fitter.call(&"copy")
	child.call(&"mutate", _random.randi(), SETTINGS)
	return child
