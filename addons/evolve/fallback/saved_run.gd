class_name EvolveFallbackSavedRun
extends RefCounted
## A run as it stood in a checkpoint, checked: whichever backend wrote it.

const _SPECIES: PackedStringArray = [
	"species.population", "species.id", "species.created", "species.improved"
]
const _MORE: PackedStringArray = [
	"genome.role",
	"species.best",
	"parent.offsets",
	"parent.score",
	"archive.offsets",
	"archive.behaviour",
	"elite.offsets",
	"elite.fitness",
	"elite.behaviour",
	"elite.generation",
]

## What is wrong with the file, with its path; empty when nothing is.
var problem := ""
## The run's configuration.
var config: EvolveFallbackRunConfig
## Its seed.
var run_seed := 0
## The generation that is scored next.
var generation := 0
## Units scored so far.
var evaluations := 0
## Its populations.
var lineages: Array[EvolveFallbackLineage] = []

var _file: EvolveFallbackPopulationFile
# Of each population, how many of its species were placed, and their genomes.
var _ids: Array[PackedInt64Array] = []
var _representatives: Array[Array] = []


## The run in a file; look at [member problem] first.
static func read(path: String) -> EvolveFallbackSavedRun:
	var saved := EvolveFallbackSavedRun.new()
	var data := FileAccess.get_file_as_bytes(path)
	if data.is_empty():
		saved.problem = "cannot read it: %s" % error_string(FileAccess.get_open_error())
	else:
		saved._file = EvolveFallbackPopulationFile.decode_checkpoint(data, _SPECIES + _MORE)
		saved.problem = saved._file.problem
	for step: Callable in [
		saved._read_header,
		saved._read_populations,
		saved._read_species,
		saved._read_parents,
		saved._place_genomes,
		saved._check,
	]:
		if saved.problem.is_empty():
			saved.problem = step.call()
	if not saved.problem.is_empty():
		saved.problem = "%s: %s" % [path, saved.problem]
	return saved


func _read_header() -> String:
	var about := _file.about()
	config = EvolveFallbackRunConfig.of(about.get("config"))
	if not config.problem.is_empty():
		return "its config is wrong: %s" % config.problem
	for key: String in ["seed", "evaluations"]:
		var digits: Variant = about.get(key)
		if not digits is String or not digits.is_valid_int() or digits.begins_with("-"):
			return "its metadata is wrong: %s must be a text of digits" % key
	run_seed = str(about["seed"]).to_int()
	evaluations = str(about["evaluations"]).to_int()
	var problem_of_count := _count_problem(about, "generation")
	if problem_of_count.is_empty():
		generation = int(about["generation"])
	return problem_of_count


func _read_populations() -> String:
	var headers: Array = _file.about()["populations"]
	if headers.size() != config.populations.size():
		return "it has %d populations, its config others" % headers.size()
	for place in headers.size():
		var header: Dictionary = headers[place]
		var shape := config.shape(place)
		for key: String in shape:
			if str(header.get(key)) != str(shape[key]):
				return "population %s is not as its config says" % shape["name"]
		var lineage := EvolveFallbackLineage.of(config, run_seed, place)
		var found := _read_lineage(lineage, header)
		if not found.is_empty():
			return found
		lineages.append(lineage)
		_ids.append(PackedInt64Array())
		_representatives.append([] as Array[EvolveFallbackGenome])
	return ""


func _read_lineage(lineage: EvolveFallbackLineage, header: Dictionary) -> String:
	var phase: Variant = header.get("phase")
	var crown: Variant = header.get("champion")
	if not phase is Dictionary or not phase.get("simplifying") is bool:
		return "its metadata is wrong: a phase must say whether it simplifies"
	var found := PackedStringArray(
		[
			_count_problem(header, "front"),
			_count_problem(header, "next_species"),
			_number_problem(header, "threshold"),
			_number_problem(phase, "floor"),
			_number_problem(phase, "lowest"),
			_count_problem(phase, "fell"),
		]
	)
	if crown is Dictionary:
		found.append(_number_problem(crown, "fitness"))
		found.append(_count_problem(crown, "generation"))
	var sentence := "".join(found)
	if not sentence.is_empty():
		return sentence
	lineage.front = int(header["front"])
	lineage.phase.simplifying = phase["simplifying"]
	lineage.phase.floor_mean = phase["floor"]
	lineage.phase.lowest = phase["lowest"]
	lineage.phase.fell = int(phase["fell"])
	if crown is Dictionary:
		lineage.champion_fitness = crown["fitness"]
		lineage.champion_generation = int(crown["generation"])
	return ""


func _read_species() -> String:
	var envelope := _file.envelope()
	var owners := envelope.counts("species.population")
	var ids := envelope.counts("species.id")
	var created := envelope.counts("species.created")
	var improved := envelope.counts("species.improved")
	var bests := envelope.doubles("species.best")
	for size: int in [ids.size(), created.size(), improved.size(), bests.size()]:
		if size != owners.size() or not envelope.problem.is_empty():
			return "the tensors of its species differ in length"
	for place in owners.size():
		if owners[place] < 0 or owners[place] >= lineages.size():
			return "species %d belongs to no population" % place
		var lineage := lineages[owners[place]]
		lineage.created[ids[place]] = created[place]
		lineage.improved[ids[place]] = improved[place]
		lineage.bests[ids[place]] = bests[place]
		_ids[owners[place]].append(ids[place])
	return ""


func _read_parents() -> String:
	var envelope := _file.envelope()
	var offsets := envelope.counts("parent.offsets")
	var scored := envelope.doubles("parent.score")
	var width := config.width()
	if not envelope.problem.is_empty() or offsets.size() != lineages.size() + 1:
		return "the scores of its parents are no rows for each population"
	if offsets[0] != 0 or offsets[offsets.size() - 1] * width != scored.size():
		return "tensor parent.offsets does not fit parent.score"
	for place in lineages.size():
		if offsets[place] > offsets[place + 1]:
			return "tensor parent.offsets falls after place %d" % place
		var from := offsets[place] * width
		lineages[place].parents.rows = scored.slice(from, offsets[place + 1] * width)
	return ""


func _place_genomes() -> String:
	var envelope := _file.envelope()
	var owners := envelope.counts("genome.population")
	var roles := envelope.codes("genome.role")
	if roles.size() != owners.size():
		return "tensor genome.role does not have one entry for each genome"
	for place in owners.size():
		var lineage := lineages[owners[place]]
		var genome := _file.genomes[place]
		match roles[place]:
			EvolveFallbackCheckpoint.Role.MEMBER:
				lineage.members.append(genome)
			EvolveFallbackCheckpoint.Role.REPRESENTATIVE:
				_representatives[owners[place]].append(genome)
			EvolveFallbackCheckpoint.Role.CHAMPION when lineage.champion == null:
				lineage.champion = genome
			_:
				return "genome %d has the role %d, which none has here" % [place, roles[place]]
	return ""


func _check() -> String:
	for place in lineages.size():
		var lineage := lineages[place]
		var name: String = config.populations[place]["name"]
		var size: int = config.populations[place]["size"]
		var parents := size if config.is_nsga2 and generation > 0 else 0
		if lineage.parents.size() != parents or lineage.members.size() != size + parents:
			return "population %s has %d members" % [name, lineage.members.size()]
		if _representatives[place].size() != _ids[place].size():
			return "population %s has species without representatives" % name
		var has_champion := not is_nan(lineage.champion_fitness)
		if has_champion != (lineage.champion != null) or has_champion != (generation > 0):
			return "population %s lacks a champion, or what it was scored" % name
		var header: Dictionary = _file.about()["populations"][place]
		lineage.species.restore(
			_ids[place],
			_representatives[place],
			float(header["threshold"]),
			int(header["next_species"])
		)
	return ""


static func _count_problem(object: Dictionary, key: String) -> String:
	var value: Variant = object.get(key)
	if value is float and value >= 0.0 and value == floorf(value) and value < 4294967296.0:
		return ""
	return "its metadata is wrong: %s must be a whole number" % key


static func _number_problem(object: Dictionary, key: String) -> String:
	var value: Variant = object.get(key)
	return "" if value is float else "its metadata is wrong: %s must be a number" % key
