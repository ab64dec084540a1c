class_name EvolveFallbackPhase
extends RefCounted
## Where a population stands between growing and simplifying, so that genomes stay as small as their
## task allows (Green's phased search).

## True while genes are only deleted.
var simplifying := false
## The mean number of genes when growth last began.
var floor_mean := 0.0
## The lowest mean of the present simplification.
var lowest := 0.0
## The generation of that lowest mean.
var fell := 0


## The first phase of a run: growth, from what the first generation has.
static func initial(members: Array[EvolveFallbackGenome]) -> EvolveFallbackPhase:
	var phase := EvolveFallbackPhase.new()
	phase.floor_mean = _mean_genes(members)
	return phase


## The phase in which the next generation is made from this one.
func advance(
	members: Array[EvolveFallbackGenome], generation: int, config: EvolveFallbackRunConfig
) -> void:
	if config.allowance == 0.0:
		return
	var mean := _mean_genes(members)
	if not simplifying:
		if mean > floor_mean + config.allowance:
			simplifying = true
			lowest = mean
			fell = generation
	elif mean < lowest:
		lowest = mean
		fell = generation
	elif generation - fell >= config.patience:
		simplifying = false
		floor_mean = mean


## How large a genome is: connections, disabled ones too, and hidden nodes.
static func genes_of(genome: EvolveFallbackGenome) -> int:
	return genome.connection_count() + genome.genes.hidden()


static func _mean_genes(members: Array[EvolveFallbackGenome]) -> float:
	var total := 0
	for member in members:
		total += genes_of(member)
	return total / float(members.size())
