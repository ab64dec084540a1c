class_name EvolveFallbackSpecies
extends RefCounted
## Species without the native library, the NEAT paper's way: a genome joins the nearest species, or
## founds one when none is near enough.

# The threshold never falls below this, however many species are wanted.
const _LEAST_THRESHOLD := 0.1

## Genomes nearer than this to a representative belong to its species.
var threshold := 1.5
## [method adapt_threshold] moves toward this many species; 0 leaves the threshold alone.
var target_species := 10
## How far [method adapt_threshold] moves at most.
var threshold_step := 0.3
## One genome for each species, in the order in which they were founded.
var representatives: Array[EvolveFallbackGenome] = []


## For each genome the place of its species in [member representatives]. Species that have come as
## near to an older one as its members are become part of it first. Genomes that fit nowhere found
## new species at the end of the list, in the order of the genomes.
func speciate(genomes: Array[EvolveFallbackGenome]) -> PackedInt32Array:
	var known := representatives.duplicate()
	representatives.clear()
	for representative: EvolveFallbackGenome in known:
		if _near(representative) < 0:
			representatives.append(representative)
	var places := PackedInt32Array()
	for genome in genomes:
		var place := _near(genome)
		if place < 0:
			place = representatives.size()
			representatives.append(genome)
		places.append(place)
	return places


## Moves the threshold toward the wanted number of species, given how many there are: a whole step
## when there are twice as many or none, less the nearer the number is.
func adapt_threshold(count: int) -> void:
	if target_species == 0:
		return
	var wanted := float(target_species)
	var surplus := clampf((count - wanted) / wanted, -1.0, 1.0)
	threshold = maxf(threshold + threshold_step * surplus, minf(_LEAST_THRESHOLD, threshold))


## Fitness shared within species: each genome's fitness divided by the size of its species. Empty,
## with an error, unless there is one fitness for each genome.
func adjusted_fitness(fitness: PackedFloat64Array, places: PackedInt32Array) -> PackedFloat64Array:
	var adjusted := PackedFloat64Array()
	if fitness.size() != places.size():
		var given := [fitness.size(), places.size()]
		push_error("EvolveFallbackSpecies.adjusted_fitness: %d fitnesses for %d genomes" % given)
		return adjusted
	var sizes: Dictionary[int, int] = {}
	for place in places:
		sizes[place] = sizes.get(place, 0) + 1
	for index in fitness.size():
		adjusted.append(fitness[index] / sizes[places[index]])
	return adjusted


# The place of the nearest representative, the first of equals; -1 when none is near enough.
func _near(genome: EvolveFallbackGenome) -> int:
	var best := -1
	var least := threshold
	for place in representatives.size():
		var distance := genome.distance(representatives[place])
		if distance < least:
			best = place
			least = distance
	return best
