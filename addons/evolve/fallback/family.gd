class_name EvolveFallbackFamily
extends RefCounted
## The members of one species, best first, and what that makes of their offspring; equal scores in
## the order of their places.

## The place of the species in the population's list.
var species := 0
## Places of the members, best first.
var members: Array[int] = []
## The merit of the best one.
var best := 0.0
## Their mean merit.
var mean := 0.0


## Members grouped by species; species nobody belongs to any more have no family.
static func of_places(
	places: PackedInt32Array, species_count: int, merit: PackedFloat64Array
) -> Array[EvolveFallbackFamily]:
	var all: Array[EvolveFallbackFamily] = []
	for place in species_count:
		all.append(EvolveFallbackFamily.new())
		all[place].species = place
	for member in places.size():
		all[places[member]].members.append(member)
	var order := EvolveFallbackTotalOrder.keys(merit)
	var found: Array[EvolveFallbackFamily] = []
	for family in all:
		if not family.members.is_empty():
			family._rank(merit, order)
			found.append(family)
	return found


## The families whose species improved lately enough; the best few always stay.
static func lively(
	families: Array[EvolveFallbackFamily],
	improved: PackedInt64Array,
	generation: int,
	settings: EvolveFallbackSettings
) -> Array[EvolveFallbackFamily]:
	var ranked := EvolveFallbackTotalOrder.falling(EvolveFallbackTotalOrder.keys(bests(families)))
	ranked.resize(
		mini(maxi(int(settings.numbers["reproduction.protected_species"]), 1), ranked.size())
	)
	var limit := int(settings.numbers["reproduction.stagnation_limit"])
	var found: Array[EvolveFallbackFamily] = []
	for place in families.size():
		var family := families[place]
		if place in ranked or generation - improved[family.species] < limit:
			found.append(family)
	return found


## The best merit of each family.
static func bests(families: Array[EvolveFallbackFamily]) -> PackedFloat64Array:
	var values := PackedFloat64Array()
	for family in families:
		values.append(family.best)
	return values


## The place of the family with the best member; of equals the oldest.
static func leader(families: Array[EvolveFallbackFamily]) -> int:
	return EvolveFallbackTotalOrder.falling(EvolveFallbackTotalOrder.keys(bests(families)))[0]


## The members that may have offspring: the best, at least one.
func survivors(settings: EvolveFallbackSettings) -> int:
	var share := ceili(members.size() * settings.numbers["reproduction.survival_threshold"])
	return clampi(share, 1, members.size())


func _rank(merit: PackedFloat64Array, order: PackedInt64Array) -> void:
	var sum := 0.0
	for member in members:
		sum += merit[member]
	mean = sum / members.size()
	members.sort_custom(
		func(a: int, b: int) -> bool: return order[a] > order[b] or (order[a] == order[b] and a < b)
	)
	best = merit[members[0]]
