class_name EvolveFallbackNursery
extends RefCounted
## Makes the next generation: for each family its elites, then its children, each from numbers of
## its own.

## What children are bred with, in the present phase.
var settings: EvolveFallbackSettings
## The old generation.
var members: Array[EvolveFallbackGenome] = []
## How fit each of them is; larger is fitter.
var merit := PackedFloat64Array()
## The best of a species that live on unchanged.
var elitism := 0
## Who may have offspring.
var families: Array[EvolveFallbackFamily] = []
## The run's seed.
var run_seed := 0
## The place of the population among the run's.
var population := 0
## The generation that is bred from.
var generation := 0


## The next generation, with so many of each family.
func breed(quotas: PackedInt32Array) -> Array[EvolveFallbackGenome]:
	var next: Array[EvolveFallbackGenome] = []
	var best := EvolveFallbackFamily.leader(families)
	var least_size := int(settings.numbers["reproduction.elitism_minimum_size"])
	for place in families.size():
		var family := families[place]
		# Small species have no elites, but the best of all is never lost.
		var keeps := place == best or family.members.size() >= least_size
		var elites := mini(elitism, mini(quotas[place], family.members.size())) if keeps else 0
		for rank in elites:
			next.append(members[family.members[rank]])
		for _child in range(elites, quotas[place]):
			next.append(_make_child(family, next.size()))
	return next


func _make_child(family: EvolveFallbackFamily, index: int) -> EvolveFallbackGenome:
	var random := EvolveFallbackStream.of(
		run_seed, population, generation, index, EvolveFallbackStream.Purpose.OFFSPRING
	)
	var first := family.members[random.below(family.survivors(settings))]
	var child: EvolveFallbackGenome
	if random.chance(settings.numbers["reproduction.crossover_rate"]):
		var others := family
		if random.chance(settings.numbers["reproduction.interspecies_rate"]):
			others = families[random.below(families.size())]
		var second := others.members[random.below(others.survivors(settings))]
		var is_fitter := merit[second] > merit[first]
		var fitter := members[second if is_fitter else first]
		child = fitter.mate(members[first if is_fitter else second], settings, random)
	else:
		child = members[first].copy()
	child.change(settings, random)
	return child
