extends "../race.gd"
## What a generation is made of: mutation, crossover, species, the sort.

const Breeding := preload("../yardstick/breeding.gd")
const Species := preload("../yardstick/species.gd")
const Selection := preload("../yardstick/selection.gd")
const SIZE := 1_000


## Runs every race of this file.
func run() -> void:
	_sorts()
	_breeding()
	_species()


func _sorts() -> void:
	var nsga2 := RustNsga2.new()
	for width: int in [2, 3]:
		var values := PackedFloat64Array(Array(_noise(100 * width, 6)))
		var none := PackedByteArray()
		_check(nsga2.ranks(values, width, none) == Selection.ranks_of(values, width), "ranks")
		var ours := func(calls: int) -> void:
			for turn in calls:
				nsga2.ranks(values, width, none)
		var theirs := func(calls: int) -> void:
			for turn in calls:
				Selection.ranks_of(values, width)
		time("sort of 100, %d objectives" % width, "us", ours, theirs, 5_000, 10)


func _breeding() -> void:
	var population := _grown(SIZE, 10, 4, 10)
	var twins := Twins.new()
	var plain := twins.of_population(population)
	var breeding := Breeding.new(twins.innovations)
	_race_mutation(population, plain, breeding)
	plain = twins.of_population(population)
	var first := PackedInt32Array(range(SIZE))
	var second := first.duplicate()
	second.reverse()
	var child := twins.of_genome(population.crossover(first, second, 1).genome(0))
	var other := breeding.child_of(plain[0], plain[SIZE - 1])
	_check(child.connection_ids == other.connection_ids, "structure of children")
	var ours := func(calls: int) -> void:
		for turn in calls:
			population.crossover(first, second, turn)
	var theirs := func(calls: int) -> void:
		for turn in calls:
			var children: Array[Genome] = []
			for place in SIZE:
				children.append(breeding.child_of(plain[place], plain[SIZE - 1 - place]))
	time("crossover of 1000", "us", ours, theirs, 10, 1)


# Both sides grow by as much: a new connection for every third genome in a call, so as many calls.
func _race_mutation(population: RustPopulation, plain: Array[Genome], breeding: Breeding) -> void:
	# Each call draws anew: the same draws would only find again what they found before.
	var draws: Array[int] = [0]
	var ours := func(calls: int) -> void:
		for turn in calls:
			draws[0] += 1
			population.mutate(draws[0])
	var theirs := func(calls: int) -> void:
		for turn in calls:
			for genome in plain:
				breeding.mutate(genome)
	time("mutation of 1000", "us", ours, theirs, 10, 10)
	_check_growth(population, plain)


func _check_growth(population: RustPopulation, plain: Array[Genome]) -> void:
	var ours := 0
	for count in population.connection_counts():
		ours += count
	var theirs := 0
	for genome in plain:
		theirs += genome.connection_ids.size()
	_check(absf(ours - theirs) < 0.05 * ours, "connections after mutation: %d, %d" % [ours, theirs])


func _species() -> void:
	var population := _grown(150, 10, 4, 10)
	var plain := Twins.new().of_population(population)
	var representatives := 0
	for lap in 2:
		var native_species: RustNeatSpecies = RustNeatSpecies.create()
		var species := Species.new()
		var places := native_species.speciate(population)
		_check(places == species.speciate(plain), "places in species")
		representatives = native_species.count()
		if lap == 0:
			_check(species.representatives.size() == representatives, "number of species")
			continue
		var ours := func(calls: int) -> void:
			for turn in calls:
				native_species.speciate(population)
		var theirs := func(calls: int) -> void:
			for turn in calls:
				species.speciate(plain)
		time("species of 150, %d of them" % representatives, "us", ours, theirs, 100, 1)
