@tool
@icon("../icons/evolve_config.svg")
class_name EvolveConfig
extends Resource
## How a run evolves: what genomes are made of, how they change, and who has offspring.
##
## The defaults do for most scenes: leave [member EvolveTrainer.config] empty until you know what
## you miss. Names, defaults and ranges are the engine's own; the same settings stand in the files
## and commands of the orchestrator, [member mutation_weight_rate] as
## [code]mutation.weight_rate[/code].

## How the first generation is wired.
enum InitialConnections {
	ALL,  ## Every input leads to every output.
	NONE,  ## Nothing is connected: evolution finds the inputs that matter.
}

## How genomes are sorted into species.
enum SpeciationStrategy {
	THRESHOLD,  ## Whoever is near enough to a representative belongs to it.
	KMEANS,  ## Always [member speciation_target_species] groups around their middles.
}

## How parents are chosen.
enum SelectionStrategy {
	FITNESS,  ## By fitness, shared within species.
	NSGA2,  ## By several objectives: parents and offspring compete for dominance and room.
	NOVELTY,  ## By how unusual the behaviour is, whatever the fitness.
	MAP_ELITES,  ## A grid over behaviours, whose cells each keep their fittest.
}

const _ACTIVATIONS := (
	"identity,sigmoid,tanh,relu,leaky_relu,elu,gaussian,sine,abs,step,softplus,clamped"
	+ ",steep_sigmoid"
)
const _AGGREGATIONS := "sum,product,max,mean"
# The inspector's notation for a list of strings (type 4) that are chosen (hint 2).
const _LIST := "4/2:"

# The engine's name for each number of an enumeration.
const _ENUMERATIONS: Dictionary[StringName, Dictionary] = {
	&"genome_initial_connections": InitialConnections,
	&"speciation_strategy": SpeciationStrategy,
	&"selection_strategy": SelectionStrategy,
}

const _GROUPS: PackedStringArray = [
	"genome", "mutation", "speciation", "selection", "reproduction", "complexity"
]

@export_group("Genome", "genome_")

## Whether connections may form cycles, so that a brain remembers.
@export var genome_recurrent := false

## How the first generation is wired.
@export var genome_initial_connections := InitialConnections.ALL

## New weights and biases are normal with this deviation.
@export_range(0.0, 10.0, 0.01, "or_greater") var genome_initial_deviation := 2.0

## Weights and biases stay within ± this.
@export_range(0.001, 100.0, 0.001, "or_greater") var genome_weight_limit := 30.0

## The function of new hidden nodes.
@export_custom(PROPERTY_HINT_ENUM, _ACTIVATIONS)
var genome_hidden_activation: String = "steep_sigmoid"

## The function of outputs: [code]steep_sigmoid[/code] gives 0 to 1, [code]tanh[/code] -1 to 1.
@export_custom(PROPERTY_HINT_ENUM, _ACTIVATIONS)
var genome_output_activation: String = "steep_sigmoid"

## The functions that a mutation may give a hidden node: [member mutation_activation_rate].
@export_custom(PROPERTY_HINT_TYPE_STRING, _LIST + _ACTIVATIONS)
var genome_activations: Array[String] = ["steep_sigmoid"]

## How hidden nodes may put their inputs together: [member mutation_aggregation_rate].
@export_custom(PROPERTY_HINT_TYPE_STRING, _LIST + _AGGREGATIONS)
var genome_aggregations: Array[String] = ["sum"]

@export_group("Mutation", "mutation_")

## Probability that the weights of an offspring change.
@export_range(0.0, 1.0, 0.001) var mutation_weight_rate := 0.8

## Probability that its biases change.
@export_range(0.0, 1.0, 0.001) var mutation_bias_rate := 0.9

## Of those that change, how many are drawn anew instead of nudged.
@export_range(0.0, 1.0, 0.001) var mutation_replace_rate := 0.1

## Deviation of a nudge.
@export_range(0.0, 10.0, 0.001, "or_greater") var mutation_weight_power := 0.75

## Probability of a new connection.
@export_range(0.0, 1.0, 0.001) var mutation_add_connection_rate := 0.3

## Probability of a new node.
@export_range(0.0, 1.0, 0.001) var mutation_add_node_rate := 0.02

## Probability that a connection goes.
@export_range(0.0, 1.0, 0.001) var mutation_delete_connection_rate := 0.0

## Probability that a hidden node goes, with its connections.
@export_range(0.0, 1.0, 0.001) var mutation_delete_node_rate := 0.0

## Probability that one connection is switched on or off.
@export_range(0.0, 1.0, 0.001) var mutation_toggle_rate := 0.0

## Probability that a hidden node gets another of [member genome_activations].
@export_range(0.0, 1.0, 0.001) var mutation_activation_rate := 0.0

## Probability that a hidden node gets another of [member genome_aggregations].
@export_range(0.0, 1.0, 0.001) var mutation_aggregation_rate := 0.0

@export_group("Speciation", "speciation_")

## How genomes are sorted into species.
@export var speciation_strategy := SpeciationStrategy.THRESHOLD

## Weight of genes that only one of two genomes has.
@export_range(0.0, 10.0, 0.01, "or_greater") var speciation_disjoint_coefficient := 1.0

## Weight of the mean difference of weights and biases.
@export_range(0.0, 10.0, 0.01, "or_greater") var speciation_weight_coefficient := 0.9

## Genomes nearer than this are one species; where a run begins.
@export_range(0.001, 100.0, 0.001, "or_greater") var speciation_threshold := 1.5

## The threshold moves toward this many species; 0 leaves it alone.
@export_range(0, 100, 1, "or_greater") var speciation_target_species := 10

## How far the threshold moves in a generation at most.
@export_range(0.0, 10.0, 0.01, "or_greater") var speciation_threshold_step := 0.3

@export_group("Selection", "selection_")

## How parents are chosen. What they are scored on stands in the trainer:
## [member EvolveTrainer.objectives] and [member EvolveTrainer.behaviour].
@export var selection_strategy := SelectionStrategy.FITNESS

## With NSGA-II: novelty of behaviour is a further objective, to be maximised.
@export var selection_novelty := false

## With NSGA-II: the number of genes is a further objective, to be minimised.
@export var selection_complexity := false

## Novelty is the mean distance to so many of the nearest behaviours.
@export_range(1, 100, 1, "or_greater") var selection_neighbours := 15

## The most novel of a generation that enter the archive of behaviours.
@export_range(0, 100, 1, "or_greater") var selection_archive_entries := 5

## The most behaviours that the archive holds; the oldest leave it.
@export_range(0, 100000, 1, "or_greater") var selection_archive_capacity := 2000

@export_group("Reproduction", "reproduction_")

## Probability that an offspring has two parents.
@export_range(0.0, 1.0, 0.001) var reproduction_crossover_rate := 0.5

## Probability that the second parent is of any species.
@export_range(0.0, 1.0, 0.001) var reproduction_interspecies_rate := 0.001

## Probability that a gene disabled in either parent is disabled in the child.
@export_range(0.0, 1.0, 0.001) var reproduction_disable_rate := 0.75

## The best of a species that live on unchanged.
@export_range(0, 100, 1, "or_greater") var reproduction_elitism := 1

## Only species of at least this size have elites.
@export_range(0, 100, 1, "or_greater") var reproduction_elitism_minimum_size := 4

## The share of a species that may have offspring.
@export_range(0.0, 1.0, 0.001) var reproduction_survival_threshold := 0.15

## A species without a better score for so many generations dies out.
@export_range(1, 1000, 1, "or_greater") var reproduction_stagnation_limit := 25

## The best species that never die out.
@export_range(0, 100, 1, "or_greater") var reproduction_protected_species := 2

## A species that lives on has at least so many offspring, while there is room for them.
@export_range(0, 100, 1, "or_greater") var reproduction_minimum_species_size := 0

## The share of offspring that the worst species has, relative to the best one.
@export_range(0.0, 1.0, 0.001) var reproduction_least_share := 0.3

@export_group("Complexity", "complexity_")

## Genes that genomes may gain on average before they are simplified; 0 lets them grow for ever.
@export_range(0.0, 1000.0, 0.1, "or_greater") var complexity_allowance := 0.0

## Simplifying ends when the mean has not fallen for so many generations.
@export_range(1, 1000, 1, "or_greater") var complexity_patience := 5

## While simplifying, the least probability that a connection goes.
@export_range(0.0, 1.0, 0.001) var complexity_deletion_rate := 0.3


## The settings as the engine's configuration has them: a dictionary for each group.
func to_dictionary() -> Dictionary:
	var sections := {}
	for group in _GROUPS:
		sections[group] = {}
	for property in get_property_list():
		var name: String = property["name"]
		var group := name.get_slice("_", 0)
		if int(property["usage"]) & PROPERTY_USAGE_SCRIPT_VARIABLE and group in _GROUPS:
			sections[group][name.trim_prefix(group + "_")] = _value(name)
	return sections


func _value(name: StringName) -> Variant:
	var value: Variant = get(name)
	if not _ENUMERATIONS.has(name):
		return value
	var words: Dictionary = _ENUMERATIONS[name]
	return str(words.find_key(value)).to_lower()
