class_name EvolveFallbackWorkBatch
extends RefCounted
## Work units together with the brains that play them: RustWorkBatch's calls and bits.
##
## A unit is one episode with a seed, a tick limit and one or more members. Each member has a row.

var _config: EvolveFallbackRunConfig
var _ids := PackedInt64Array()
var _seeds := PackedInt64Array()
# Rows of a unit.
var _group := 1
# Of each row.
var _owners := PackedInt32Array()
var _networks: Array[EvolveFallbackNetwork] = []
var _states: Array[PackedFloat32Array] = []
# What was noted in units that are not scored yet, by unit and member.
var _noted: Dictionary[int, Dictionary] = {}
var _results: Array[EvolveFallbackUnitResult] = []


## No units yet, of so many members each.
static func of(config: EvolveFallbackRunConfig, group: int) -> EvolveFallbackWorkBatch:
	var batch := EvolveFallbackWorkBatch.new()
	batch._config = config
	batch._group = group
	return batch


## Adds a unit; its rows follow.
func add_unit(id: int, unit_seed_given: int) -> void:
	_ids.append(id)
	_seeds.append(unit_seed_given)


## Adds the row of a member.
func add_row(owner: int, network: EvolveFallbackNetwork) -> void:
	_owners.append(owner)
	_networks.append(network)
	_states.append(network.new_state())


## The results since the last call.
func take_results() -> Array[EvolveFallbackUnitResult]:
	var taken := _results
	_results = []
	return taken


## How many units there are.
func unit_count() -> int:
	return _ids.size()


## The seed that decides all chance in the episode of a unit.
func unit_seed(unit: int) -> int:
	return _seeds[unit] if _is_unit("unit_seed", unit) else 0


## The most ticks that the episode of a unit lasts.
func unit_ticks(unit: int) -> int:
	return _config.episode_ticks if _is_unit("unit_ticks", unit) else 0


## The rows of the members of a unit.
func unit_members(unit: int) -> PackedInt32Array:
	if not _is_unit("unit_members", unit):
		return PackedInt32Array()
	return PackedInt32Array(range(unit * _group, (unit + 1) * _group))


## Which population the member of a row belongs to, by its place among the run's populations.
func population(member: int) -> int:
	return _owners[member] if _is_member("population", member) else 0


## How many rows there are.
func member_count() -> int:
	return _owners.size()


## How many numbers the member of a row senses.
func inputs(member: int) -> int:
	return _networks[member].inputs() if _is_member("inputs", member) else 0


## How many numbers the member of a row gives.
func outputs(member: int) -> int:
	return _networks[member].outputs() if _is_member("outputs", member) else 0


## One tick of the rows named. The observations stand one member after the other, in the order of
## the rows; so do the actions that come back. Empty, with an error, when the numbers don't fit.
func think(members: PackedInt32Array, observations: PackedFloat32Array) -> PackedFloat32Array:
	var actions := PackedFloat32Array()
	var problem := _thinking_problem(members, observations)
	if not problem.is_empty():
		_refuse("think", problem)
		return actions
	var acted := 0
	for member in members:
		acted += _networks[member].outputs()
	actions.resize(acted)
	var seen := 0
	acted = 0
	for member in members:
		var network := _networks[member]
		network.advance(_states[member], observations, seen, actions, acted)
		seen += network.inputs()
		acted += network.outputs()
	return actions


## Names of what each member is scored on; the first is its fitness.
func objectives() -> PackedStringArray:
	return _config.objectives


## Names of the numbers that describe how a member behaved; empty when nobody asks.
func behaviour() -> PackedStringArray:
	return _config.behaviour


## Notes the metrics of a member of a unit, by its place there: named numbers that select nobody and
## are recorded. Call it before [method score]; a name that is noted again gets the new value.
## False, with an error, when they make no sense.
func note(unit: int, member: int, names: PackedStringArray, values: PackedFloat64Array) -> bool:
	if not _is_unit("note", unit):
		return false
	var problem := _metrics_problem(member, names, values)
	if not problem.is_empty():
		_refuse("note", "unit %d: %s" % [unit, problem])
		return false
	var noted: Dictionary = _noted.get_or_add(unit, {} as Dictionary[int, Dictionary])
	var by_name: Dictionary = noted.get_or_add(member, {})
	for place in names.size():
		by_name[names[place]] = values[place]
	return true


## The scores of a finished unit: for each member a number for each of [method objectives] and a
## number for each of [method behaviour]; and the agent-steps it took. False, with an error, when
## they don't fit.
func score(
	unit: int, scores: PackedFloat64Array, described: PackedFloat64Array, steps: int
) -> bool:
	if not _is_unit("score", unit):
		return false
	var problem := _numbers_problem(unit, "scores", scores, _config.objectives.size())
	if problem.is_empty():
		var width := _config.behaviour.size()
		problem = _numbers_problem(unit, "numbers of behaviour", described, width)
	if not problem.is_empty():
		_refuse("score", problem)
		return false
	var result := EvolveFallbackUnitResult.new()
	result.id = _ids[unit]
	result.steps = maxi(steps, 0)
	result.scores = scores.duplicate()
	result.behaviour = described.duplicate()
	if _noted.has(unit):
		result.metrics = _noted[unit]
		_noted.erase(unit)
	_results.append(result)
	return true


func _numbers_problem(unit: int, what: String, given: PackedFloat64Array, width: int) -> String:
	if given.size() != _group * width:
		return (
			"unit %d has %d members and wants %d %s, but %d were given"
			% [unit, _group, _group * width, what, given.size()]
		)
	for number in given:
		if not is_finite(number):
			return "unit %d has %s among its %s, but they must be finite" % [unit, number, what]
	return ""


func _metrics_problem(member: int, names: PackedStringArray, values: PackedFloat64Array) -> String:
	if names.size() != values.size():
		return "%d metrics were given for %d names" % [values.size(), names.size()]
	if member < 0 or member >= _group:
		return "member is %d, but there are %d, counted from 0" % [member, _group]
	for place in names.size():
		var problem := EvolveNames.metric_problem(names[place], values[place])
		if not problem.is_empty():
			return problem
	return ""


func _thinking_problem(members: PackedInt32Array, observations: PackedFloat32Array) -> String:
	var expected := 0
	for member in members:
		if member < 0 or member >= _networks.size():
			return "row %d is no member of this batch, which has %d" % [member, _networks.size()]
		expected += _networks[member].inputs()
	if expected != observations.size():
		return (
			"%d observations were given where the %d agents named sense %d"
			% [observations.size(), members.size(), expected]
		)
	var place := 0
	for member in members:
		for index in _networks[member].inputs():
			if not is_finite(observations[place]):
				return (
					"observation %d of row %d is %s, but observations must be finite"
					% [index, member, observations[place]]
				)
			place += 1
	return ""


func _is_unit(method: String, unit: int) -> bool:
	var is_there := unit >= 0 and unit < _ids.size()
	if not is_there:
		_refuse(method, "unit is %d, but this batch has %d" % [unit, _ids.size()])
	return is_there


func _is_member(method: String, member: int) -> bool:
	var is_there := member >= 0 and member < _owners.size()
	if not is_there:
		_refuse(method, "member is %d, but this batch has %d" % [member, _owners.size()])
	return is_there


func _refuse(method: String, problem: String) -> void:
	EvolveFallbackRefusal.refuse("EvolveFallbackWorkBatch.%s" % method, problem)
