class_name EvolveFallbackDistance
extends RefCounted
## How unlike two genomes are, as the NEAT paper measures it.

# Genomes with fewer connections than this are not normalised by size, as the paper suggests.
const _SMALL := 20
# Numbers are compared in steps of 2^-16, as 32-bit whole ones: their sum is exact in any order.
const _STEPS := 65536.0


## Connections that only one of the two has, divided by the size of the larger genome, and the mean
## difference of the weights and of the hidden and output nodes' biases that both have.
static func between(
	a: EvolveFallbackGenes, b: EvolveFallbackGenes, settings: EvolveFallbackSettings
) -> float:
	var steps := PackedInt64Array([0])
	var shared := _compare(
		a.connection_ids, b.connection_ids, a.connection_weights, b.connection_weights, steps
	)
	# Inputs have no bias, but would count as matching.
	var inputs := mini(a.inputs(), b.inputs())
	var nodes := _compare(a.node_ids, b.node_ids, a.node_biases, b.node_biases, steps)
	var disjoint := a.connection_ids.size() + b.connection_ids.size() - 2 * shared
	var matching := shared + nodes - inputs
	var larger := maxi(a.connection_ids.size(), b.connection_ids.size())
	var size := 1.0 if larger < _SMALL else float(larger)
	var mean := 0.0 if matching == 0 else steps[0] / _STEPS / matching
	var disjoint_share := settings.numbers["speciation.disjoint_coefficient"] * disjoint / size
	return disjoint_share + settings.numbers["speciation.weight_coefficient"] * mean


# How many ids both lists have; adds how many steps their numbers are apart to the first of the sum.
static func _compare(
	first: PackedInt64Array,
	second: PackedInt64Array,
	first_numbers: PackedFloat32Array,
	second_numbers: PackedFloat32Array,
	sum: PackedInt64Array
) -> int:
	var total := sum[0]
	var count := 0
	var mine := 0
	var theirs := 0
	var first_end := first.size()
	var second_end := second.size()
	while mine < first_end and theirs < second_end:
		if first[mine] == second[theirs]:
			total += absi(_in_steps(first_numbers[mine]) - _in_steps(second_numbers[theirs]))
			count += 1
			mine += 1
			theirs += 1
		elif first[mine] < second[theirs]:
			mine += 1
		else:
			theirs += 1
	sum[0] = total
	return count


static func _in_steps(number: float) -> int:
	return int(clampf(number * _STEPS, -2147483648.0, 2147483647.0))
