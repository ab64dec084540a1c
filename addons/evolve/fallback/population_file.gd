class_name EvolveFallbackPopulationFile
extends RefCounted
## Files of genomes: populations, champions, checkpoints, read and written to the native library's
## bytes. What their tensors mean is EvolveFallbackGenomeColumns' business.

const _POPULATION := "evolve.population"
const _CHAMPION := "evolve.champion"
const _CHECKPOINT := "evolve.checkpoint"
const _MAXIMUM_POPULATIONS := 64

## What is wrong with what was read; empty when nothing is.
var problem := ""
## The genomes that were read, in their order.
var genomes: Array[EvolveFallbackGenome] = []

var _envelope: EvolveFallbackEnvelope
# Of each population how many inputs and outputs its genomes have, and whether it is recurrent.
var _shapes: Array[Array] = []


## The bytes of a population file; all genomes have the same inputs and outputs.
static func encode(members: Array[EvolveFallbackGenome]) -> PackedByteArray:
	var first := members[0].genes
	var population := {
		"inputs": _terminal_names("input", first.inputs()),
		"name": "main",
		"outputs": _terminal_names("output", first.outputs()),
		"recurrent":
		members.any(func(genome: EvolveFallbackGenome) -> bool: return genome.is_recurrent()),
	}
	return EvolveFallbackEnvelope.write(
		{"populations": [population], "schema": _POPULATION},
		EvolveFallbackGenomeColumns.tensors_of(members)
	)


## The bytes of a champion's file: one genome, its names, and where it comes from.
static func encode_champion(
	genome: EvolveFallbackGenome, shape: Dictionary, fitness: float, generation: int, run_seed: int
) -> PackedByteArray:
	var metadata := {
		"fitness": fitness,
		"generation": generation,
		"populations": [shape],
		"schema": _CHAMPION,
		"seed": str(run_seed),
	}
	return EvolveFallbackEnvelope.write(metadata, EvolveFallbackGenomeColumns.tensors_of([genome]))


## The genomes of a population file.
static func decode(data: PackedByteArray) -> EvolveFallbackPopulationFile:
	return _read(data, _POPULATION)


## The genome of a champion's file.
static func decode_champion(data: PackedByteArray) -> EvolveFallbackPopulationFile:
	var file := _read(data, _CHAMPION)
	if file.problem.is_empty() and file.genomes.size() != 1:
		file.problem = "a champion is one genome of one population"
	return file


## The genomes of a checkpoint, which has more tensors than those of genomes.
static func decode_checkpoint(
	data: PackedByteArray, more_names: PackedStringArray
) -> EvolveFallbackPopulationFile:
	return _read(data, _CHECKPOINT, more_names)


static func _read(
	data: PackedByteArray, schema: String, more_names: PackedStringArray = []
) -> EvolveFallbackPopulationFile:
	var file := EvolveFallbackPopulationFile.new()
	file._envelope = EvolveFallbackEnvelope.read(data, schema)
	file.problem = file._envelope.problem
	if file.problem.is_empty():
		file.problem = file._envelope.check_names(
			EvolveFallbackGenomeColumns.names(file._envelope) + more_names
		)
	if file.problem.is_empty():
		file._read_shapes(file._envelope.about.get("populations"))
	if file.problem.is_empty():
		file._read_genomes()
	return file


## The metadata of the file.
func about() -> Dictionary:
	return _envelope.about


## The tensors of the file.
func envelope() -> EvolveFallbackEnvelope:
	return _envelope


## How many populations the file names.
func populations() -> int:
	return _shapes.size()


func _read_shapes(named: Variant) -> void:
	if not named is Array or named.is_empty() or named.size() > _MAXIMUM_POPULATIONS:
		problem = "its metadata is wrong: populations must be a list of 1 to 64"
		return
	for shape: Variant in named:
		if not shape is Dictionary or not shape.get("recurrent") is bool:
			problem = "its metadata is wrong: a population must say whether it is recurrent"
			return
		for key: String in ["inputs", "outputs"]:
			if not shape.get(key) is Array or shape[key].is_empty():
				problem = "its metadata is wrong: %s must be a list of names" % key
				return
		_shapes.append([shape["inputs"].size(), shape["outputs"].size(), shape["recurrent"]])


func _read_genomes() -> void:
	var columns := EvolveFallbackGenomeColumns.read(_envelope)
	problem = columns.problem
	for place in columns.count():
		var owner := columns.owner(place)
		if not problem.is_empty():
			return
		if owner >= _shapes.size():
			problem = "tensor genome.population has the value %d, which is no population" % owner
		else:
			_add_genome(columns, place, _shapes[owner])
		if not problem.is_empty():
			genomes.clear()
	if problem.is_empty():
		problem = columns.rest_problem()


func _add_genome(columns: EvolveFallbackGenomeColumns, place: int, shape: Array) -> void:
	var read := EvolveFallbackGenes.new()
	var said := columns.fill(read, place, shape[0], shape[1])
	if said.is_empty():
		said = EvolveFallbackGenomeCheck.problem_of(read, shape[2])
	if said.is_empty() and [read.inputs(), read.outputs()] != shape.slice(0, 2):
		said = "it has other inputs and outputs than its population"
	if not said.is_empty():
		problem = "genome %d is unsound: %s" % [place, said]
	genomes.append(EvolveFallbackGenome.of_genes(read, shape[2]))


static func _terminal_names(kind: String, count: int) -> Array[String]:
	var names: Array[String] = []
	for place in count:
		names.append("%s_%d" % [kind, place])
	return names
