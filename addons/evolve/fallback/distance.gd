class_name EvolveFallbackDistance
extends RefCounted
## How unlike two genomes are, as the NEAT paper measures it.
##
## An object is one genome made ready for many comparisons: a generation compares each genome with
## the representatives of all species.

# Genomes with fewer connections than this are not normalised by size, as the paper suggests.
const _SMALL := 20
# Numbers are compared in steps of 2^-16, as 32-bit whole ones: their sum is exact in any order.
const _STEPS := 65536.0

var _connection_ids := PackedInt64Array()
var _weights := PackedInt64Array()
# Inputs have no bias, and are left out.
var _node_ids := PackedInt64Array()
var _biases := PackedInt64Array()
# What the last comparison of two lists came to.
var _shared := 0
var _apart := 0


## A genome, ready to be compared.
static func of(genes: EvolveFallbackGenes) -> EvolveFallbackDistance:
	var made := EvolveFallbackDistance.new()
	var inputs := genes.inputs()
	made._connection_ids = genes.connection_ids
	made._weights = _in_steps(genes.connection_weights)
	made._node_ids = genes.node_ids.slice(inputs)
	made._biases = _in_steps(genes.node_biases.slice(inputs))
	return made


## Connections that only one of the two has, divided by the size of the larger genome, and the mean
## difference of the weights and of the hidden and output nodes' biases that both have.
static func between(
	a: EvolveFallbackGenes, b: EvolveFallbackGenes, settings: EvolveFallbackSettings
) -> float:
	return of(a).to(of(b), settings)


## The distance to another genome. What is not below the limit may come back as less than it is,
## though not below the limit: structure alone often settles it.
func to(
	other: EvolveFallbackDistance, settings: EvolveFallbackSettings, limit: float = INF
) -> float:
	var mine := _connection_ids.size()
	var theirs := other._connection_ids.size()
	_compare(_connection_ids, other._connection_ids, _weights, other._weights)
	var matching := _shared
	var steps := _apart
	var larger := maxi(mine, theirs)
	var size := 1.0 if larger < _SMALL else float(larger)
	var disjoint := mine + theirs - 2 * _shared
	var far := settings.numbers["speciation.disjoint_coefficient"] * disjoint / size
	if far >= limit:
		return far
	_compare(_node_ids, other._node_ids, _biases, other._biases)
	matching += _shared
	steps += _apart
	var mean := 0.0 if matching == 0 else steps / _STEPS / matching
	return far + settings.numbers["speciation.weight_coefficient"] * mean


# How many ids both lists have, and how many steps their numbers are apart.
func _compare(
	first: PackedInt64Array,
	second: PackedInt64Array,
	first_steps: PackedInt64Array,
	second_steps: PackedInt64Array
) -> void:
	var total := 0
	if first == second:
		for place in first.size():
			total += absi(first_steps[place] - second_steps[place])
		_shared = first.size()
		_apart = total
		return
	var count := 0
	var mine := 0
	var theirs := 0
	var first_end := first.size()
	var second_end := second.size()
	while mine < first_end and theirs < second_end:
		if first[mine] == second[theirs]:
			total += absi(first_steps[mine] - second_steps[theirs])
			count += 1
			mine += 1
			theirs += 1
		elif first[mine] < second[theirs]:
			mine += 1
		else:
			theirs += 1
	_shared = count
	_apart = total


static func _in_steps(numbers: PackedFloat32Array) -> PackedInt64Array:
	var steps := PackedInt64Array()
	for number in numbers:
		steps.append(int(clampf(number * _STEPS, -2147483648.0, 2147483647.0)))
	return steps
