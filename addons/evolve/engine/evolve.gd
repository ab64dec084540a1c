class_name Evolve
extends RefCounted
## What this copy of Evolve can do here: which backend runs the brains, and what it supports.
##
## Ask before you rely on something that only the native library has. This class never creates
## anything; [EvolveNative] does that.

## The version of the add-on, the same as in its plugin.cfg.
const VERSION := "0.1.0"

## What [method supports] knows, and the native class each feature needs.
const FEATURES: Dictionary[StringName, StringName] = {
	&"evolution": &"RustEvolution",
	&"genome": &"RustNeatGenome",
	&"work_batch": &"RustWorkBatch",
}

## What works without the native library too, by the classes of res://addons/evolve/fallback: brains
## that think, the distance and the crossover of genomes, threshold speciation, NSGA-II.
const FALLBACK_FEATURES: Array[StringName] = [
	&"network", &"distance", &"crossover", &"speciation", &"nsga2"
]


## [code]&"native"[/code] with the native library, [code]&"none"[/code] without.
static func backend() -> StringName:
	return &"native" if EvolveNative.is_loaded() else &"none"


## Whether a feature works here: [code]&"evolution"[/code] (training), [code]&"genome"[/code],
## [code]&"work_batch"[/code] (evaluating for a run that another process owns), or one of
## [constant FALLBACK_FEATURES].
static func supports(feature: StringName) -> bool:
	if feature in FALLBACK_FEATURES:
		return true
	return FEATURES.has(feature) and ClassDB.class_exists(FEATURES[feature])


## The version of the add-on. See [method EvolveNative.library_version] for the library's.
static func version() -> String:
	return VERSION
