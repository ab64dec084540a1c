extends RefCounted
## NEAT's mutation, crossover and distance on plain genomes, with the rates of our defaults.

const Genome := preload("genome.gd")

const ADD_NODE := 0.02
const ADD_CONNECTION := 0.3
const TRIES := 20
const CHANGE_WEIGHTS := 0.8
const CHANGE_BIASES := 0.9
const REPLACE := 0.1
const POWER := 0.75
const DEVIATION := 2.0
const LIMIT := 30.0
const DISABLE := 0.75

var random := RandomNumberGenerator.new()
var innovations: Genome.Innovations


func _init(known: Genome.Innovations) -> void:
	innovations = known
	random.seed = 7


func mutate(genome: Genome) -> void:
	if random.randf() < ADD_NODE:
		_add_node(genome)
	if random.randf() < ADD_CONNECTION:
		_add_connection(genome)
	if random.randf() < CHANGE_WEIGHTS:
		_change(genome.weights, 0)
	if random.randf() < CHANGE_BIASES:
		_change(genome.biases, genome.inputs)


func child_of(first: Genome, second: Genome) -> Genome:
	var child: Genome = first.copy()
	var mine := child.inputs
	var theirs := child.inputs
	var ids := child.node_ids
	var other_ids := second.node_ids
	while mine < ids.size() and theirs < other_ids.size():
		var id := ids[mine]
		var other_id := other_ids[theirs]
		if id == other_id:
			if random.randi() & 1:
				child.biases[mine] = second.biases[theirs]
			mine += 1
			theirs += 1
		elif id < other_id:
			mine += 1
		else:
			theirs += 1
	_mix_connections(child, second)
	return child


func _mix_connections(child: Genome, second: Genome) -> void:
	var mine := 0
	var theirs := 0
	var ids := child.connection_ids
	var other_ids := second.connection_ids
	while mine < ids.size() and theirs < other_ids.size():
		var id := ids[mine]
		var other_id := other_ids[theirs]
		if id == other_id:
			if random.randi() & 1:
				child.weights[mine] = second.weights[theirs]
			if child.enabled[mine] & second.enabled[theirs] == 0:
				child.enabled[mine] = 0 if random.randf() < DISABLE else 1
			mine += 1
			theirs += 1
		elif id < other_id:
			mine += 1
		else:
			theirs += 1


func _change(numbers: PackedFloat64Array, begin: int) -> void:
	for place in range(begin, numbers.size()):
		if random.randf() < REPLACE:
			numbers[place] = clampf(random.randfn(0.0, DEVIATION), -LIMIT, LIMIT)
		else:
			numbers[place] = clampf(numbers[place] + random.randfn(0.0, POWER), -LIMIT, LIMIT)


func _add_node(genome: Genome) -> void:
	var place := random.randi_range(0, genome.connection_ids.size() - 1)
	if genome.enabled[place] == 0:
		return
	var id := innovations.split(genome.connection_ids[place])
	var where := genome.node_ids.bsearch(id)
	if where < genome.node_ids.size() and genome.node_ids[where] == id:
		return
	var source := genome.sources[place]
	var target := genome.targets[place]
	var weight := genome.weights[place]
	genome.enabled[place] = 0
	genome.node_ids.insert(where, id)
	genome.biases.insert(where, 0.0)
	_insert(genome, source, id, 1.0)
	_insert(genome, id, target, weight)


func _add_connection(genome: Genome) -> void:
	var last := genome.node_ids.size() - 1
	for attempt in TRIES:
		var source := genome.node_ids[random.randi_range(0, last)]
		var target := genome.node_ids[random.randi_range(genome.inputs, last)]
		var id := innovations.connection(source, target)
		var place := genome.connection_ids.bsearch(id)
		if place < genome.connection_ids.size() and genome.connection_ids[place] == id:
			if genome.enabled[place] == 0:
				genome.enabled[place] = 1
				return
		elif not _leads_to(genome, target, source):
			_insert(genome, source, target, clampf(random.randfn(0.0, DEVIATION), -LIMIT, LIMIT))
			return


func _insert(genome: Genome, source: int, target: int, weight: float) -> void:
	var id := innovations.connection(source, target)
	var place := genome.connection_ids.bsearch(id)
	genome.connection_ids.insert(place, id)
	genome.sources.insert(place, source)
	genome.targets.insert(place, target)
	genome.weights.insert(place, weight)
	genome.enabled.insert(place, 1)


# Inputs are led to by nothing and outputs of first genomes lead nowhere: most searches end at once.
func _leads_to(genome: Genome, from: int, to: int) -> bool:
	if from == to:
		return true
	if to < genome.inputs or not from in genome.sources:
		return false
	var seen: Dictionary[int, bool] = {from: true}
	var open := PackedInt32Array([from])
	while not open.is_empty():
		var here := open[open.size() - 1]
		open.resize(open.size() - 1)
		var place := genome.sources.find(here)
		while place >= 0:
			var target := genome.targets[place]
			if target == to:
				return true
			if not seen.has(target):
				seen[target] = true
				open.append(target)
			place = genome.sources.find(here, place + 1)
	return false
