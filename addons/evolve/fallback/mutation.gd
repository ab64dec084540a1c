class_name EvolveFallbackMutation
extends RefCounted
## Changes genomes at random, with the native library's stream, order and bits.
##
## What comes out is as sound as what went in. Each kind of change draws whether it happens, also at
## a rate of 0, so that switching one off leaves the others as they were.

# Tries at finding two nodes that are not connected yet, before a genome goes without.
const _TRIES := 20
# 2^32: choices are as many.
const _CHOICES := 4294967296.0

var _settings: EvolveFallbackSettings
var _random: EvolveFallbackStream
var _genes: EvolveFallbackGenes


## Changes the genes with these settings and the numbers of this stream.
static func mutate(
	genes: EvolveFallbackGenes, settings: EvolveFallbackSettings, random: EvolveFallbackStream
) -> void:
	var mutation := EvolveFallbackMutation.new()
	mutation._genes = genes
	mutation._settings = settings
	mutation._random = random
	mutation._change_structure()
	mutation._change_numbers()


func _happens(key: String) -> bool:
	return _random.chance(_settings.numbers[key])


func _change_structure() -> void:
	if _happens("mutation.add_node_rate"):
		_add_node()
	if _happens("mutation.add_connection_rate"):
		_add_connection()
	var connections := _genes.connection_ids.size()
	if _happens("mutation.delete_node_rate") and _genes.hidden() > 0:
		var nodes := _genes.node_ids.size()
		var place := nodes - 1 - _random.below(_genes.hidden())
		EvolveFallbackPruning.remove_node(_genes, _genes.node_ids[place])
		connections = _genes.connection_ids.size()
	if _happens("mutation.delete_connection_rate") and connections > 0:
		EvolveFallbackPruning.remove_connection(_genes, _random.below(connections))
		connections = _genes.connection_ids.size()
	if _happens("mutation.toggle_rate") and connections > 0:
		var place := _random.below(connections)
		_genes.connections_enabled[place] = 1 - _genes.connections_enabled[place]


func _change_numbers() -> void:
	if _happens("mutation.weight_rate"):
		_move(_genes.connection_weights, 0)
	if _happens("mutation.bias_rate"):
		_move(_genes.node_biases, _genes.inputs())
	if _happens("mutation.activation_rate"):
		_choose_another(_genes.node_activations, _settings.activations)
	if _happens("mutation.aggregation_rate"):
		_choose_another(_genes.node_aggregations, _settings.aggregations)


# The first half gets weight 1, the second the old one: the network behaves nearly as before.
func _add_node() -> void:
	var enabled := PackedInt32Array()
	for place in _genes.connection_ids.size():
		if _genes.connections_enabled[place] != 0:
			enabled.append(place)
	if enabled.is_empty():
		return
	var place := enabled[_random.below(enabled.size())]
	var source := _genes.connection_sources[place]
	var target := _genes.connection_targets[place]
	var weight := _genes.connection_weights[place]
	_genes.connections_enabled[place] = 0
	var attempt := 0
	var id := EvolveFallbackGeneId.split(_genes.connection_ids[place], attempt)
	while _genes.find_node(id) >= 0:
		attempt += 1
		id = EvolveFallbackGeneId.split(_genes.connection_ids[place], attempt)
	_genes.insert_node(id, _settings.hidden_activation)
	_genes.insert_connection(source, id, 1.0)
	_genes.insert_connection(id, target, weight)


# A gene that is there but disabled is enabled again.
func _add_connection() -> void:
	var inputs := _genes.inputs()
	var nodes := _genes.node_ids.size()
	for attempt in _TRIES:
		var source := _genes.node_ids[_random.below(nodes)]
		var target := _genes.node_ids[inputs + _random.below(nodes - inputs)]
		var place := _genes.find_connection(EvolveFallbackGeneId.connection(source, target))
		if place >= 0:
			if _genes.connections_enabled[place] == 0:
				_genes.connections_enabled[place] = 1
				return
		elif _settings.recurrent or not _genes.leads_to(target, source):
			var weight := EvolveFallbackGenes.initial_weight(_settings, _random)
			_genes.insert_connection(source, target, weight)
			return


# Every number takes two words of the stream: their lower 48 bits say how far it moves, their upper
# 16 whether it is drawn anew instead.
func _move(values: PackedFloat32Array, begin: int) -> void:
	var slot := PackedFloat32Array(
		[
			0.0,
			_settings.numbers["mutation.weight_power"],
			_settings.numbers["genome.initial_deviation"],
			_settings.numbers["genome.weight_limit"],
		]
	)
	var power := slot[1]
	var deviation := slot[2]
	var limit := slot[3]
	var replacing := ceili(_settings.numbers["mutation.replace_rate"] * _CHOICES)
	for place in range(begin, values.size()):
		var first := _random.bits()
		var second := _random.bits()
		var normal := EvolveFallbackStream.normal_of(first, second, slot)
		var choice := ((first >> 32) & 0xffff_0000) | ((second >> 48) & 0xffff)
		if choice < replacing:
			slot[0] = normal * deviation
		else:
			slot[0] = normal * power
			slot[0] += values[place]
		values[place] = minf(maxf(slot[0], -limit), limit)


# One hidden node gets another code of the list. Outputs keep theirs: what a scene reads has a
# range.
func _choose_another(codes: PackedByteArray, options: PackedByteArray) -> void:
	var hidden := _genes.hidden()
	if hidden == 0:
		return
	var place := codes.size() - hidden + _random.below(hidden)
	var others := PackedByteArray()
	for option in options:
		if option != codes[place]:
			others.append(option)
	if not others.is_empty():
		codes[place] = others[_random.below(others.size())]
