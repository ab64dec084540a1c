class_name EvolveFallbackSpecies
extends RefCounted
## Species without the native library, the NEAT paper's way, with RustNeatSpecies's calls and bits:
## a genome joins the nearest species, or founds one when none is near enough.
##
## [code]genomes[/code] is an [EvolveFallbackPopulation] or an [Array] of [EvolveFallbackGenome].

# The threshold never falls below this, however many species are wanted.
const _LEAST_THRESHOLD := 0.1
# So many times the wanted number of species are too many to go on with, and how much wider the
# threshold is made then.
const _FAR_TOO_MANY := 4
const _WIDER := 1.25

var _settings: EvolveFallbackSettings
var _threshold := 0.0
var _next_id := 0
# One genome and one number for each species, in the order in which they were founded.
var _representatives: Array[EvolveFallbackGenome] = []
var _ids := PackedInt64Array()
# The representatives as a generation is compared with them.
var _ready_ones: Array[EvolveFallbackDistance] = []


## No species yet. The settings are those of [EvolveFallbackGenome]; null and an error when they
## make no sense.
static func create(settings: Dictionary = {}) -> EvolveFallbackSpecies:
	var read := EvolveFallbackSettings.read(settings, "EvolveFallbackSpecies.create")
	if read == null:
		return null
	return of_settings(read)


## No species yet, with settings that have been read.
static func of_settings(read: EvolveFallbackSettings) -> EvolveFallbackSpecies:
	var species := EvolveFallbackSpecies.new()
	species._settings = read
	species._threshold = read.numbers["speciation.threshold"]
	return species


## For each genome the place of its species: the nearest one within the threshold. Species that have
## come as near to an older one as its members are become part of it first; genomes that fit nowhere
## found new ones at the end of the list, in their order. More than four times the wanted species
## are too many, and widen the threshold at once. Empty, with an error, when something else is
## given.
func speciate(genomes: Variant) -> PackedInt32Array:
	var asker := "EvolveFallbackSpecies.speciate"
	var problem := EvolveFallbackGenomeCheck.list_problem(genomes)
	if not problem.is_empty():
		push_error("%s: %s" % [asker, problem])
		return PackedInt32Array()
	var members := EvolveFallbackGenomeCheck.listed(genomes)
	var ready: Array[EvolveFallbackDistance] = []
	for member in members:
		ready.append(EvolveFallbackDistance.of(member.genes))
	var known := _representatives.duplicate()
	var known_ids := _ids.duplicate()
	var first_id := _next_id
	var places := _sort(members, ready)
	while places.size() < members.size():
		_threshold *= _WIDER
		_representatives = known.duplicate()
		_ids = known_ids.duplicate()
		_next_id = first_id
		places = _sort(members, ready)
	_ready_ones.clear()
	return places


## Fitness shared within species: each genome's fitness divided by the size of its species. Empty,
## with an error, unless there is one fitness for each genome.
func adjusted_fitness(fitness: PackedFloat64Array, places: PackedInt32Array) -> PackedFloat64Array:
	var asker := "EvolveFallbackSpecies.adjusted_fitness"
	var adjusted := PackedFloat64Array()
	if not _are_places(places, asker):
		return adjusted
	if fitness.size() != places.size():
		var given := [asker, fitness.size(), places.size()]
		push_error("%s: fitness has %d numbers, but must have %d, one for each place" % given)
		return adjusted
	var sizes := PackedInt32Array()
	sizes.resize(_ids.size())
	for place in places:
		sizes[place] += 1
	for index in fitness.size():
		adjusted.append(fitness[index] / sizes[places[index]])
	return adjusted


## Lets species die out that nobody belongs to, and gives each of the others a random member for the
## next generation's representative. Places are what [method speciate] gave for these genomes;
## afterwards places count the species that are left. False, with an error, when they don't fit.
func renew(genomes: Variant, places: PackedInt32Array, renewal_seed: int) -> bool:
	var asker := "EvolveFallbackSpecies.renew"
	var problem := EvolveFallbackGenomeCheck.list_problem(genomes)
	var listed: Array[EvolveFallbackGenome] = []
	if problem.is_empty():
		listed = EvolveFallbackGenomeCheck.listed(genomes)
		if listed.size() != places.size():
			var given := [places.size(), listed.size()]
			problem = "places has %d numbers, but must have %d, one for each genome" % given
	if not problem.is_empty():
		push_error("%s: %s" % [asker, problem])
		return false
	if not _are_places(places, asker):
		return false
	_keep(listed, places, renewal_seed)
	return true


## Puts the species of a run in the place of these.
func restore(
	known_ids: PackedInt64Array,
	representatives: Array[EvolveFallbackGenome],
	threshold_now: float,
	next_id_now: int
) -> void:
	_ids = known_ids
	_representatives = representatives
	_threshold = threshold_now
	_next_id = next_id_now


## Only the species at some places stay, with these genomes for their representatives: what a run
## decides that lets species die out for reasons of its own.
func keep(places: PackedInt32Array, representatives: Array[EvolveFallbackGenome]) -> void:
	var known_ids := _ids
	_ids = PackedInt64Array()
	for place in places:
		_ids.append(known_ids[place])
	_representatives = representatives


## Moves the threshold toward the wanted number of species, given how many there are: a whole step
## when there are twice as many or none, less the nearer the number is.
func adapt_threshold(species_count: int) -> void:
	var wanted := _settings.numbers["speciation.target_species"]
	if wanted > 0.0:
		var surplus := clampf((maxi(species_count, 0) - wanted) / wanted, -1.0, 1.0)
		var moved := _threshold + _settings.numbers["speciation.threshold_step"] * surplus
		_threshold = maxf(moved, minf(_LEAST_THRESHOLD, _threshold))


## Genomes nearer than this to a representative belong to its species.
func threshold() -> float:
	return _threshold


## How many species there are.
func count() -> int:
	return _ids.size()


## The number of the next new species.
func next_id() -> int:
	return _next_id


## The number of each species, from 0; none is ever given to another.
func ids() -> PackedInt64Array:
	return _ids.duplicate()


## A copy of the genome that represents the species at a place; null and an error when there is
## none.
func representative(place: int) -> EvolveFallbackGenome:
	if place >= 0 and place < _ids.size():
		return _representatives[place].copy()
	var given := [place, _ids.size()]
	push_error(
		"EvolveFallbackSpecies.representative: place is %d, but there are %d species" % given
	)
	return null


# Ends early, with fewer places than genomes, as soon as there are far too many species.
func _sort(
	genomes: Array[EvolveFallbackGenome], ready: Array[EvolveFallbackDistance]
) -> PackedInt32Array:
	var wanted := int(_settings.numbers["speciation.target_species"])
	var places := PackedInt32Array()
	_join_neighbours()
	for member in genomes.size():
		var place := _near(ready[member])
		if place < 0:
			place = _ids.size()
			_representatives.append(genomes[member].copy())
			_ready_ones.append(ready[member])
			_ids.append(_next_id)
			_next_id += 1
		if wanted > 0 and _ids.size() > _FAR_TOO_MANY * wanted:
			break
		places.append(place)
	return places


func _join_neighbours() -> void:
	var known := _representatives
	var known_ids := _ids
	_representatives = []
	_ready_ones = []
	_ids = PackedInt64Array()
	for place in known.size():
		var ready := EvolveFallbackDistance.of(known[place].genes)
		if _near(ready) < 0:
			_representatives.append(known[place])
			_ready_ones.append(ready)
			_ids.append(known_ids[place])


func _keep(
	genomes: Array[EvolveFallbackGenome], places: PackedInt32Array, renewal_seed: int
) -> void:
	var members: Array[PackedInt32Array] = []
	members.resize(_ids.size())
	for index in places.size():
		members[places[index]].append(index)
	var known_ids := _ids
	_representatives = []
	_ids = PackedInt64Array()
	for place in members.size():
		if members[place].is_empty():
			continue
		var random := EvolveFallbackStream.of(
			renewal_seed, 0, 0, known_ids[place], EvolveFallbackStream.Purpose.REPRESENTATIVE
		)
		var chosen := members[place][random.below(members[place].size())]
		_representatives.append(genomes[chosen].copy())
		_ids.append(known_ids[place])


# The place of the nearest representative, the first of equals; -1 when none is near enough.
func _near(genome: EvolveFallbackDistance) -> int:
	var best := -1
	var least := _threshold
	for place in _ready_ones.size():
		var far := genome.to(_ready_ones[place], _settings, least)
		if far < least:
			best = place
			least = far
	return best


func _are_places(places: PackedInt32Array, asker: String) -> bool:
	for index in places.size():
		if places[index] < 0 or places[index] >= _ids.size():
			var given := [asker, index, places[index], _ids.size()]
			push_error("%s: places[%d] is %d, but there are %d species" % given)
			return false
	return true
