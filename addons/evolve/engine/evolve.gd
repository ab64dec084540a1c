class_name Evolve
extends RefCounted
## What this copy of Evolve can do here, and the objects that breed and think, from whichever
## backend there is.
##
## The native library and the fallback in GDScript have the same calls and give the same bits, so a
## scene that takes its objects from here runs on both. What comes back is typed as [RefCounted] and
## called by name; the editor's help of the native classes (RustEvolution, RustNeatGenome,
## RustPopulation, RustNeatSpecies, RustNetwork, RustNsga2, RustGeneticOps) describes the calls.
## Settings are sections of a run's configuration, like
## [code]{"mutation": {"add_node_rate": 0.1}}[/code].

## The version of the add-on, the same as in its plugin.cfg.
const VERSION := "0.1.0"

## What only the native library does, and the class each feature needs: evaluating for a run that
## another process owns, k-means speciation, and runs that select by novelty or with MAP-Elites.
const FEATURES: Dictionary[StringName, StringName] = {
	&"work_batch": &"RustWorkBatch",
	&"kmeans": &"RustNeatSpecies",
	&"novelty": &"RustEvolution",
	&"map_elites": &"RustEvolution",
}

## What works without the native library too. Training ([code]&"evolution"[/code]) is for small
## populations there: breeding takes a hundred times as long, the XOR demo as a whole three times.
const FALLBACK_FEATURES: Array[StringName] = [
	&"evolution",
	&"genome",
	&"network",
	&"population",
	&"mutation",
	&"crossover",
	&"distance",
	&"speciation",
	&"nsga2",
	&"genetic_ops",
	&"files",
]

## Whether the fallback is used even where the native library is loaded, to see what a scene does on
## a platform that has none.
static var prefers_fallback := false


## [code]&"native"[/code] with the native library, [code]&"fallback"[/code] without.
static func backend() -> StringName:
	return &"native" if EvolveNative.is_loaded() and not prefers_fallback else &"fallback"


## Whether a feature works here: one of [constant FEATURES] or of [constant FALLBACK_FEATURES].
static func supports(feature: StringName) -> bool:
	if feature in FALLBACK_FEATURES:
		return true
	return backend() == &"native" and ClassDB.class_exists(FEATURES.get(feature, &""))


## The version of the add-on. See [method EvolveNative.library_version] for the library's.
static func version() -> String:
	return VERSION


## A run that asks for scores, is told them and breeds (RustEvolution), from a configuration in
## JSON. Null and an error when the configuration makes no sense, or needs the native library and
## there is none.
static func create_evolution(config_json: String, run_seed: int) -> RefCounted:
	if backend() == &"native":
		return EvolveNative.make(&"RustEvolution", &"create", [config_json, run_seed])
	return EvolveFallbackEvolution.create(config_json, run_seed)


## A first genome (RustNeatGenome). Null and an error when a count or a setting makes no sense.
static func create_genome(
	input_count: int, output_count: int, genome_seed: int, settings: Dictionary = {}
) -> RefCounted:
	if backend() == &"native":
		return EvolveNative.make(
			&"RustNeatGenome", &"create", [input_count, output_count, genome_seed, settings]
		)
	return EvolveFallbackGenome.create(input_count, output_count, genome_seed, settings)


## The genome in the bytes that its to_bytes gave; null and an error when there is none.
static func genome_from_bytes(data: PackedByteArray) -> RefCounted:
	if backend() == &"native":
		return EvolveNative.make(&"RustNeatGenome", &"from_bytes", [data])
	return EvolveFallbackGenome.from_bytes(data)


## A population of first genomes (RustPopulation). Null and an error when a count or a setting makes
## no sense.
static func create_population(
	size: int, input_count: int, output_count: int, population_seed: int, settings: Dictionary = {}
) -> RefCounted:
	if backend() == &"native":
		return EvolveNative.make(
			&"RustPopulation",
			&"create",
			[size, input_count, output_count, population_seed, settings]
		)
	return EvolveFallbackPopulation.create(
		size, input_count, output_count, population_seed, settings
	)


## The population in a file; null and an error when there is none.
static func load_population(path: String, settings: Dictionary = {}) -> RefCounted:
	var whole := ProjectSettings.globalize_path(path)
	if backend() == &"native":
		return EvolveNative.make(&"RustPopulation", &"load", [whole, settings])
	return EvolveFallbackPopulation.load(whole, settings)


## Species (RustNeatSpecies), none yet. Null and an error when a setting makes no sense.
static func create_species(settings: Dictionary = {}) -> RefCounted:
	if backend() == &"native":
		return EvolveNative.make(&"RustNeatSpecies", &"create", [settings])
	return EvolveFallbackSpecies.create(settings)


## The brain that a genome describes (RustNetwork); null and an error without one.
static func network_of(genome: RefCounted) -> RefCounted:
	if genome is EvolveFallbackGenome or backend() != &"native":
		return EvolveFallbackNetwork.of_genome(genome as EvolveFallbackGenome)
	return EvolveNative.make(&"RustNetwork", &"of_genome", [genome])


## The brain in the bytes of a champion's file (.evo); null and an error when they are none.
static func network_of_champion(data: PackedByteArray) -> RefCounted:
	if backend() == &"native":
		return EvolveNative.make(&"RustNetwork", &"of_champion", [data])
	return EvolveFallbackNetwork.of_champion(data)


## Ranks, crowding and selection with several objectives (RustNsga2).
static func create_nsga2() -> RefCounted:
	if backend() == &"native":
		return ClassDB.instantiate(&"RustNsga2")
	return EvolveFallbackNsga2.new()


## Operators on batches of real vectors (RustGeneticOps).
static func genetic_ops() -> RefCounted:
	if backend() == &"native":
		return ClassDB.instantiate(&"RustGeneticOps")
	return EvolveFallbackGeneticOps.new()
