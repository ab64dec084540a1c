class_name EvolveFallbackNetwork
extends RefCounted
## A brain that thinks without the native library, with the very bits of RustNetwork.
##
## A genome is compiled once into flat arrays: steps in order, each with its range of edges.
## Recurrent brains remember a state for each agent, until [method reset].

const _SUM := EvolveFallbackActivation.Aggregation.SUM
const _MEAN := EvolveFallbackActivation.Aggregation.MEAN
const _PRODUCT := EvolveFallbackActivation.Aggregation.PRODUCT
const _LIMIT := EvolveFallbackMath.VALUE_LIMIT

var _inputs := 0
var _recurrent := false
# Of each node the slot of its value: inputs, then one for each step.
var _slots := PackedInt32Array()
# Slots of the outputs.
var _outputs := PackedInt32Array()
# Of each step; its edges begin where those of the step before end.
var _edge_ends := PackedInt32Array()
var _biases := PackedFloat32Array()
var _activations := PackedByteArray()
var _aggregations := PackedByteArray()
# Of each edge.
var _sources := PackedInt32Array()
var _weights := PackedFloat32Array()
# The state of the agent that thinks, of the one that thinks alone, and of each one of a batch.
var _values := PackedFloat32Array()
var _own_values := PackedFloat32Array()
var _agents: Array[PackedFloat32Array] = []
# The new values of a recurrent network, until all are there.
var _next := PackedFloat32Array()
# Where a total and a product are rounded to 32 bits.
var _total := PackedFloat32Array([0.0, 0.0])
var _math := EvolveFallbackActivation.new()


## The brain that a genome describes; null and an error without one.
static func of_genome(genome: EvolveFallbackGenome) -> EvolveFallbackNetwork:
	if genome == null:
		push_error(
			(
				"EvolveFallbackNetwork.of_genome: genome is null, but must be an"
				+ " EvolveFallbackGenome"
			)
		)
		return null
	var network := EvolveFallbackNetwork.new()
	network._recurrent = genome.is_recurrent()
	network._compile(genome.genes)
	return network


## The brain in the bytes of a champion's file (.evo); null and an error when they are none.
static func of_champion(data: PackedByteArray) -> EvolveFallbackNetwork:
	var file := EvolveFallbackPopulationFile.decode_champion(data)
	if not file.problem.is_empty():
		push_error("EvolveFallbackNetwork.of_champion: data is no champion: %s" % file.problem)
		return null
	return of_genome(file.genomes[0])


## Why observations are not one finite number for each input of so many agents; empty when they are.
static func problem_of(agents: int, width: int, observations: PackedFloat32Array) -> String:
	var given := observations.size()
	if given != agents * width:
		return (
			"observations has %d numbers, but must have %d, %d for each agent"
			% [given, agents * width, width]
		)
	for place in given:
		if not is_finite(observations[place]):
			return "observations[%d] is %s, but must be finite" % [place, observations[place]]
	return ""


## How many numbers an agent senses.
func inputs() -> int:
	return _inputs


## How many numbers an agent is given back.
func outputs() -> int:
	return _outputs.size()


## One tick of one agent. Empty, with an error, unless there is one finite number for each input.
func think(observations: PackedFloat32Array) -> PackedFloat32Array:
	var actions := PackedFloat32Array()
	if not _accepts("think", 1, observations):
		return actions
	_values = _own_values
	actions.resize(_outputs.size())
	_advance(observations, 0, actions, 0)
	return actions


## One tick of many agents, which stand one after the other in the observations and in what comes
## back. Another number of agents than in the tick before makes recurrent brains forget. Empty, with
## an error, unless there is one finite number for each input of each agent.
func think_batch(agents: int, observations: PackedFloat32Array) -> PackedFloat32Array:
	var actions := PackedFloat32Array()
	if not _accepts("think_batch", agents, observations):
		return actions
	if _recurrent and _agents.size() != agents:
		_agents.clear()
		for agent in agents:
			_agents.append(_zeros(_own_values.size()))
	actions.resize(agents * _outputs.size())
	_values = _own_values.duplicate()
	for agent in agents:
		if _recurrent:
			_values = _agents[agent]
		_advance(observations, agent * _inputs, actions, agent * _outputs.size())
	return actions


## Zeros for an agent whose state somebody else keeps, see [method advance].
func new_state() -> PackedFloat32Array:
	return _zeros(_own_values.size())


## One tick of an agent whose state somebody else keeps, from and to a place of longer arrays.
## Checks nothing: training calls it for every agent in every tick.
func advance(
	state: PackedFloat32Array,
	observations: PackedFloat32Array,
	begin: int,
	actions: PackedFloat32Array,
	acted: int
) -> void:
	_values = state
	_advance(observations, begin, actions, acted)


## What each node gave in the last tick of [method think], inputs first, in the order of the
## genome's nodes; zeros before the first. For pictures of a brain at work.
func activity() -> PackedFloat32Array:
	var values := PackedFloat32Array()
	for slot in _slots:
		values.append(_own_values[slot])
	return values


## Forget what recurrent brains remember.
func reset() -> void:
	_own_values.fill(0.0)
	_agents.clear()


func _accepts(method: String, agents: int, observations: PackedFloat32Array) -> bool:
	var given := observations.size()
	var problem := problem_of(agents, _inputs, observations)
	if agents < 0 or agents > given:
		problem = "agents is %d, but observations has %d numbers" % [agents, given]
	if not problem.is_empty():
		push_error("EvolveFallbackNetwork.%s: %s" % [method, problem])
	return problem.is_empty()


func _advance(
	observations: PackedFloat32Array, begin: int, actions: PackedFloat32Array, acted: int
) -> void:
	for index in _inputs:
		_values[index] = observations[begin + index]
	_step()
	if _recurrent:
		for step in _next.size():
			_values[_inputs + step] = _next[step]
	for slot in _outputs:
		actions[acted] = _values[slot]
		acted += 1


# Sums are folded here, without a call for each node: nearly every node has one.
func _step() -> void:
	var written := _next if _recurrent else _values
	var place := 0 if _recurrent else _inputs
	var edge := 0
	for step in _edge_ends.size():
		var end := _edge_ends[step]
		var aggregation := _aggregations[step]
		if aggregation == _SUM or aggregation == _MEAN:
			_total[0] = 0.0
			for place_of_edge in range(edge, end):
				_total[1] = _values[_sources[place_of_edge]] * _weights[place_of_edge]
				_total[0] += _total[1]
			if aggregation == _MEAN:
				_total[0] /= maxi(end - edge, 1)
		elif aggregation == _PRODUCT:
			_multiply(edge, end)
		else:
			_find_largest(edge, end)
		edge = end
		_total[0] += _biases[step]
		# A NaN becomes the lower end: maxf gives its second argument when they cannot be compared.
		var reached := minf(maxf(_total[0], -_LIMIT), _LIMIT)
		written[place] = _math.apply(_activations[step], reached)
		place += 1


func _multiply(begin: int, end: int) -> void:
	_total[0] = 1.0
	for edge in range(begin, end):
		_total[1] = _values[_sources[edge]] * _weights[edge]
		_total[0] *= _total[1]


func _find_largest(begin: int, end: int) -> void:
	_total[0] = 0.0 if begin == end else -INF
	for edge in range(begin, end):
		_total[1] = _values[_sources[edge]] * _weights[edge]
		if _total[1] > _total[0]:
			_total[0] = _total[1]


func _compile(genes: EvolveFallbackGenes) -> void:
	_inputs = genes.inputs()
	var order := PackedInt32Array(range(genes.node_ids.size()))
	if not _recurrent:
		order = genes.topological_order()
	var slots := PackedInt32Array(range(genes.node_ids.size()))
	var slot := _inputs
	for place in order:
		if place >= _inputs:
			slots[place] = slot
			slot += 1
	var incoming := _incoming(genes)
	for place in order:
		if place >= _inputs:
			_add_step(genes, place, incoming[place], slots)
	_slots = slots
	_outputs = slots.slice(_inputs, _inputs + genes.outputs())
	_own_values = _zeros(slots.size())
	_next = _zeros(_edge_ends.size())


# For each node the enabled genes that lead to it, in their order: sums are always taken in the
# same.
func _incoming(genes: EvolveFallbackGenes) -> Array[PackedInt32Array]:
	var incoming: Array[PackedInt32Array] = []
	incoming.resize(genes.node_ids.size())
	for gene in genes.connection_ids.size():
		if genes.connections_enabled[gene] != 0:
			incoming[genes.find_node(genes.connection_targets[gene])].append(gene)
	return incoming


func _add_step(
	genes: EvolveFallbackGenes, place: int, incoming: PackedInt32Array, slots: PackedInt32Array
) -> void:
	for gene in incoming:
		_sources.append(slots[genes.find_node(genes.connection_sources[gene])])
		_weights.append(genes.connection_weights[gene])
	_edge_ends.append(_sources.size())
	_biases.append(genes.node_biases[place])
	_activations.append(genes.node_activations[place])
	_aggregations.append(genes.node_aggregations[place])


static func _zeros(count: int) -> PackedFloat32Array:
	var zeros := PackedFloat32Array()
	zeros.resize(count)
	return zeros
