class_name EvolveFallbackSpecies
extends RefCounted
## Species without the native library, the NEAT paper's way: a genome joins the first species whose
## representative is near enough, or founds one.

# The threshold never falls below this, however many species are wanted.
const _LEAST_THRESHOLD := 0.1

## Genomes nearer than this to a representative belong to its species.
var threshold := 3.0
## [method adapt_threshold] moves toward this many species; 0 leaves the threshold alone.
var target_species := 10
## How far [method adapt_threshold] moves.
var threshold_step := 0.1
## One genome for each species, in the order in which they were founded.
var representatives: Array[EvolveFallbackGenome] = []


## For each genome the place of its species in [member representatives]. Genomes that fit nowhere
## found new species at the end of the list, in the order of the genomes.
func speciate(genomes: Array[EvolveFallbackGenome]) -> PackedInt32Array:
	var places := PackedInt32Array()
	for genome in genomes:
		var place := 0
		while place < representatives.size():
			if genome.distance(representatives[place]) < threshold:
				break
			place += 1
		if place == representatives.size():
			representatives.append(genome)
		places.append(place)
	return places


## Moves the threshold toward the wanted number of species, given how many there are.
func adapt_threshold(count: int) -> void:
	if target_species == 0:
		return
	if count > target_species:
		threshold += threshold_step
	elif count < target_species:
		threshold = maxf(threshold - threshold_step, minf(_LEAST_THRESHOLD, threshold))


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
