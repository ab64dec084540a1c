class_name EvolveFallbackCheckpoint
extends RefCounted
## The whole state of a run between two generations, in the native library's bytes: the library
## resumes what was trained here.

## What a genome of a checkpoint is.
enum Role {
	## A member of the present generation.
	MEMBER = 0,
	## What stands for a species.
	REPRESENTATIVE = 1,
	## The best there ever was.
	CHAMPION = 2,
}

var _config: EvolveFallbackRunConfig
var _lineages: Array[EvolveFallbackLineage] = []
var _genomes: Array[EvolveFallbackGenome] = []
var _owners := PackedInt32Array()
var _indices := PackedInt32Array()
var _roles := PackedByteArray()
var _species: Dictionary[String, PackedInt32Array] = {
	"species.population": PackedInt32Array(),
	"species.id": PackedInt32Array(),
	"species.created": PackedInt32Array(),
	"species.improved": PackedInt32Array(),
}
var _bests := PackedFloat64Array()


## The bytes of a checkpoint file.
static func encode(
	config: EvolveFallbackRunConfig,
	lineages: Array[EvolveFallbackLineage],
	run_seed: int,
	generation: int,
	evaluations: int
) -> PackedByteArray:
	var checkpoint := EvolveFallbackCheckpoint.new()
	checkpoint._config = config
	checkpoint._lineages = lineages
	var populations: Array[Dictionary] = []
	for place in lineages.size():
		checkpoint._add_lineage(place)
		populations.append(checkpoint._described(place))
	var metadata := {
		"config": config.to_dictionary(),
		"evaluations": str(evaluations),
		"generation": generation,
		"populations": populations,
		"schema": "evolve.checkpoint",
		"seed": str(run_seed),
	}
	var width := config.behaviour.size()
	var shapes: Dictionary[String, PackedInt64Array] = {
		"archive.behaviour": PackedInt64Array([0, width]),
		"elite.behaviour": PackedInt64Array([0, width]),
	}
	var tensors := checkpoint._tensors()
	var scored: PackedFloat64Array = tensors["parent.score"]
	var rows := floori(scored.size() / float(config.width()))
	shapes["parent.score"] = PackedInt64Array([rows, config.width()])
	return EvolveFallbackEnvelope.write(metadata, tensors, shapes)


func _add_lineage(place: int) -> void:
	var lineage := _lineages[place]
	for index in lineage.members.size():
		_add_genome(place, index, lineage.members[index], Role.MEMBER)
	var ids := lineage.species.ids()
	for index in ids.size():
		var id := ids[index]
		_add_genome(place, index, lineage.species.representative(index), Role.REPRESENTATIVE)
		_species["species.population"].append(place)
		_species["species.id"].append(id)
		_species["species.created"].append(lineage.created[id])
		_species["species.improved"].append(lineage.improved[id])
		_bests.append(lineage.bests[id])
	if lineage.champion != null:
		_add_genome(place, 0, lineage.champion, Role.CHAMPION)


func _add_genome(place: int, index: int, genome: EvolveFallbackGenome, role: Role) -> void:
	_genomes.append(genome)
	_owners.append(place)
	_indices.append(index)
	_roles.append(role)


func _described(place: int) -> Dictionary:
	var lineage := _lineages[place]
	var described := _config.shape(place)
	described["champion"] = null
	if lineage.champion != null:
		described["champion"] = {
			"fitness": lineage.champion_fitness, "generation": lineage.champion_generation
		}
	described["front"] = lineage.front
	described["next_species"] = lineage.species.next_id()
	described["threshold"] = lineage.species.threshold()
	described["phase"] = {
		"simplifying": lineage.phase.simplifying,
		"floor": lineage.phase.floor_mean,
		"lowest": lineage.phase.lowest,
		"fell": lineage.phase.fell,
	}
	return described


func _tensors() -> Dictionary[String, Variant]:
	var tensors := EvolveFallbackGenomeColumns.tensors_of(_genomes)
	tensors["genome.population"] = _owners
	tensors["genome.index"] = _indices
	tensors["genome.role"] = _roles
	tensors.merge(_species)
	tensors["species.best"] = _bests
	var offsets := PackedInt32Array([0])
	var scored := PackedFloat64Array()
	for lineage in _lineages:
		offsets.append(offsets[offsets.size() - 1] + lineage.parents.size())
		scored.append_array(lineage.parents.rows)
	var none := PackedInt32Array()
	none.resize(_lineages.size() + 1)
	tensors["parent.offsets"] = offsets
	tensors["parent.score"] = scored
	tensors["archive.offsets"] = none
	tensors["archive.behaviour"] = PackedFloat64Array()
	tensors["elite.offsets"] = none
	tensors["elite.fitness"] = PackedFloat64Array()
	tensors["elite.behaviour"] = PackedFloat64Array()
	tensors["elite.generation"] = PackedInt32Array()
	return tensors
