class_name EvolveFallbackEvolution
extends RefCounted
## A run without the native library: RustEvolution's calls, and the same champions, reports and
## checkpoints to the bit, but for small populations: breeding takes a hundred times as long, the
## XOR demo as a whole three times.
##
## It asks for scores, is told them, and breeds the next generation. Novelty, MAP-Elites and k-means
## are the library's alone, and refused.

const _CREATE := "EvolveFallbackEvolution.create"

var _config: EvolveFallbackRunConfig
var _seed := 0
var _generation := 0
var _evaluations := 0
var _lineages: Array[EvolveFallbackLineage] = []
var _schedule: EvolveFallbackSchedule


## Begins a run from a configuration in JSON and a seed that is not negative. Null, an error and
## [member EvolveFallbackRefusal.last] when the configuration makes no sense or needs the library.
static func create(config_json_given: String, run_seed: int) -> EvolveFallbackEvolution:
	var config := EvolveFallbackRunConfig.parse(config_json_given)
	var problem := config.problem
	if run_seed < 0:
		problem = "seed is %d, but must not be negative" % run_seed
	if not problem.is_empty():
		EvolveFallbackRefusal.refuse(_CREATE, problem)
		return null
	var evolution := EvolveFallbackEvolution.new()
	evolution._config = config
	evolution._seed = run_seed
	for place in config.populations.size():
		evolution._lineages.append(EvolveFallbackLineage.initial(config, run_seed, place))
	evolution._plan()
	return evolution


## Goes on from a checkpoint, the library's or one of these. Null and an error when it cannot be
## read, or its run needs the library.
static func resume(path: String) -> EvolveFallbackEvolution:
	var saved := EvolveFallbackSavedRun.read(path)
	if not saved.problem.is_empty():
		EvolveFallbackRefusal.refuse("EvolveFallbackEvolution.resume", saved.problem)
		return null
	var evolution := EvolveFallbackEvolution.new()
	evolution._config = saved.config
	evolution._seed = saved.run_seed
	evolution._generation = saved.generation
	evolution._evaluations = saved.evaluations
	evolution._lineages = saved.lineages
	evolution._plan()
	return evolution


## The generation being scored, from 0; so also how many are finished.
func generation() -> int:
	return _generation


## The seed the run began with.
func seed() -> int:
	return _seed


## The whole configuration, defaults filled in, as JSON with sorted keys.
func config_json() -> String:
	return EvolveFallbackCanonicalJson.of(_config.to_dictionary())


## Work units in a generation.
func units() -> int:
	return _schedule.units()


## Units of this generation that nobody has asked for yet.
func units_waiting() -> int:
	return _schedule.units() - _schedule.handed_out


## Units scored since the run began.
func evaluations() -> int:
	return _evaluations


## The champion's fitness; NAN before the first generation is scored.
func best_fitness() -> float:
	return _lineages[0].champion_fitness


## Whether the champion is at least as good as a fitness: not below it, or not above it when fitness
## is minimised.
func reaches(fitness: float) -> bool:
	if _lineages[0].champion == null:
		return false
	return _config.merit(_lineages[0].champion_fitness) >= _config.merit(fitness)


## Up to [param count] work units with their brains; null while every unit of the generation is out.
func ask(count: int) -> EvolveFallbackWorkBatch:
	var first := _schedule.handed_out
	_schedule.handed_out = mini(first + maxi(count, 0), _schedule.units())
	if _schedule.handed_out == first:
		return null
	var group := _schedule.group
	var batch := EvolveFallbackWorkBatch.of(_config, group)
	var networks: Dictionary[EvolveFallbackGenome, EvolveFallbackNetwork] = {}
	for place in range(first, _schedule.handed_out):
		batch.add_unit((_generation << 32) | place, _schedule.episode_seed(place))
		for player in range(place * group, (place + 1) * group):
			var owner := _schedule.owners[player]
			var genome := _lineages[owner].members[_schedule.members[player]]
			if not networks.has(genome):
				networks[genome] = EvolveFallbackNetwork.of_genome(genome)
			batch.add_row(owner, networks[genome])
	return batch


## Takes the scores of a batch. An empty dictionary until the generation's last score is in; then
## the next generation is bred, and the dictionary is RustEvolution's report of the old one.
func tell(batch: EvolveFallbackWorkBatch) -> Dictionary:
	var results := batch.take_results()
	var problem := _results_problem(results)
	if not problem.is_empty():
		EvolveFallbackRefusal.refuse("EvolveFallbackEvolution.tell", problem)
		return {}
	var report := {}
	for result in results:
		if result.id >> 32 != _generation:
			continue
		if not _schedule.record(result.id & 0xffff_ffff, result):
			continue
		_evaluations += 1
		if _schedule.is_complete():
			report = _next_generation()
	return report


## The brains of a population that are worth keeping: with NSGA-II those whom nobody dominates, else
## the champion; a dictionary each, with [code]fitness[/code], [code]generation[/code],
## [code]objectives[/code] and [code]behaviour[/code].
func gallery(population: int) -> Array[Dictionary]:
	if not _is_population("gallery", population):
		return []
	return EvolveFallbackReports.gallery(_config, _lineages[population], _generation)


## How the run stands, for panels and logs, as RustEvolution says it.
func statistics() -> Dictionary:
	return {
		"generation": _generation,
		"evaluations": _evaluations,
		"best_fitness": best_fitness(),
		"populations": EvolveFallbackReports.standing(_config, _lineages),
	}


## A copy of a member of the present generation; null and an error when there is none.
func member(population: int, index: int) -> EvolveFallbackGenome:
	if not _is_population("member", population):
		return null
	var members := _lineages[population].members
	if index >= 0 and index < members.size():
		return members[index].copy()
	_refuse("member", "index is %d, but the population has %d members" % [index, members.size()])
	return null


## A copy of the genome of a population's champion; null before the first generation is scored.
func champion(population: int) -> EvolveFallbackGenome:
	if not _is_population("champion", population) or _lineages[population].champion == null:
		return null
	return _lineages[population].champion.copy()


## Writes a checkpoint, which the native library resumes; gives its digest, or an empty text and an
## error. Only between generations.
func save(path: String) -> String:
	if not _schedule.is_untold():
		_refuse("save", "a checkpoint is taken between generations, and this one is half scored")
		return ""
	var bytes := EvolveFallbackCheckpoint.encode(
		_config, _lineages, _seed, _generation, _evaluations
	)
	var problem := EvolveFallbackFile.write(path, bytes)
	if problem.is_empty():
		return EvolveFallbackEnvelope.digest_in(bytes)
	_refuse("save", problem)
	return ""


## The bytes of a [code].evo[/code] file with the champion of a population; empty before the first
## generation is scored.
func champion_bytes(population: int) -> PackedByteArray:
	if not _is_population("champion_bytes", population) or _lineages[population].champion == null:
		return PackedByteArray()
	var lineage := _lineages[population]
	return EvolveFallbackPopulationFile.encode_champion(
		lineage.champion,
		_config.shape(population),
		lineage.champion_fitness,
		lineage.champion_generation,
		_seed
	)


## The bytes of a [code].evo[/code] file with a brain of a population's [method gallery]; empty,
## with an error, when it has no such place.
func exhibit_bytes(population: int, place: int) -> PackedByteArray:
	if not _is_population("exhibit_bytes", population):
		return PackedByteArray()
	var shown := gallery(population)
	if place < 0 or place >= shown.size():
		_refuse("exhibit_bytes", "place is %d, but the gallery has %d" % [place, shown.size()])
		return PackedByteArray()
	if not _config.is_nsga2:
		return champion_bytes(population)
	return EvolveFallbackPopulationFile.encode_champion(
		_lineages[population].members[place],
		_config.shape(population),
		shown[place]["fitness"],
		shown[place]["generation"],
		_seed
	)


func _plan() -> void:
	_schedule = EvolveFallbackSchedule.of(_config, _seed, _generation, _lineages)


func _next_generation() -> Dictionary:
	var scores := _schedule.scores(_lineages)
	var report := EvolveFallbackReports.of_scores(_config, scores)
	var metrics := _schedule.metrics(_lineages.size())
	var species: Array[Dictionary] = []
	for place in _lineages.size():
		species.append_array(_lineages[place].breed(scores[place], _generation))
		report["populations"][place]["best_ever"] = _lineages[place].champion_fitness
		report["populations"][place]["metrics"] = metrics[place]
	report["generation"] = _generation
	report["metrics"] = metrics[0]
	report["best_ever"] = _lineages[0].champion_fitness
	report["front"] = _lineages[0].front
	report["species"] = species
	report["evaluations"] = _evaluations
	report["steps"] = _schedule.steps
	_generation += 1
	_plan()
	return report


func _results_problem(results: Array[EvolveFallbackUnitResult]) -> String:
	var names := _schedule.metric_names()
	for result in results:
		var place := result.id & 0xffff_ffff
		var theirs := result.id >> 32
		if theirs > _generation or (theirs == _generation and place >= _schedule.units()):
			return "unit %d is no unit of generation %d" % [result.id, _generation]
		if theirs == _generation and place >= _schedule.handed_out:
			return "unit %d was never handed out" % result.id
		for noted: Dictionary in result.metrics.values():
			names.merge(noted)
		if theirs == _generation and names.size() > EvolveNames.MAXIMUM_METRICS:
			return (
				"unit %d has a metric too many: a generation has at most %d of different names"
				% [result.id, EvolveNames.MAXIMUM_METRICS]
			)
	return ""


func _is_population(method: String, place: int) -> bool:
	var is_there := place >= 0 and place < _lineages.size()
	if not is_there:
		_refuse(method, "population is %d, but the run has %d" % [place, _lineages.size()])
	return is_there


func _refuse(method: String, problem: String) -> void:
	EvolveFallbackRefusal.refuse("EvolveFallbackEvolution.%s" % method, problem)
