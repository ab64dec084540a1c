class_name EvolveFallbackGenome
extends EvolveFallbackGenomeArrays
## A NEAT genome without the native library: RustNeatGenome's calls, names and bits.
##
## What comes from outside enters through [method of_arrays] or [method from_bytes], which check it
## once; everything else relies on that. Settings are sections of a run's configuration, like
## [code]{"mutation": {"add_node_rate": 0.1}}[/code].

var _recurrent := false
# Compiled at the first thought, forgotten at every change.
var _network: EvolveFallbackNetwork = null


## A first genome: every input connected to every output, weights drawn from the seed. Null and an
## error unless there are 1 to 32,768 of each and the settings make sense.
static func create(
	input_count: int, output_count: int, genome_seed: int, settings: Dictionary = {}
) -> EvolveFallbackGenome:
	var asker := "EvolveFallbackGenome.create"
	var problem := EvolveFallbackGenomeCheck.terminals_problem(input_count, output_count)
	if not problem.is_empty():
		push_error("%s: %s" % [asker, problem])
		return null
	var read := EvolveFallbackSettings.read(settings, asker)
	if read == null:
		return null
	var random := EvolveFallbackStream.of_user(genome_seed)
	var first := EvolveFallbackGenes.initial(input_count, output_count, read, random)
	return of_genes(first, read.recurrent)


## The genome with these arrays, which must be of equal lengths for each kind of gene and sorted by
## id. Null and an error that names the first thing that is wrong; cycles are only allowed when
## recurrent.
static func of_arrays(
	nodes: PackedInt64Array,
	biases: PackedFloat32Array,
	activations: PackedByteArray,
	aggregations: PackedByteArray,
	sources: PackedInt64Array,
	targets: PackedInt64Array,
	weights: PackedFloat32Array,
	enabled: PackedByteArray,
	recurrent: bool = false
) -> EvolveFallbackGenome:
	var made := EvolveFallbackGenes.new()
	made.node_ids = nodes.duplicate()
	made.node_biases = biases.duplicate()
	made.node_activations = activations.duplicate()
	made.node_aggregations = aggregations.duplicate()
	made.connection_sources = sources.duplicate()
	made.connection_targets = targets.duplicate()
	made.connection_weights = weights.duplicate()
	made.connections_enabled = enabled.duplicate()
	made.hash_connections()
	var problem := EvolveFallbackGenomeCheck.problem_of(made, recurrent)
	if problem.is_empty():
		return of_genes(made, recurrent)
	push_error("EvolveFallbackGenome.of_arrays: %s" % problem)
	return null


## Reads what [method to_bytes] gave, here or in the native library; null and an error when it is no
## genome.
static func from_bytes(data: PackedByteArray) -> EvolveFallbackGenome:
	var file := EvolveFallbackPopulationFile.decode(data)
	if not file.problem.is_empty():
		push_error("EvolveFallbackGenome.from_bytes: data is no genome: %s" % file.problem)
		return null
	if file.genomes.size() != 1:
		var count := file.genomes.size()
		push_error(
			"EvolveFallbackGenome.from_bytes: data holds %d genomes, but must hold one" % count
		)
		return null
	return file.genomes[0]


## A genome of these genes, which belong to it from now on and have been checked.
static func of_genes(made: EvolveFallbackGenes, recurrent: bool) -> EvolveFallbackGenome:
	var genome := EvolveFallbackGenome.new()
	genome.genes = made
	genome._recurrent = recurrent
	return genome


## The genome as a population file of one, to be stored or sent: the native library's bytes.
func to_bytes() -> PackedByteArray:
	return EvolveFallbackPopulationFile.encode([self])


## 64 hexadecimal digits that two genomes share only when they are the same.
func digest() -> String:
	return EvolveFallbackEnvelope.digest_in(to_bytes())


## A genome of its own with the same genes.
func copy() -> EvolveFallbackGenome:
	return of_genes(genes.copy(), _recurrent)


## Whether its connections may form cycles; what they carry then arrives a tick later.
func is_recurrent() -> bool:
	return _recurrent


## Changes the genome at random; the same seed makes the same change. False and an error, and
## nothing is changed, when the settings make no sense.
func mutate(mutation_seed: int, settings: Dictionary = {}) -> bool:
	var read := EvolveFallbackSettings.read(settings, "EvolveFallbackGenome.mutate")
	if read != null:
		change(read, EvolveFallbackStream.of_user(mutation_seed))
	return read != null


## [method mutate] with settings that have been read, and the numbers of any stream.
func change(settings: EvolveFallbackSettings, random: EvolveFallbackStream) -> void:
	EvolveFallbackMutation.mutate(genes, settings, random)
	_recurrent = _recurrent or settings.recurrent
	_network = null


## How unlike another genome it is: genes that only one has, and the mean difference of weights. NAN
## and an error without another genome or when the settings make no sense.
func distance(other: EvolveFallbackGenome, settings: Dictionary = {}) -> float:
	var asker := "EvolveFallbackGenome.distance"
	var read := EvolveFallbackSettings.read(settings, asker)
	if read == null or not _is_there(other, asker):
		return NAN
	return EvolveFallbackDistance.between(genes, other.genes, read)


## A child with the structure of this genome, the fitter parent; genes that both have come from
## either at random. The same seed makes the same child. Null and an error without another genome or
## when the settings make no sense.
func crossover(
	other: EvolveFallbackGenome, crossover_seed: int, settings: Dictionary = {}
) -> EvolveFallbackGenome:
	var asker := "EvolveFallbackGenome.crossover"
	var read := EvolveFallbackSettings.read(settings, asker)
	if read == null or not _is_there(other, asker):
		return null
	return mate(other, read, EvolveFallbackStream.of_user(crossover_seed))


## [method crossover] with settings that have been read, and the numbers of any stream.
func mate(
	other: EvolveFallbackGenome, settings: EvolveFallbackSettings, random: EvolveFallbackStream
) -> EvolveFallbackGenome:
	var rate := settings.numbers["reproduction.disable_rate"]
	return of_genes(EvolveFallbackCrossover.child_of(genes, other.genes, rate, random), _recurrent)


## One step of the network it describes. Empty, with an error, unless there is one finite number for
## each input.
func think(observations: PackedFloat32Array) -> PackedFloat32Array:
	if _network == null:
		_network = EvolveFallbackNetwork.of_genome(self)
	return _network.think(observations)


## Forgets what a recurrent genome remembers.
func reset() -> void:
	if _network != null:
		_network.reset()


static func _is_there(other: EvolveFallbackGenome, asker: String) -> bool:
	if other == null:
		push_error("%s: other is null, but must be an EvolveFallbackGenome" % asker)
	return other != null
