class_name EvolveFallbackQuotas
extends RefCounted
## Shares offspring out among families.

# The least number above 0 with all its bits; no literal of the engine's means it.
static var _least_share := pow(2.0, -1022.0)


## So many offspring in proportion to the families' shifted mean scores: first what every family is
## owed, then the whole parts, what is left to the largest remainders, ties to the older species.
static func of(
	families: Array[EvolveFallbackFamily], size: int, settings: EvolveFallbackSettings
) -> PackedInt32Array:
	var least := int(settings.numbers["reproduction.minimum_species_size"])
	var owed := mini(least, floori(size / float(families.size())))
	var exact := _shares(families, settings.numbers["reproduction.least_share"])
	var total := 0.0
	for share in exact:
		total += share
	var open := float(size - owed * families.size())
	var quotas := PackedInt32Array()
	var fractions := PackedFloat64Array()
	var left := size
	for place in families.size():
		exact[place] = exact[place] / total * open
		quotas.append(owed + floori(exact[place]))
		fractions.append(exact[place] - floorf(exact[place]))
		left -= quotas[place]
	var order := EvolveFallbackTotalOrder.falling(EvolveFallbackTotalOrder.keys(fractions))
	for turn in maxi(left, 0):
		quotas[order[turn % order.size()]] += 1
	_make_room_for_the_best(families, quotas)
	return quotas


# Scores may be negative: the worst family's share is a part of the best one's, and the others' lie
# between.
static func _shares(
	families: Array[EvolveFallbackFamily], least_share: float
) -> PackedFloat64Array:
	var least := INF
	var most := -INF
	for family in families:
		least = minf(least, family.mean)
		most = maxf(most, family.mean)
	var extent := most - least
	var shares := PackedFloat64Array()
	for family in families:
		var worth := (family.mean - least) / extent if extent > 0.0 else 1.0
		shares.append(maxf(least_share + (1.0 - least_share) * worth, _least_share))
	return shares


static func _make_room_for_the_best(
	families: Array[EvolveFallbackFamily], quotas: PackedInt32Array
) -> void:
	var best := EvolveFallbackFamily.leader(families)
	if quotas[best] > 0:
		return
	var largest := 0
	for place in quotas.size():
		if quotas[place] > quotas[largest]:
			largest = place
	quotas[largest] -= 1
	quotas[best] = 1
