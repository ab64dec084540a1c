class_name EvolveFallbackLineage
extends RefCounted
## One population of a run, from generation to generation: the native library's order, streams and
## bits.

## Its members. With NSGA-II the parents, the fittest first, and then as many offspring.
var members: Array[EvolveFallbackGenome] = []
## Its species.
var species: EvolveFallbackSpecies
## Of each species, by its number: the generation it began in.
var created: Dictionary[int, int] = {}
## Of each species, by its number: the generation its best score was found in.
var improved: Dictionary[int, int] = {}
## Of each species, by its number: its best score so far.
var bests: Dictionary[int, float] = {}
## Whether it grows or is simplified.
var phase: EvolveFallbackPhase
## NSGA-II: what the parents, who are the first members, were scored, the fittest first.
var parents: EvolveFallbackScores
## NSGA-II: so many of the parents are dominated by nobody.
var front := 0
## The best member there ever was; null before the first generation is scored.
var champion: EvolveFallbackGenome = null
## What the champion was scored.
var champion_fitness := NAN
## The generation in which it was first the best.
var champion_generation := 0

var _config: EvolveFallbackRunConfig
var _seed := 0
var _place := 0


## A population without members.
static func of(config: EvolveFallbackRunConfig, run_seed: int, place: int) -> EvolveFallbackLineage:
	var lineage := EvolveFallbackLineage.new()
	lineage._config = config
	lineage._seed = run_seed
	lineage._place = place
	lineage.species = EvolveFallbackSpecies.of_settings(config.settings)
	lineage.phase = EvolveFallbackPhase.new()
	lineage.parents = EvolveFallbackScores.zeros(0, config.width())
	return lineage


## The first generation of a population.
static func initial(
	config: EvolveFallbackRunConfig, run_seed: int, place: int
) -> EvolveFallbackLineage:
	var lineage := of(config, run_seed, place)
	var shape := config.shape(place)
	for index: int in config.populations[place]["size"]:
		var random := EvolveFallbackStream.of(
			run_seed, place, 0, index, EvolveFallbackStream.Purpose.INITIAL
		)
		var inputs: int = shape["inputs"].size()
		var outputs: int = shape["outputs"].size()
		var genes := EvolveFallbackGenes.initial(inputs, outputs, config.settings, random)
		lineage.members.append(EvolveFallbackGenome.of_genes(genes, config.settings.recurrent))
	lineage.phase = EvolveFallbackPhase.initial(lineage.members)
	return lineage


## Makes the next generation of a scored one, and says of each species what it was like.
func breed(scores: EvolveFallbackScores, generation: int) -> Array[Dictionary]:
	_crown(scores, generation)
	var judgement := EvolveFallbackJudgement.of(self, scores, _config)
	var places := species.speciate(members)
	var ids := species.ids()
	_note_founders(ids, generation)
	var families := EvolveFallbackFamily.of_places(places, ids.size(), judgement.merit)
	_note_progress(families, ids, judgement, generation)
	var reports: Array[Dictionary] = []
	for family in families:
		reports.append(_report(family, ids, judgement.scores))
	species.adapt_threshold(families.size())
	var dates := PackedInt64Array()
	for id in ids:
		dates.append(improved[id])
	families = EvolveFallbackFamily.lively(families, dates, generation, _config.settings)
	phase.advance(members, generation, _config)
	_replace(families, ids, judgement.merit, generation)
	return reports


# A new champion must be better, not only as good: of equals the first one stays.
func _crown(scores: EvolveFallbackScores, generation: int) -> void:
	var best := 0
	for member in scores.size():
		if _config.merit(scores.fitness(member)) > _config.merit(scores.fitness(best)):
			best = member
	var fitness := scores.fitness(best)
	if champion == null or _config.merit(fitness) > _config.merit(champion_fitness):
		champion = members[best]
		champion_fitness = fitness
		champion_generation = generation


func _note_founders(ids: PackedInt64Array, generation: int) -> void:
	for id in ids:
		if not created.has(id):
			created[id] = generation
			improved[id] = generation
			bests[id] = -INF


func _note_progress(
	families: Array[EvolveFallbackFamily],
	ids: PackedInt64Array,
	judgement: EvolveFallbackJudgement,
	generation: int
) -> void:
	for family in families:
		var id := ids[family.species]
		if judgement.is_progress(family, bests[id]):
			improved[id] = generation
		bests[id] = maxf(bests[id], family.best)


func _report(
	family: EvolveFallbackFamily, ids: PackedInt64Array, scores: EvolveFallbackScores
) -> Dictionary:
	var best := scores.fitness(family.members[0])
	var fitness := PackedFloat64Array()
	for member in family.members:
		var score := scores.fitness(member)
		best = score if _config.merit(score) > _config.merit(best) else best
		fitness.append(score)
	return {
		"population": _config.populations[_place]["name"],
		"id": ids[family.species],
		"size": family.members.size(),
		"best": best,
		"mean": EvolveFallbackScores.mean(fitness),
	}


func _replace(
	families: Array[EvolveFallbackFamily],
	ids: PackedInt64Array,
	merit: PackedFloat64Array,
	generation: int
) -> void:
	var nursery := EvolveFallbackNursery.new()
	nursery.settings = _config.simplifying_settings if phase.simplifying else _config.settings
	nursery.members = members
	nursery.merit = merit
	# With NSGA-II the parents themselves live on, beside all of their offspring.
	nursery.elitism = 0
	if not _config.is_nsga2:
		nursery.elitism = int(_config.settings.numbers["reproduction.elitism"])
	nursery.families = families
	nursery.run_seed = _seed
	nursery.population = _place
	nursery.generation = generation
	var quotas := EvolveFallbackQuotas.of(families, members.size(), _config.settings)
	var offspring := nursery.breed(quotas)
	_keep_species(families, ids, generation)
	members = members + offspring if _config.is_nsga2 else offspring


# Species that have offspring live on, each represented by a random member of the old generation.
func _keep_species(
	families: Array[EvolveFallbackFamily], ids: PackedInt64Array, generation: int
) -> void:
	var places := PackedInt32Array()
	var representatives: Array[EvolveFallbackGenome] = []
	var living: Dictionary[int, bool] = {}
	for family in families:
		var id := ids[family.species]
		var random := EvolveFallbackStream.of(
			_seed, _place, generation, id, EvolveFallbackStream.Purpose.REPRESENTATIVE
		)
		places.append(family.species)
		representatives.append(members[family.members[random.below(family.members.size())]])
		living[id] = true
	species.keep(places, representatives)
	for records: Dictionary in [created, improved, bests]:
		for id: int in records.keys():
			if not living.has(id):
				records.erase(id)
