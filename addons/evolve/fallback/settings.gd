class_name EvolveFallbackSettings
extends RefCounted
## The settings that genomes are bred with: the names, defaults and ranges of a run's configuration.
##
## Of a configuration's sections this reads [code]genome[/code], [code]mutation[/code],
## [code]speciation[/code] and [code]reproduction[/code], as far as the fallback has a use for them;
## others are left alone.

# Default, least and most of each number.
const _NUMBERS: Dictionary[String, Array] = {
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
# Probabilities, from 0 to 1.
const _RATES: Dictionary[String, float] = {
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
# Numbers that count something.
const _WHOLE: PackedStringArray = [
	"speciation.target_species",
	"reproduction.elitism",
	"reproduction.elitism_minimum_size",
	"reproduction.stagnation_limit",
	"reproduction.protected_species",
	"reproduction.minimum_species_size",
]
# What one of a few names may say.
const _CHOICES: Dictionary[String, Array] = {
	"genome.initial_connections": ["all", "none"],
	"speciation.strategy": ["threshold"],
}
const _SECTIONS: PackedStringArray = ["genome", "mutation", "speciation", "reproduction"]

static var _defaults := EvolveFallbackSettings.new()

## Rates, powers, coefficients and counts, by names like [code]mutation.weight_rate[/code].
var numbers: Dictionary[String, float] = _RATES.duplicate()
## Whether connections may form cycles.
var recurrent := false
## Whether the inputs of first genomes are connected to their outputs.
var connected := true
## Codes of the functions of new hidden nodes and of outputs.
var hidden_activation := EvolveFallbackActivation.Code.STEEP_SIGMOID
## See [member hidden_activation].
var output_activation := EvolveFallbackActivation.Code.STEEP_SIGMOID
## Codes of the functions that a mutation may give a hidden node.
var activations := PackedByteArray([EvolveFallbackActivation.Code.STEEP_SIGMOID])
## Codes of the aggregations that a mutation may give a hidden node.
var aggregations := PackedByteArray([EvolveFallbackActivation.Aggregation.SUM])

# The first thing that is wrong; empty when nothing is.
var _problem := ""


func _init() -> void:
	for key: String in _NUMBERS:
		numbers[key] = _NUMBERS[key][0]


## The settings in a dictionary of sections; those that are not named have their defaults. Null and
## an error that names the call when one of them makes no sense.
static func read(given: Dictionary, asker: String) -> EvolveFallbackSettings:
	if given.is_empty():
		return _defaults
	var settings := EvolveFallbackSettings.new()
	for section: Variant in given:
		if str(section) in _SECTIONS:
			settings._read_section(str(section), given[section])
	if settings._problem.is_empty():
		return settings
	push_error("%s: %s" % [asker, settings._problem])
	return null


func _read_section(section: String, given: Variant) -> void:
	if not given is Dictionary:
		_refuse("%s is %s, but must be a dictionary" % [section, given])
		return
	for name: Variant in given:
		_read("%s.%s" % [section, name], given[name])


func _read(key: String, value: Variant) -> void:
	if numbers.has(key):
		_read_number(key, value)
	elif _CHOICES.has(key):
		if not value is String or not value in _CHOICES[key]:
			_refuse("%s is %s, but must be one of %s" % [key, value, ", ".join(_CHOICES[key])])
		elif key == "genome.initial_connections":
			connected = value == "all"
	elif key == "genome.recurrent":
		if not value is bool:
			_refuse("%s is %s, but must be true or false" % [key, value])
		else:
			recurrent = value
	elif not _read_codes(key, value):
		_refuse("configuration key %s: unknown field" % key)


func _read_number(key: String, value: Variant) -> void:
	if not (value is float or value is int):
		_refuse("%s is %s, but must be a number" % [key, value])
		return
	var number := float(value)
	var least := 0.0
	var most := 1.0
	if _NUMBERS.has(key):
		least = _NUMBERS[key][1]
		most = _NUMBERS[key][2]
	if not is_finite(number):
		_refuse("%s is %s, but must be finite" % [key, "NaN" if is_nan(number) else str(number)])
	elif key in _WHOLE and number != floorf(number):
		_refuse("%s is %s, but must be a whole number" % [key, number])
	elif number < least or number > most:
		var shown := [key, _shown(number), _shown(least), _shown(most)]
		_refuse("%s is %s, but must be from %s to %s" % shown)
	else:
		numbers[key] = number


func _read_codes(key: String, value: Variant) -> bool:
	var functions := EvolveFallbackActivation.Code
	match key:
		"genome.hidden_activation":
			hidden_activation = _codes(key, [value], functions)[0] as EvolveFallbackActivation.Code
		"genome.output_activation":
			output_activation = _codes(key, [value], functions)[0] as EvolveFallbackActivation.Code
		"genome.activations":
			activations = _codes(key, value, functions)
		"genome.aggregations":
			aggregations = _codes(key, value, EvolveFallbackActivation.Aggregation)
		_:
			return false
	return true


# Codes of a list of names; that of 0 alone when one is refused.
func _codes(key: String, names: Variant, known: Dictionary) -> PackedByteArray:
	var codes := PackedByteArray()
	if names is Array or names is PackedStringArray:
		for name: Variant in names:
			var code: int = known.get(str(name).to_upper(), -1)
			if code < 0:
				_refuse("configuration key %s: unknown variant `%s`" % [key, name])
			elif code in codes:
				_refuse("%s is %s, but must be a list without repeated entries" % [key, name])
			codes.append(maxi(code, 0))
	if codes.is_empty():
		_refuse("%s is an empty list, but must be a list with at least one entry" % key)
		codes.append(0)
	return codes


func _refuse(problem: String) -> void:
	if _problem.is_empty():
		_problem = problem


# Whole numbers without a point, as the native library says them.
static func _shown(number: float) -> String:
	return "%d" % number if number == floorf(number) else str(number)
