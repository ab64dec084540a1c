class_name EvolveFallbackSettings
extends RefCounted
## The settings that genomes are bred with: the names, defaults and ranges of a run's configuration.
##
## Of a configuration's sections this reads [code]genome[/code], [code]mutation[/code],
## [code]speciation[/code] and [code]reproduction[/code], as far as the fallback has a use for them;
## others are left alone.

static var _defaults := EvolveFallbackSettings.new()

## Rates, powers, coefficients and counts, by names like [code]mutation.weight_rate[/code].
var numbers: Dictionary[String, float] = EvolveFallbackSettingTable.RATES.duplicate()
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

## The first thing that is wrong; empty when nothing is.
var problem := ""


func _init() -> void:
	for key: String in EvolveFallbackSettingTable.NUMBERS:
		numbers[key] = EvolveFallbackSettingTable.NUMBERS[key][0]


## The settings in a dictionary of sections; those that are not named have their defaults. Null and
## an error that names the call when one of them makes no sense.
static func read(given: Dictionary, asker: String) -> EvolveFallbackSettings:
	if given.is_empty():
		return _defaults
	var settings := parse(given)
	if settings.problem.is_empty():
		return settings
	push_error("%s: %s" % [asker, settings.problem])
	return null


## The settings in a dictionary of sections; look at [member problem] first.
static func parse(given: Dictionary) -> EvolveFallbackSettings:
	var settings := EvolveFallbackSettings.new()
	for section: Variant in given:
		if EvolveFallbackSettingTable.SECTIONS.has(str(section)):
			settings._read_section(str(section), given[section])
	return settings


## The same settings with other numbers for some of the names.
func with_numbers(others: Dictionary[String, float]) -> EvolveFallbackSettings:
	var changed := EvolveFallbackSettings.new()
	changed.numbers = numbers.merged(others, true)
	changed.recurrent = recurrent
	changed.connected = connected
	changed.hidden_activation = hidden_activation
	changed.output_activation = output_activation
	changed.activations = activations
	changed.aggregations = aggregations
	return changed


## All of them as a configuration has them, a dictionary for each section.
func to_sections() -> Dictionary:
	var sections := {}
	for section in EvolveFallbackSettingTable.SECTIONS:
		var values := {}
		for name: String in EvolveFallbackSettingTable.SECTIONS[section]:
			var key := "%s.%s" % [section, name]
			if numbers.has(key):
				values[name] = numbers[key]
				if key in EvolveFallbackSettingTable.WHOLE:
					values[name] = int(numbers[key])
		sections[section] = values
	var functions := EvolveFallbackActivation.Code
	sections["speciation"]["strategy"] = "threshold"
	var genome: Dictionary = sections["genome"]
	genome["recurrent"] = recurrent
	genome["initial_connections"] = "all" if connected else "none"
	genome["hidden_activation"] = _names([hidden_activation], functions)[0]
	genome["output_activation"] = _names([output_activation], functions)[0]
	genome["activations"] = _names(activations, functions)
	genome["aggregations"] = _names(aggregations, EvolveFallbackActivation.Aggregation)
	return sections


func _read_section(section: String, given: Variant) -> void:
	if not given is Dictionary:
		_refuse("%s is %s, but must be a dictionary" % [section, given])
		return
	for name: Variant in given:
		_read("%s.%s" % [section, name], given[name])


func _read(key: String, value: Variant) -> void:
	if numbers.has(key):
		_read_number(key, value)
	elif EvolveFallbackSettingTable.CHOICES.has(key):
		if not value is String or not value in EvolveFallbackSettingTable.CHOICES[key]:
			_refuse(
				(
					"%s is %s, but must be one of %s"
					% [key, value, ", ".join(EvolveFallbackSettingTable.CHOICES[key])]
				)
			)
		elif key == "genome.initial_connections":
			connected = value == "all"
	elif key == "genome.recurrent":
		if not value is bool:
			_refuse("%s is %s, but must be true or false" % [key, value])
		else:
			recurrent = value
	elif not _read_codes(key, value):
		var known := PackedStringArray(EvolveFallbackSettingTable.SECTIONS[key.get_slice(".", 0)])
		var sentence := EvolveFallbackFields.unknown("field", key.get_slice(".", 1), known)
		_refuse("configuration key %s: %s" % [key, sentence])


func _read_number(key: String, value: Variant) -> void:
	if not (value is float or value is int):
		_refuse("%s is %s, but must be a number" % [key, value])
		return
	var number := float(value)
	var least := 0.0
	var most := 1.0
	if EvolveFallbackSettingTable.NUMBERS.has(key):
		least = EvolveFallbackSettingTable.NUMBERS[key][1]
		most = EvolveFallbackSettingTable.NUMBERS[key][2]
	if not is_finite(number):
		_refuse("%s is %s, but must be finite" % [key, "NaN" if is_nan(number) else str(number)])
	elif key in EvolveFallbackSettingTable.WHOLE and number != floorf(number):
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


static func _names(codes: PackedByteArray, known: Dictionary) -> PackedStringArray:
	var names := PackedStringArray()
	for code in codes:
		names.append(str(known.find_key(code)).to_lower())
	return names


func _refuse(sentence: String) -> void:
	if problem.is_empty():
		problem = sentence


# Whole numbers without a point, as the native library says them.
static func _shown(number: float) -> String:
	return "%d" % number if number == floorf(number) else str(number)
