extends RefCounted
## NEAT with NSGA-II in plain GDScript: the same generation as ours in native_run.gd.

const Genome := preload("genome.gd")
const Breeding := preload("breeding.gd")
const Species := preload("species.gd")
const Network := preload("network.gd")
const Selection := preload("selection.gd")
const ELITES := 5

var genomes: Array[Genome] = []
var best := 0.0
var _breeding: Breeding
var _species := Species.new()


func _init(first: Array[Genome], innovations: Genome.Innovations) -> void:
	genomes = first
	_breeding = Breeding.new(innovations)


func evaluate(cases: PackedFloat32Array, wanted: PackedFloat64Array) -> PackedFloat64Array:
	var fitness := PackedFloat64Array()
	var seen: Array[PackedFloat32Array] = []
	for place in wanted.size():
		seen.append(cases.slice(2 * place, 2 * place + 2))
	for genome in genomes:
		var network: Network = Network.of_genome(genome)
		var error := 0.0
		for place in wanted.size():
			var miss := network.think(seen[place])[0] - wanted[place]
			error += miss * miss
		fitness.append(wanted.size() - error)
	return fitness


func breed(fitness: PackedFloat64Array) -> void:
	var places := _species.speciate(genomes)
	var adjusted := _species.adjusted_fitness(fitness, places)
	var objectives := PackedFloat64Array()
	for place in genomes.size():
		best = maxf(best, fitness[place])
		objectives.append(-adjusted[place])
		objectives.append(genomes[place].connection_ids.size())
	var ranks := Selection.ranks_of(objectives, 2)
	var crowding := Selection.crowding(objectives, 2, ranks)
	var next: Array[Genome] = []
	for place: int in Selection.best(ranks, crowding, ELITES):
		next.append(genomes[place])
	var count := genomes.size() - ELITES
	var parents := Selection.tournament(ranks, crowding, 2 * count, _breeding.random)
	for pair in count:
		var child := _breeding.child_of(genomes[parents[pair]], genomes[parents[count + pair]])
		_breeding.mutate(child)
		next.append(child)
	_species.renew(genomes, places, _breeding.random)
	_species.adapt_threshold(_species.representatives.size())
	genomes = next
