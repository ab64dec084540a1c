class_name EvolveFallbackSchedule
extends RefCounted
## Which units a generation has, which of them were handed out, and what came of them.
##
## A member plays alone, once for each repeat, or a group of every population meets. With NSGA-II
## parents play beside their offspring, unless they play alone in episodes that are always the same:
## then they keep their scores.

## Players of a unit.
var group := 1
## The population of each player, one unit after the other.
var owners := PackedInt32Array()
## Their places in their populations.
var members := PackedInt32Array()
## How many units, the first ones, were handed out.
var handed_out := 0
## Agent-steps told.
var steps := 0

var _config: EvolveFallbackRunConfig
var _seed := 0
var _generation := 0
# A row for each player, of zeros until it is told.
var _scores: EvolveFallbackScores
var _tally := EvolveFallbackTally.new()
var _is_done := PackedByteArray()
var _done := 0


## The units of a generation.
static func of(
	config: EvolveFallbackRunConfig,
	run_seed: int,
	generation: int,
	lineages: Array[EvolveFallbackLineage]
) -> EvolveFallbackSchedule:
	var schedule := EvolveFallbackSchedule.new()
	schedule._config = config
	schedule._seed = run_seed
	schedule._generation = generation
	if config.together:
		schedule._list_meetings(lineages)
	else:
		schedule._list_soloists(lineages)
	schedule._scores = EvolveFallbackScores.zeros(schedule.owners.size(), config.width())
	schedule._is_done.resize(schedule.units())
	return schedule


## Work units of the generation.
func units() -> int:
	return floori(owners.size() / float(group))


## Whether nothing is told yet.
func is_untold() -> bool:
	return _done == 0


## Whether everything is told.
func is_complete() -> bool:
	return _done == units()


## The seed of a unit's episode. Every member meets the same episodes, so that luck is shared out
## evenly; units of one repeat share a seed.
func episode_seed(place: int) -> int:
	var random := EvolveFallbackStream.of(
		_seed,
		0,
		0 if _config.fixed_seeds else _generation,
		place % _config.repeats,
		EvolveFallbackStream.Purpose.EPISODE
	)
	return (random.bits() >> 1) & 0x7fff_ffff_ffff_ffff


## Takes what came of a unit; false when it has been told before.
func record(place: int, result: EvolveFallbackUnitResult) -> bool:
	if _is_done[place] == 1:
		return false
	_is_done[place] = 1
	_done += 1
	steps += result.steps
	_tally.record(place, result.metrics)
	var width := _config.width()
	var scored := _config.objectives.size()
	for player in group:
		var first := (place * group + player) * width
		for at in scored:
			_scores.rows[first + at] = result.scores[player * scored + at]
		for at in width - scored:
			_scores.rows[first + scored + at] = result.behaviour[player * (width - scored) + at]
	return true


## What every member of every population was scored: the mean of its episodes, added up in their
## order.
func scores(lineages: Array[EvolveFallbackLineage]) -> Array[EvolveFallbackScores]:
	var all: Array[EvolveFallbackScores] = []
	var episodes: Array[PackedInt32Array] = []
	for lineage in lineages:
		all.append(EvolveFallbackScores.zeros(lineage.members.size(), _config.width()))
		var counts := PackedInt32Array()
		counts.resize(lineage.members.size())
		episodes.append(counts)
	for player in owners.size():
		all[owners[player]].add(members[player], _scores, player)
		episodes[owners[player]][members[player]] += 1
	for place in lineages.size():
		for member in episodes[place].size():
			if episodes[place][member] > 1:
				all[place].divide(member, episodes[place][member])
		if _keeps_scores():
			for at in lineages[place].parents.rows.size():
				all[place].rows[at] = lineages[place].parents.rows[at]
	return all


## The names of what was noted so far, as keys.
func metric_names() -> Dictionary:
	return _tally.names()


## What the episodes of each population noted.
func metrics(populations: int) -> Array[Array]:
	return _tally.reports(populations, owners, group)


# Parents that play the same episodes alone again would be scored the same again.
func _keeps_scores() -> bool:
	return _config.fixed_seeds and not _config.together


func _list_soloists(lineages: Array[EvolveFallbackLineage]) -> void:
	for place in lineages.size():
		var known := lineages[place].parents.size() if _keeps_scores() else 0
		for member in range(known, lineages[place].members.size()):
			for _repeat in _config.repeats:
				owners.append(place)
				members.append(member)


# In each repeat a population stands in another random order, and goes round until the one with the
# most groups has been through.
func _list_meetings(lineages: Array[EvolveFallbackLineage]) -> void:
	var groups := PackedInt32Array()
	var rounds := 0
	for place in lineages.size():
		groups.append(_config.populations[place]["group"])
		rounds = maxi(rounds, ceili(lineages[place].members.size() / float(groups[place])))
	var orders: Array[PackedInt32Array] = []
	for repeat in _config.repeats:
		for place in lineages.size():
			orders.append(_order(lineages[place].members.size(), place, repeat))
	for lap in rounds:
		for repeat in _config.repeats:
			for place in lineages.size():
				var order := orders[repeat * lineages.size() + place]
				for seat in groups[place]:
					owners.append(place)
					members.append(order[(lap * groups[place] + seat) % order.size()])
	group = 0
	for count in groups:
		group += count


# The members of a population in the order in which they meet the others.
func _order(count: int, place: int, repeat: int) -> PackedInt32Array:
	var random := EvolveFallbackStream.of(
		_seed, place, _generation, repeat, EvolveFallbackStream.Purpose.MEETING
	)
	return EvolveFallbackNsga2.shuffled(count, random)
