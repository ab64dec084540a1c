class_name EvolveFallbackGenomeCheck
extends RefCounted
## What must be true of every genome, and is checked of each one that comes from outside.

const _ACTIVATIONS := 13
const _AGGREGATIONS := 4


## The first thing that is wrong with the genes, as a sentence; empty when nothing is.
static func problem_of(genes: EvolveFallbackGenes, recurrent: bool) -> String:
	for check: Callable in [_lengths, _nodes, _inputs, _connections]:
		var problem: String = check.call(genes)
		if not problem.is_empty():
			return problem
	if not recurrent and genes.topological_order().size() != genes.node_ids.size():
		return "its connections form a cycle, and it is not recurrent"
	return ""


## Why a genome cannot have so many inputs and outputs; empty when it can.
static func terminals_problem(input_count: int, output_count: int) -> String:
	for terminals: Array in [["input_count", input_count], ["output_count", output_count]]:
		if terminals[1] < 1 or terminals[1] > EvolveFallbackGeneId.MAXIMUM_TERMINALS:
			return "%s is %d, but must be from 1 to 32768" % terminals
	return ""


## Why something is neither a population nor a list of genomes; empty when it is.
static func list_problem(genomes: Variant) -> String:
	if genomes is EvolveFallbackPopulation:
		return ""
	if not genomes is Array:
		return (
			(
				"genomes is %s, but must be an EvolveFallbackPopulation or an Array of"
				+ " EvolveFallbackGenome"
			)
			% genomes
		)
	for place: int in genomes.size():
		if not genomes[place] is EvolveFallbackGenome:
			var given := [place, genomes[place]]
			return "genomes[%d] is %s, but must be an EvolveFallbackGenome" % given
	return ""


## The genomes of what [method list_problem] found good.
static func listed(genomes: Variant) -> Array[EvolveFallbackGenome]:
	if genomes is EvolveFallbackPopulation:
		return (genomes as EvolveFallbackPopulation).members
	var list: Array[EvolveFallbackGenome] = []
	list.assign(genomes)
	return list


static func _lengths(genes: EvolveFallbackGenes) -> String:
	var nodes := genes.node_ids.size()
	if (
		genes.node_biases.size() != nodes
		or genes.node_activations.size() != nodes
		or genes.node_aggregations.size() != nodes
	):
		return "the arrays of its node genes differ in length"
	var connections := genes.connection_sources.size()
	if (
		genes.connection_targets.size() != connections
		or genes.connection_weights.size() != connections
		or genes.connections_enabled.size() != connections
	):
		return "the arrays of its connection genes differ in length"
	return ""


static func _nodes(genes: EvolveFallbackGenes) -> String:
	var place := _unordered(genes.node_ids)
	if place > 0:
		return "node gene %d does not have a larger id than the one before it" % place
	for node in genes.node_ids.size():
		if not is_finite(genes.node_biases[node]):
			return "node gene %d has a number that is not finite" % node
		if genes.node_activations[node] >= _ACTIVATIONS:
			return (
				"node gene %d has an unknown activation, %d" % [node, genes.node_activations[node]]
			)
		if genes.node_aggregations[node] >= _AGGREGATIONS:
			return (
				"node gene %d has an unknown aggregation, %d"
				% [node, genes.node_aggregations[node]]
			)
	return ""


static func _inputs(genes: EvolveFallbackGenes) -> String:
	var inputs := genes.inputs()
	var outputs := genes.outputs()
	if inputs == 0 or outputs == 0:
		return (
			"it has %d inputs and %d outputs, but must have at least one of each"
			% [inputs, outputs]
		)
	for place in genes.node_ids.size():
		var id := genes.node_ids[place]
		var is_input := place < inputs
		if is_input and genes.node_biases[place] != 0.0:
			return "input %d has a bias of its own" % place
		if is_input and genes.node_activations[place] + genes.node_aggregations[place] != 0:
			return "input %d has an activation or an aggregation of its own" % place
		var expected := place
		if not is_input:
			expected += EvolveFallbackGeneId.MAXIMUM_TERMINALS - inputs
		if id != expected and (place < inputs + outputs or not EvolveFallbackGeneId.is_hidden(id)):
			return "node gene %d has the id %d, which no node may have there" % [place, id]
	return ""


static func _connections(genes: EvolveFallbackGenes) -> String:
	var place := _unordered(genes.connection_ids)
	if place > 0:
		return "connection gene %d does not have a larger id than the one before it" % place
	for gene in genes.connection_ids.size():
		var source := genes.find_node(genes.connection_sources[gene])
		var target := genes.find_node(genes.connection_targets[gene])
		if source < 0 or target < 0:
			return "connection gene %d leads from or to a node that is not there" % gene
		if target < genes.inputs():
			return "connection gene %d leads to an input" % gene
		if not is_finite(genes.connection_weights[gene]):
			return "connection gene %d has a number that is not finite" % gene
		if genes.connections_enabled[gene] > 1:
			return "connection gene %d is neither enabled, 1, nor disabled, 0" % gene
	return ""


# The first place whose id is not larger than the one before; 0 when all are.
static func _unordered(ids: PackedInt64Array) -> int:
	for place in range(1, ids.size()):
		if ids[place] <= ids[place - 1]:
			return place
	return 0
