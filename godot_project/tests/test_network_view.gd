extends EvolveTest
## EvolveNetworkView: where it puts nodes, and what it says of what is under the mouse.

const OUT := 0x8000
const HIDDEN := 0x4000_0000_0000_0000


func test_every_connection_of_a_network_without_memory_leads_to_a_later_layer() -> void:
	var shape: Array[PackedInt64Array] = [
		_pair(0, HIDDEN + 5),
		_pair(1, HIDDEN + 5),
		_pair(HIDDEN + 5, HIDDEN + 2),
		_pair(HIDDEN + 2, OUT),
		_pair(0, OUT),
		_pair(1, HIDDEN + 2),
	]
	var layout := EvolveNetworkLayout.of(_genome(2, 1, [HIDDEN + 2, HIDDEN + 5], shape, false))
	check_equal(layout.layers, PackedInt32Array([0, 0, 3, 2, 1]), "layers")
	check_equal(1 in layout.is_recurrent, false, "whether one is recurrent")
	for gene in layout.sources.size():
		var from := layout.places[layout.sources[gene]]
		check(from.x < layout.places[layout.targets[gene]].x, "gene %d leads to the right" % gene)


func test_circles_loops_and_what_leaves_an_output_are_recurrent_and_nothing_else_is() -> void:
	var shape: Array[PackedInt64Array] = [
		_pair(0, HIDDEN + 1),
		_pair(HIDDEN + 1, HIDDEN + 2),
		_pair(HIDDEN + 2, HIDDEN + 1),
		_pair(HIDDEN + 2, OUT),
		_pair(OUT, HIDDEN + 2),
		_pair(OUT, OUT),
		_pair(OUT, OUT + 1),
	]
	var genome := _genome(1, 2, [HIDDEN + 1, HIDDEN + 2], shape, true)
	var layout := EvolveNetworkLayout.of(genome)
	check_equal(layout.layers, PackedInt32Array([0, 3, 3, 1, 2]), "layers")
	for gene in layout.sources.size():
		var from := layout.layers[layout.sources[gene]]
		var to := layout.layers[layout.targets[gene]]
		check_equal(layout.is_recurrent[gene] == 1, from >= to, "gene %d" % gene)


func test_inputs_and_outputs_keep_their_order_and_nothing_lies_on_each_other() -> void:
	for recurrent: bool in [false, true]:
		for genome_seed in 20:
			var genome := _evolved(genome_seed, recurrent)
			var layout := EvolveNetworkLayout.of(genome)
			var seen: Dictionary[Vector2, bool] = {}
			for place in layout.places:
				seen[place] = true
				check(Rect2(0.0, 0.0, 1.0001, 1.0001).has_point(place), "%s is inside" % place)
			check_equal(seen.size(), genome.node_count(), "different places")
			check_equal(layout.columns[0], PackedInt32Array([0, 1, 2]), "inputs")
			check_equal(layout.columns[-1], PackedInt32Array([3, 4]), "outputs")


func test_the_same_genome_has_the_same_layout() -> void:
	var genome := _evolved(5, true)
	var first := EvolveNetworkLayout.of(genome)
	check_equal(EvolveNetworkLayout.of(genome.copy()).places, first.places, "places")


func test_the_mouse_over_a_node_and_a_connection_reads_their_figures_out() -> void:
	var view := _add_view()
	view.show_activity(PackedFloat32Array([0.5, -1.0, 0.25]))
	await frames(2)
	var nodes := view._picture.nodes
	check_equal(
		view._reading_at(nodes[0]).get("lines"), PackedStringArray(["a", "value 0.5"]), "an input"
	)
	var output: PackedStringArray = view._reading_at(nodes[2]).get("lines")
	check_equal(output.slice(0, 2), PackedStringArray(["x", "value 0.25"]), "an output")
	check_contains("\n".join(output), "bias ", "an output")
	var gene := view._picture.layout.sources.find(0)
	var middle := (nodes[0] + nodes[view._picture.layout.targets[gene]]) / 2.0
	var connection: PackedStringArray = view._reading_at(middle).get("lines")
	check_contains(connection[0], "a → ", "a connection")
	check_contains(connection[1], "weight ", "a connection")


func test_a_view_draws_no_brain_a_broken_one_and_one_without_room() -> void:
	var view := _add_view()
	view.size = Vector2(2.0, 2.0)
	await frames(2)
	view.brain = null
	await frames(2)
	view.brain = EvolveBrain.new()
	await frames(2)
	check_equal(view._reading_at(Vector2.ONE), {}, "what a broken brain says")


func test_a_view_follows_its_agent_and_outlives_it() -> void:
	var agent := EvolveAgent.new()
	agent.brain = _brain()
	var view := EvolveNetworkView.new()
	view.agent = agent
	add(view)
	await frames(2)
	check_equal(view.brain, agent.brain, "brain")
	agent.free()
	await frames(2)
	check_null(view.agent, "agent")


func _add_view() -> EvolveNetworkView:
	var view := EvolveNetworkView.new()
	view.brain = _brain()
	view.custom_minimum_size = Vector2.ZERO
	view.size = Vector2(400.0, 200.0)
	return add(view) as EvolveNetworkView


func _brain() -> EvolveBrain:
	var path := ProjectSettings.globalize_path("res://").path_join(
		"../spec/vectors/valid/champion.evo"
	)
	return EvolveBrain.from_bytes(FileAccess.get_file_as_bytes(path))


func _evolved(genome_seed: int, recurrent: bool) -> EvolveFallbackGenome:
	var settings := {
		"genome": {"recurrent": recurrent},
		"mutation": {"add_node_rate": 0.5, "add_connection_rate": 0.7},
	}
	var genome := EvolveFallbackGenome.create(3, 2, genome_seed, settings)
	for change in 30:
		genome.mutate(genome_seed * 100 + change, settings)
	return genome


func _pair(source: int, target: int) -> PackedInt64Array:
	return PackedInt64Array([source, target])


# A genome with these hidden nodes and connections; genes are sorted by their ids.
func _genome(
	inputs: int,
	outputs: int,
	hidden: PackedInt64Array,
	pairs: Array[PackedInt64Array],
	recurrent: bool
) -> EvolveFallbackGenome:
	var genes := EvolveFallbackGenes.new()
	for id in inputs:
		genes.insert_node(id, EvolveFallbackActivation.Code.IDENTITY)
	for place in outputs:
		genes.insert_node(OUT + place, EvolveFallbackActivation.Code.TANH)
	for id in hidden:
		genes.insert_node(id, EvolveFallbackActivation.Code.TANH)
	for pair in pairs:
		genes.insert_connection(pair[0], pair[1], 1.0)
	return EvolveFallbackGenome.of_genes(genes, recurrent)
