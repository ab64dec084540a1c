class_name EvolveFallbackRunConfig
extends EvolveFallbackEvaluationConfig
## The configuration of a run: the native library's names, defaults and ranges, and a refusal of
## what only the library does (novelty, MAP-Elites, k-means).

const _MOST_MEMBERS := 1_000_000
const _MOST_POPULATIONS := 64
const _MOST_GROUP := 256
const _MOST_ISLANDS := 256
const _STRATEGIES: PackedStringArray = ["fitness", "nsga2", "novelty", "map_elites"]
const _NEEDS_LIBRARY := (
	"%s is %s, which needs Evolve's native library; without it runs select by fitness or"
	+ " nsga2, with species by threshold"
)

## The first thing that is wrong; empty when nothing is.
var problem := ""
## A dictionary for each population: name, size, group, inputs and outputs.
var populations: Array[Dictionary] = []
## Whether parents and offspring compete by several objectives.
var is_nsga2 := false
## With NSGA-II: whether the number of genes is a further objective, to be minimised.
var counts_genes := false
## Genes that genomes may gain on average before they are simplified; 0 lets them grow for ever.
var allowance := 0.0
## Simplifying ends when the mean has not fallen for so many generations.
var patience := 5
## What genomes are bred with.
var settings: EvolveFallbackSettings
## What they are bred with while they are simplified.
var simplifying_settings: EvolveFallbackSettings

# Everything, as the canonical text has it.
var _sections: Dictionary = {}


## The configuration in a text; look at [member problem] first.
static func parse(text: String) -> EvolveFallbackRunConfig:
	return of(EvolveFallbackExactJson.parse(text))


## The configuration in what a text said; look at [member problem] first.
static func of(given: Variant) -> EvolveFallbackRunConfig:
	var config := EvolveFallbackRunConfig.new()
	if given is Dictionary:
		config._read(given)
	else:
		config.problem = "configuration key .: this is no JSON object"
	return config


## The whole configuration, defaults filled in.
func to_dictionary() -> Dictionary:
	return _sections


## What members of a population look like from outside.
func shape(place: int) -> Dictionary:
	var population := populations[place]
	return {
		"inputs": population["inputs"],
		"name": population["name"],
		"outputs": population["outputs"],
		"recurrent": settings.recurrent,
	}


func _read(given: Dictionary) -> void:
	var fields := EvolveFallbackFields.of(given, "")
	_read_populations(fields)
	_sections["evaluation"] = read_evaluation(fields)
	var sections: Dictionary = {}
	for section: String in ["genome", "mutation", "speciation", "selection", "reproduction"]:
		sections[section] = fields.object(section)
	_read_complexity(fields)
	_read_islands(fields)
	fields.end()
	_check_episodes(fields, sections["selection"])
	_read_settings(fields, sections)
	_read_selection(fields, sections["selection"])
	problem = fields.problem


func _read_populations(fields: EvolveFallbackFields) -> void:
	var listed := fields.list("populations", [])
	if listed.is_empty() or listed.size() > _MOST_POPULATIONS:
		fields.refuse_range("the number of populations", listed.size(), 1, _MOST_POPULATIONS)
	var names := PackedStringArray()
	for place in listed.size():
		var path := "populations[%d]" % place
		var inner := EvolveFallbackFields.of(listed[place], path)
		var name := inner.name("name", "main")
		var size := inner.whole("size", 150, 2, _MOST_MEMBERS)
		if name in names:
			inner.refuse(
				"%s.name is %s, but must be a name that no other population has" % [path, name]
			)
		names.append(name)
		(
			populations
			. append(
				{
					"name": name,
					"size": size,
					"group": inner.whole("group", 1, 1, mini(size, _MOST_GROUP)),
					"inputs": inner.names("inputs", 1, EvolveFallbackGeneId.MAXIMUM_TERMINALS),
					"outputs": inner.names("outputs", 1, EvolveFallbackGeneId.MAXIMUM_TERMINALS),
				}
			)
		)
		inner.end()
		fields.refuse(inner.problem)
	_sections["populations"] = populations


func _read_complexity(fields: EvolveFallbackFields) -> void:
	var inner := EvolveFallbackFields.of(fields.object("complexity"), "complexity")
	allowance = inner.number("allowance", 0.0, 0.0, 1e9)
	patience = inner.whole("patience", 5, 1, 1_000_000_000)
	var deletion_rate := inner.number("deletion_rate", 0.3, 0.0, 1.0)
	inner.end()
	fields.refuse(inner.problem)
	_sections["complexity"] = {
		"allowance": allowance, "patience": patience, "deletion_rate": deletion_rate
	}


func _read_islands(fields: EvolveFallbackFields) -> void:
	var inner := EvolveFallbackFields.of(fields.object("islands"), "islands")
	var count := inner.whole("count", 1, 1, _MOST_ISLANDS)
	_sections["islands"] = {
		"count": count,
		"migrate_every": inner.whole("migrate_every", 10, 1, 1_000_000_000),
		"migrants": inner.whole("migrants", 2, 0, _MOST_MEMBERS),
	}
	if count > 1:
		(
			inner
			. refuse(
				(
					"islands.count is %d, but must be 1 here: only `evolve train` conducts several islands"
					% count
				)
			)
		)
	inner.end()
	fields.refuse(inner.problem)


func _check_episodes(fields: EvolveFallbackFields, selection: Variant) -> void:
	var members := 0
	for place in populations.size():
		members += int(populations[place]["size"])
		var group: int = populations[place]["group"]
		if group > 1 and not together:
			fields.refuse(
				(
					"populations[%d].group is %d, but must be 1 unless evaluation.together is true"
					% [place, group]
				)
			)
	# With NSGA-II parents are scored beside their offspring.
	var has_parents: bool = selection is Dictionary and selection.get("strategy") == "nsga2"
	var episodes := members * repeats * (2 if has_parents else 1)
	if episodes > _MOST_MEMBERS:
		fields.refuse_range("the number of episodes in a generation", episodes, 1, _MOST_MEMBERS)


func _read_settings(fields: EvolveFallbackFields, sections: Dictionary) -> void:
	var speciation: Variant = sections["speciation"]
	if speciation is Dictionary and speciation.get("strategy") == "kmeans":
		fields.refuse(_NEEDS_LIBRARY % ["speciation.strategy", "kmeans"])
	settings = EvolveFallbackSettings.parse(sections)
	fields.refuse(settings.problem)
	_sections.merge(settings.to_sections())
	var rate: float = _sections["complexity"]["deletion_rate"]
	simplifying_settings = (
		settings
		. with_numbers(
			{
				"mutation.add_connection_rate": 0.0,
				"mutation.add_node_rate": 0.0,
				"mutation.delete_connection_rate":
				maxf(settings.numbers["mutation.delete_connection_rate"], rate),
			}
		)
	)


func _read_selection(fields: EvolveFallbackFields, given: Variant) -> void:
	var inner := EvolveFallbackFields.of(given, "selection")
	var strategy := inner.choice("strategy", _STRATEGIES, "fitness")
	is_nsga2 = strategy == "nsga2"
	var is_novel := inner.flag("novelty", false)
	counts_genes = inner.flag("complexity", false)
	_sections["selection"] = {
		"strategy": strategy,
		"novelty": is_novel,
		"complexity": counts_genes,
		"neighbours": inner.whole("neighbours", 15, 1, 1 << 16),
		"archive_entries": inner.whole("archive_entries", 5, 0, _MOST_MEMBERS),
		"archive_capacity": inner.whole("archive_capacity", 2000, 0, _MOST_MEMBERS),
	}
	inner.end()
	_check_selection(inner, strategy, is_novel)
	fields.refuse(inner.problem)


func _check_selection(inner: EvolveFallbackFields, strategy: String, is_novel: bool) -> void:
	for key: String in ["novelty", "complexity"]:
		if _sections["selection"][key] and not is_nsga2:
			inner.refuse(
				"selection.%s is true, but must be false unless selection.strategy is nsga2" % key
			)
	if objectives.size() > 1 and not is_nsga2:
		inner.refuse(
			(
				(
					"the number of evaluation.objectives is %d, but must be 1 unless"
					+ " selection.strategy is nsga2"
				)
				% objectives.size()
			)
		)
	if strategy == "novelty" or strategy == "map_elites":
		inner.refuse(_NEEDS_LIBRARY % ["selection.strategy", strategy])
	if is_novel:
		inner.refuse(_NEEDS_LIBRARY % ["selection.novelty", "true"])
