class_name EvolveFallbackSettingTable
extends RefCounted
## The settings that genomes are bred with, as data: names, defaults and ranges, the native
## library's.

## Default, least and most of each number.
const NUMBERS: Dictionary[String, Array] = {
	"genome.initial_deviation": [2.0, 0.0, 1e6],
	"genome.weight_limit": [30.0, 0.001, 1e6],
	"mutation.weight_power": [0.75, 0.0, 1e6],
	"speciation.disjoint_coefficient": [1.0, 0.0, 1e6],
	"speciation.weight_coefficient": [0.9, 0.0, 1e6],
	"speciation.threshold": [1.5, 1e-6, 1e9],
	"speciation.target_species": [10.0, 0.0, 10_000.0],
	"speciation.threshold_step": [0.3, 0.0, 1e6],
	"reproduction.elitism": [1.0, 0.0, 1e6],
	"reproduction.elitism_minimum_size": [4.0, 0.0, 1e6],
	"reproduction.stagnation_limit": [25.0, 1.0, 1e9],
	"reproduction.protected_species": [2.0, 0.0, 10_000.0],
	"reproduction.minimum_species_size": [0.0, 0.0, 1e6],
}
## Probabilities, from 0 to 1.
const RATES: Dictionary[String, float] = {
	"mutation.weight_rate": 0.8,
	"mutation.bias_rate": 0.9,
	"mutation.replace_rate": 0.1,
	"mutation.add_connection_rate": 0.3,
	"mutation.add_node_rate": 0.02,
	"mutation.delete_connection_rate": 0.0,
	"mutation.delete_node_rate": 0.0,
	"mutation.toggle_rate": 0.0,
	"mutation.activation_rate": 0.0,
	"mutation.aggregation_rate": 0.0,
	"reproduction.crossover_rate": 0.5,
	"reproduction.interspecies_rate": 0.001,
	"reproduction.disable_rate": 0.75,
	"reproduction.survival_threshold": 0.15,
	"reproduction.least_share": 0.3,
}
## Numbers that count something.
const WHOLE: PackedStringArray = [
	"speciation.target_species",
	"reproduction.elitism",
	"reproduction.elitism_minimum_size",
	"reproduction.stagnation_limit",
	"reproduction.protected_species",
	"reproduction.minimum_species_size",
]
## What one of a few names may say.
const CHOICES: Dictionary[String, Array] = {
	"genome.initial_connections": ["all", "none"],
	"speciation.strategy": ["threshold"],
}
## The names of each section, in the order in which the native library lists them.
const SECTIONS: Dictionary[String, Array] = {
	"genome":
	[
		"recurrent",
		"initial_connections",
		"initial_deviation",
		"weight_limit",
		"hidden_activation",
		"output_activation",
		"activations",
		"aggregations",
	],
	"mutation":
	[
		"weight_rate",
		"bias_rate",
		"replace_rate",
		"weight_power",
		"add_connection_rate",
		"add_node_rate",
		"delete_connection_rate",
		"delete_node_rate",
		"toggle_rate",
		"activation_rate",
		"aggregation_rate",
	],
	"speciation":
	[
		"strategy",
		"disjoint_coefficient",
		"weight_coefficient",
		"threshold",
		"target_species",
		"threshold_step",
	],
	"reproduction":
	[
		"crossover_rate",
		"interspecies_rate",
		"disable_rate",
		"elitism",
		"elitism_minimum_size",
		"survival_threshold",
		"stagnation_limit",
		"protected_species",
		"minimum_species_size",
		"least_share",
	],
}
