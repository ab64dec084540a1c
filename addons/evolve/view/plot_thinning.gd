@tool
class_name EvolvePlotThinning
extends RefCounted
## Fewer points for the same picture: a plot of 50,000 generations has no more lines than one that
## fills the screen.
##
## Generations are taken together in twos, fours, eights …, counted from the first one: as a run
## goes on, what is drawn already stays as it is, and nothing jitters.

## Stands in the result of [method places] where the line is interrupted.
const GAP := -1


## How many values go together, a power of two, so that there are no more than so many groups.
static func group_size(count: int, most_groups: int) -> int:
	var together := 1
	while ceili(float(count) / together) > maxi(most_groups, 1):
		together *= 2
	return together


## Places of the values to draw a line through: of each group the least and the greatest, in their
## order. Values that are not finite are left out; where a whole group is, there is a
## [constant GAP].
static func places(values: PackedFloat64Array, most_groups: int) -> PackedInt32Array:
	var kept := PackedInt32Array()
	var together := group_size(values.size(), most_groups)
	for begin in range(0, values.size(), together):
		_keep_extremes(values, begin, mini(begin + together, values.size()), kept)
	return kept


static func _keep_extremes(
	values: PackedFloat64Array, begin: int, end: int, kept: PackedInt32Array
) -> void:
	var least := GAP
	var greatest := GAP
	for place in range(begin, end):
		if not is_finite(values[place]):
			continue
		if least == GAP or values[place] < values[least]:
			least = place
		if greatest == GAP or values[place] > values[greatest]:
			greatest = place
	kept.append(mini(least, greatest))
	if least != greatest:
		kept.append(maxi(least, greatest))


## Places to take a sample at, the last one of each group and the very last one.
static func samples(count: int, most_groups: int) -> PackedInt32Array:
	var kept := PackedInt32Array()
	var together := group_size(count, most_groups)
	if count > 0 and together > 1:
		kept.append(0)
	for place in range(together - 1, count, together):
		kept.append(place)
	if count > 0 and kept[-1] != count - 1:
		kept.append(count - 1)
	return kept
