class_name EvolveFallbackPopulation
extends RefCounted
## A population without the native library: RustPopulation's calls and bits, member after member.
##
## Members draw from streams of their own, named by the seed and the member's place.

## Its genomes; not to be changed from outside.
var members: Array[EvolveFallbackGenome] = []

var _settings: EvolveFallbackSettings


## First genomes: every input connected to every output, weights drawn from the seed. Null and an
## error when a count is out of range or the settings make no sense.
static func create(
	size_wanted: int,
	input_count: int,
	output_count: int,
	population_seed: int,
	settings: Dictionary = {}
) -> EvolveFallbackPopulation:
	var asker := "EvolveFallbackPopulation.create"
	var problem := EvolveFallbackGenomeCheck.terminals_problem(input_count, output_count)
	if size_wanted < 1 or size_wanted > 1_000_000:
		problem = "size is %d, but must be from 1 to 1000000" % size_wanted
	if not problem.is_empty():
		push_error("%s: %s" % [asker, problem])
		return null
	var read := EvolveFallbackSettings.read(settings, asker)
	if read == null:
		return null
	var population := _of([], read)
	for place in size_wanted:
		var random := _stream(population_seed, place)
		var first := EvolveFallbackGenes.initial(input_count, output_count, read, random)
		population.members.append(EvolveFallbackGenome.of_genes(first, read.recurrent))
	return population


## Copies of genomes, in their order; all must have the same inputs and outputs. Null and an error
## when they have not, when there are none, or when the settings make no sense.
static func of_genomes(genomes: Array, settings: Dictionary = {}) -> EvolveFallbackPopulation:
	var asker := "EvolveFallbackPopulation.of_genomes"
	var problem := EvolveFallbackGenomeCheck.list_problem(genomes)
	if genomes.is_empty():
		problem = "genomes is empty, but must hold at least one"
	var read := EvolveFallbackSettings.read(settings, asker)
	if read == null:
		return null
	var population := _of([], read)
	for place in genomes.size():
		if problem.is_empty():
			var member := genomes[place] as EvolveFallbackGenome
			population.members.append(member.copy())
			problem = population._terminals_problem("genomes[%d]" % place, member)
	if problem.is_empty():
		return population
	push_error("%s: %s" % [asker, problem])
	return null


## The population in the bytes of a population file; null and an error when they are none.
static func from_bytes(
	data: PackedByteArray, settings: Dictionary = {}
) -> EvolveFallbackPopulation:
	return _decoded(data, settings, "EvolveFallbackPopulation.from_bytes: data")


## The population in a file; null and an error when it cannot be read or holds none.
static func load(path: String, settings: Dictionary = {}) -> EvolveFallbackPopulation:
	var data := FileAccess.get_file_as_bytes(path)
	if data.is_empty():
		var reason := error_string(FileAccess.get_open_error())
		push_error("EvolveFallbackPopulation.load: cannot read %s: %s" % [path, reason])
		return null
	return _decoded(data, settings, "EvolveFallbackPopulation.load: %s" % path)


## Writes a population file; gives its digest, or an empty text and an error. Unlike the native
## library it cannot wait for the disk: after a crash of the machine the file may be missing.
func save(path: String) -> String:
	var data := to_bytes()
	var problem := EvolveFallbackFile.write(path, data)
	if problem.is_empty():
		return EvolveFallbackEnvelope.digest_in(data)
	push_error("EvolveFallbackPopulation.save: %s" % problem)
	return ""


## The population as the bytes of a population file: the native library's.
func to_bytes() -> PackedByteArray:
	return EvolveFallbackPopulationFile.encode(members)


## 64 hexadecimal digits that two populations share only when they are the same.
func digest() -> String:
	return EvolveFallbackEnvelope.digest_in(to_bytes())


## How many members there are.
func size() -> int:
	return members.size()


## How many numbers each member senses.
func inputs() -> int:
	return members[0].genes.inputs()


## How many numbers each member gives.
func outputs() -> int:
	return members[0].genes.outputs()


## A copy of the member at a place; null and an error when nobody stands there.
func genome(place: int) -> EvolveFallbackGenome:
	if _are_places("genome", "place", PackedInt32Array([place])):
		return members[place].copy()
	return null


## How many connections each member has, disabled ones too.
func connection_counts() -> PackedInt32Array:
	var counts := PackedInt32Array()
	for member in members:
		counts.append(member.connection_count())
	return counts


## How many hidden nodes each member has.
func hidden_counts() -> PackedInt32Array:
	var counts := PackedInt32Array()
	for member in members:
		counts.append(member.genes.hidden())
	return counts


## One tick of every member: what each senses stands one member after the other, and so does what
## comes back. Empty, with an error, unless there is one finite number for each input of each
## member.
func think(observations: PackedFloat32Array) -> PackedFloat32Array:
	var actions := PackedFloat32Array()
	var width := inputs()
	var problem := EvolveFallbackNetwork.problem_of(members.size(), width, observations)
	if not problem.is_empty():
		push_error("EvolveFallbackPopulation.think: %s" % problem)
		return actions
	for place in members.size():
		var seen := observations.slice(place * width, (place + 1) * width)
		actions.append_array(members[place].think(seen))
	return actions


## Forgets what recurrent members remember.
func reset() -> void:
	for member in members:
		member.reset()


## Changes every member at random, with the settings of the population.
func mutate(mutation_seed: int) -> void:
	for place in members.size():
		members[place].change(_settings, _stream(mutation_seed, place))


## The next generation takes the place of this one: copies of the members at some places, the
## elites, which may be none, then a child for each pair of places, as in [method crossover],
## mutated with the settings of the population. A child draws all its numbers from one stream, for
## the crossover and then for the mutation. False and an error, and nothing is changed, when the
## lists don't fit.
func breed(
	elites: PackedInt32Array, first: PackedInt32Array, second: PackedInt32Array, breed_seed: int
) -> bool:
	var are_elites := elites.is_empty() or _are_places("breed", "elites", elites)
	if not are_elites or not _are_pairs("breed", first, second):
		return false
	var next: Array[EvolveFallbackGenome] = []
	for place in elites:
		next.append(members[place].copy())
	for place in first.size():
		var random := _stream(breed_seed, place)
		var child := members[first[place]].mate(members[second[place]], _settings, random)
		child.change(_settings, random)
		next.append(child)
	members = next
	return true


## One child for each pair of places: the first has the fitter parent, whose structure the child
## takes, genes that both have come from either at random. Null and an error when the lists differ
## in length, are empty, or name a place where nobody stands.
func crossover(
	first: PackedInt32Array, second: PackedInt32Array, crossover_seed: int
) -> EvolveFallbackPopulation:
	if not _are_pairs("crossover", first, second):
		return null
	var children := _of([], _settings)
	for place in first.size():
		var random := _stream(crossover_seed, place)
		var mother := members[first[place]]
		children.members.append(mother.mate(members[second[place]], _settings, random))
	return children


## Copies of the members at some places, in this order. Null and an error when there are none, or a
## place is named where nobody stands.
func pick(places: PackedInt32Array) -> EvolveFallbackPopulation:
	if not _are_places("pick", "places", places):
		return null
	var picked := _of([], _settings)
	for place in places:
		picked.members.append(members[place].copy())
	return picked


## Adds copies of the members of another population behind the others. False and an error, and
## nothing is added, without one or when it has other inputs and outputs.
func append(other: EvolveFallbackPopulation) -> bool:
	var problem := "other is null, but must be an EvolveFallbackPopulation"
	if other != null:
		problem = _terminals_problem("other", other.members[0])
	if not problem.is_empty():
		push_error("EvolveFallbackPopulation.append: %s" % problem)
		return false
	for place in other.members.size():
		members.append(other.members[place].copy())
	return true


func _terminals_problem(what: String, genome_given: EvolveFallbackGenome) -> String:
	var found := [genome_given.genes.inputs(), genome_given.genes.outputs()]
	var expected := [inputs(), outputs()]
	if found == expected:
		return ""
	return (
		"%s has %d inputs and %d outputs, where %d inputs and %d outputs are expected"
		% ([what] + found + expected)
	)


func _are_pairs(method: String, first: PackedInt32Array, second: PackedInt32Array) -> bool:
	if first.size() != second.size():
		var given := [method, second.size(), first.size()]
		push_error(
			(
				(
					"EvolveFallbackPopulation.%s: second has %d places, but must have %d, one for each"
					+ " of first"
				)
				% given
			)
		)
		return false
	return _are_places(method, "first", first) and _are_places(method, "second", second)


func _are_places(method: String, what: String, places: PackedInt32Array) -> bool:
	if places.is_empty():
		var asked := [method, what]
		push_error(
			"EvolveFallbackPopulation.%s: %s has 0 places, but must have 1 to 1000000" % asked
		)
		return false
	for at in places.size():
		if places[at] < 0 or places[at] >= members.size():
			var title := what if method == "genome" else "%s[%d]" % [what, at]
			var given := [method, title, places[at], members.size() - 1]
			push_error("EvolveFallbackPopulation.%s: %s is %d, but must be from 0 to %d" % given)
			return false
	return true


static func _of(
	genomes: Array[EvolveFallbackGenome], settings: EvolveFallbackSettings
) -> EvolveFallbackPopulation:
	var population := EvolveFallbackPopulation.new()
	population.members = genomes
	population._settings = settings
	return population


static func _decoded(
	data: PackedByteArray, settings: Dictionary, title: String
) -> EvolveFallbackPopulation:
	var read := EvolveFallbackSettings.read(settings, title)
	var file := EvolveFallbackPopulationFile.decode(data)
	var problem := file.problem
	if problem.is_empty() and (file.populations() != 1 or file.genomes.is_empty()):
		var held := [file.populations(), file.genomes.size()]
		problem = "it holds %d populations with %d genomes, but must hold one with some" % held
	if not problem.is_empty():
		push_error("%s: %s" % [title, problem])
		return null
	return null if read == null else _of(file.genomes, read)


static func _stream(stream_seed: int, place: int) -> EvolveFallbackStream:
	return EvolveFallbackStream.of(stream_seed, 0, 0, place, EvolveFallbackStream.Purpose.USER)
