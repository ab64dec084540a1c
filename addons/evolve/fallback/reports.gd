class_name EvolveFallbackReports
extends RefCounted
## What a run tells of itself, as RustEvolution's dictionaries have it.


## The part of a generation's report that follows from its scores.
static func of_scores(
	config: EvolveFallbackRunConfig, scores: Array[EvolveFallbackScores]
) -> Dictionary:
	var populations: Array[Dictionary] = []
	for place in scores.size():
		var population := _summary(config, scores[place], 0, config.populations[place]["name"])
		population["best_ever"] = 0.0
		population["objectives"] = _objectives(config, scores[place])
		population["metrics"] = []
		populations.append(population)
	var objectives := _objectives(config, scores[0])
	return {
		"generation": 0,
		"best": objectives[0]["best"],
		"mean": objectives[0]["mean"],
		"best_ever": 0.0,
		"objectives": objectives,
		"metrics": [],
		"front": 0,
		"archive": 0,
		"elites": 0,
		"populations": populations,
	}


## The brains of a population that are worth keeping, in a run that scores this generation next.
static func gallery(
	config: EvolveFallbackRunConfig, lineage: EvolveFallbackLineage, generation: int
) -> Array[Dictionary]:
	if lineage.champion == null:
		return []
	if not config.is_nsga2:
		var fitness := lineage.champion_fitness
		var row := PackedFloat64Array([fitness])
		return [_exhibit(fitness, lineage.champion_generation, row, PackedFloat64Array())]
	var shown: Array[Dictionary] = []
	var scored := config.objectives.size()
	for place in lineage.front:
		var row := lineage.parents.row(place)
		# Parents were scored in the generation before.
		shown.append(_exhibit(row[0], generation - 1, row.slice(0, scored), row.slice(scored)))
	return shown


## How populations stand between two generations.
static func standing(
	config: EvolveFallbackRunConfig, lineages: Array[EvolveFallbackLineage]
) -> Array[Dictionary]:
	var all: Array[Dictionary] = []
	for place in lineages.size():
		var lineage := lineages[place]
		var connections := 0
		var hidden := 0
		for member in lineage.members:
			connections += member.connection_count()
			hidden += member.genes.hidden()
		(
			all
			. append(
				{
					"name": config.populations[place]["name"],
					"members": lineage.members.size(),
					"species": lineage.species.count(),
					"threshold": lineage.species.threshold(),
					"mean_connections": connections / float(lineage.members.size()),
					"mean_hidden_nodes": hidden / float(lineage.members.size()),
					"simplifying": lineage.phase.simplifying,
					"front": lineage.front,
					"archive": 0,
					"elites": 0,
				}
			)
		)
	return all


static func _objectives(
	config: EvolveFallbackRunConfig, scores: EvolveFallbackScores
) -> Array[Dictionary]:
	var objectives: Array[Dictionary] = []
	for column in config.objectives.size():
		objectives.append(_summary(config, scores, column, config.objectives[column]))
	return objectives


static func _summary(
	config: EvolveFallbackRunConfig, scores: EvolveFallbackScores, column: int, name: String
) -> Dictionary:
	var values := scores.column(column)
	var is_maximised := config.maximised[column] == 1
	var best := values[0]
	for value in values:
		best = maxf(best, value) if is_maximised else minf(best, value)
	return {"name": name, "best": best, "mean": EvolveFallbackScores.mean(values)}


static func _exhibit(
	fitness: float, generation: int, objectives: PackedFloat64Array, behaviour: PackedFloat64Array
) -> Dictionary:
	return {
		"fitness": fitness,
		"generation": generation,
		"objectives": objectives,
		"behaviour": behaviour,
	}
