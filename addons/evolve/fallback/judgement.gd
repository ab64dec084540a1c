class_name EvolveFallbackJudgement
extends RefCounted
## What a way of selecting makes of a scored generation: who may become a parent, and how fit they
## are.
##
## With NSGA-II parents and offspring compete, and whoever is chosen breeds within species. Fitter
## is a lower rank, then a larger crowding distance, then a lower index; the merit of a member is
## its place from the end.

## How fit the members are that may become parents; larger is fitter.
var merit := PackedFloat64Array()
## What they were scored.
var scores: EvolveFallbackScores

# NSGA-II: 1 for members that mean progress for their species; else a better merit is.
var _news := PackedByteArray()


## Judges a population; with NSGA-II only those that are chosen remain in it.
static func of(
	lineage: EvolveFallbackLineage, given: EvolveFallbackScores, config: EvolveFallbackRunConfig
) -> EvolveFallbackJudgement:
	var judgement := EvolveFallbackJudgement.new()
	judgement.scores = given
	if config.is_nsga2:
		judgement._choose(lineage, config)
		return judgement
	for fitness in given.column(0):
		judgement.merit.append(config.merit(fitness))
	return judgement


## Whether a family means progress for its species, whose best score so far is given.
func is_progress(family: EvolveFallbackFamily, best: float) -> bool:
	if _news.is_empty():
		return family.best > best
	return family.members.any(func(member: int) -> bool: return _news[member] == 1)


func _choose(lineage: EvolveFallbackLineage, config: EvolveFallbackRunConfig) -> void:
	var width := config.objectives.size() + (1 if config.counts_genes else 0)
	var values := _criteria(lineage, config)
	var minimise := PackedByteArray()
	var selection := EvolveFallbackNsga2.new()
	var before := lineage.parents.size()
	var size := before if before > 0 else scores.size()
	var ranks := selection.ranks(values, width, minimise)
	var distances := selection.crowding(values, width, ranks, false)
	var chosen: Array[int] = []
	chosen.assign(selection.select(values, width, minimise, size))
	chosen.sort_custom(
		func(one: int, other: int) -> bool:
			return EvolveFallbackNsga2.is_fitter(ranks, distances, one, other) and one != other
	)
	lineage.front = 0
	var members: Array[EvolveFallbackGenome] = []
	for place in size:
		var member := chosen[place]
		var is_front := ranks[member] == 0
		lineage.front += 1 if is_front else 0
		# Whoever is new and dominated by nobody is progress for its species.
		_news.append(1 if member >= before and is_front else 0)
		merit.append(float(size - 1 - place))
		members.append(lineage.members[member])
	lineage.members = members
	scores = scores.of_members(chosen)
	lineage.parents = scores


# What dominance is judged by, less is better: the objectives, and size where it is wanted. Ties of
# crowding go by index in the order of these numbers, so what is maximised is turned here.
func _criteria(
	lineage: EvolveFallbackLineage, config: EvolveFallbackRunConfig
) -> PackedFloat64Array:
	var values := PackedFloat64Array()
	for member in scores.size():
		for objective in config.objectives.size():
			var value := scores.rows[member * scores.width + objective]
			values.append(0.0 - value if config.maximised[objective] == 1 else value + 0.0)
		if config.counts_genes:
			values.append(float(EvolveFallbackPhase.genes_of(lineage.members[member])))
	return values
