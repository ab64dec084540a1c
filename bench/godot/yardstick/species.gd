extends RefCounted
## Threshold speciation of plain genomes: the nearest representative, as ours does it.

const Genome := preload("genome.gd")
const SMALL := 20
const DISJOINT := 1.0
const WEIGHT := 0.9
const LEAST := 0.1
const FAR_TOO_MANY := 4
const WIDER := 1.25

var threshold := 1.5
var target := 10
var step := 0.3
var representatives: Array[Genome] = []


func speciate(genomes: Array[Genome]) -> PackedInt32Array:
	var known := representatives.duplicate()
	while true:
		var places := _attempt(genomes)
		if places.size() == genomes.size():
			return places
		threshold *= WIDER
		representatives.assign(known)
	return PackedInt32Array()


func _attempt(genomes: Array[Genome]) -> PackedInt32Array:
	var known := representatives.duplicate()
	representatives.clear()
	for representative: Genome in known:
		if _near(representative) < 0:
			representatives.append(representative)
	var places := PackedInt32Array()
	for genome in genomes:
		var place := _near(genome)
		if place < 0:
			place = representatives.size()
			representatives.append(genome)
			if representatives.size() > FAR_TOO_MANY * target:
				break
		places.append(place)
	return places


func adjusted_fitness(fitness: PackedFloat64Array, places: PackedInt32Array) -> PackedFloat64Array:
	var sizes := PackedInt32Array()
	sizes.resize(representatives.size())
	for place in places:
		sizes[place] += 1
	var adjusted := fitness.duplicate()
	for index in adjusted.size():
		adjusted[index] /= sizes[places[index]]
	return adjusted


func renew(genomes: Array[Genome], places: PackedInt32Array, random: RandomNumberGenerator) -> void:
	var members: Array[PackedInt32Array] = []
	members.resize(representatives.size())
	for index in places.size():
		members[places[index]].append(index)
	representatives.clear()
	for own in members:
		if not own.is_empty():
			representatives.append(genomes[own[random.randi_range(0, own.size() - 1)]])


func adapt_threshold(count: int) -> void:
	var surplus := clampf((count - target) / float(target), -1.0, 1.0)
	threshold = maxf(threshold + step * surplus, minf(LEAST, threshold))


func _near(genome: Genome) -> int:
	var best := -1
	var least := threshold
	for place in representatives.size():
		var far := distance(genome, representatives[place])
		if far < least:
			best = place
			least = far
	return best


static func distance(a: Genome, b: Genome) -> float:
	var difference := 0.0
	var shared := 0
	var ids := a.connection_ids
	var other_ids := b.connection_ids
	var weights := a.weights
	var other_weights := b.weights
	var count := ids.size()
	var other_count := other_ids.size()
	var mine := 0
	var theirs := 0
	while mine < count and theirs < other_count:
		var id := ids[mine]
		var other_id := other_ids[theirs]
		if id == other_id:
			difference += absf(weights[mine] - other_weights[theirs])
			shared += 1
			mine += 1
			theirs += 1
		elif id < other_id:
			mine += 1
		else:
			theirs += 1
	var matching := shared
	ids = a.node_ids
	other_ids = b.node_ids
	mine = a.inputs
	theirs = a.inputs
	while mine < ids.size() and theirs < other_ids.size():
		var id := ids[mine]
		var other_id := other_ids[theirs]
		if id == other_id:
			difference += absf(a.biases[mine] - b.biases[theirs])
			matching += 1
			mine += 1
			theirs += 1
		elif id < other_id:
			mine += 1
		else:
			theirs += 1
	var larger := maxi(count, other_count)
	var size := 1.0 if larger < SMALL else float(larger)
	var mean := 0.0 if matching == 0 else difference / matching
	return DISJOINT * (count + other_count - 2 * shared) / size + WEIGHT * mean
