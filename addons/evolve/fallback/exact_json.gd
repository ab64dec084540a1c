class_name EvolveFallbackExactJson
extends RefCounted
## JSON whose floats are read to the last bit. The engine's own reader takes one in four of those
## with 16 digits or more for another one, and a run that is resumed would go another way.

const _TOKENS := '"(?:[^"\\\\]|\\\\.)*"|-?[0-9][0-9.eE+-]*'
# Up to so many digits the engine's reader is exact.
const _EXACT_DIGITS := 15
# Stands before a number that goes through the reader as a text.
const _MARK := "\u0001"
# So many digits, with a sign, fit an integer; and such a power of ten is a float without rounding.
const _MOST_DIGITS := 18
const _EXACT_POWER := 22
# More than the first guess can be off.
const _NEIGHBOURS: PackedInt32Array = [0, 1, -1, 2, -2, 3, -3, 4, -4]


## What a text means, null when it is no JSON.
static func parse(text: String) -> Variant:
	var parser := JSON.new()
	if parser.parse(_marked(text)) != OK:
		return null
	return _read(parser.data)


## The float that a decimal number means, as long as it has no more digits than it needs.
static func number(text: String) -> float:
	var wanted := _normal(text)
	var guess := _near(wanted)
	var bytes := PackedFloat64Array([guess]).to_byte_array()
	var bits := bytes.decode_s64(0)
	for step in _NEIGHBOURS:
		bytes.encode_s64(0, bits + step)
		var candidate := bytes.decode_double(0)
		if is_finite(candidate) and _normal(EvolveFallbackNumberText.of(candidate)) == wanted:
			return candidate
	return guess


# The float itself or a near neighbour; every step rounds once.
static func _near(normal: String) -> float:
	var digits := normal.get_slice("e", 0)
	var power := normal.get_slice("e", 1).to_int()
	var kept := digits.left(_MOST_DIGITS)
	var guess := float(kept.to_int())
	power += digits.length() - kept.length()
	while power != 0:
		var step := clampi(power, -_EXACT_POWER, _EXACT_POWER)
		guess = guess * pow(10.0, step) if step > 0 else guess / pow(10.0, -step)
		power -= step
	return guess


static func _marked(text: String) -> String:
	var tokens := RegEx.create_from_string(_TOKENS)
	var marked := PackedStringArray()
	var end := 0
	for token in tokens.search_all(text):
		var found := token.get_string()
		if found.begins_with('"') or found.length() <= _EXACT_DIGITS:
			continue
		marked.append(text.substr(end, token.get_start() - end))
		marked.append('"%s%s"' % [_MARK, found])
		end = token.get_end()
	marked.append(text.substr(end))
	return "".join(marked)


static func _read(value: Variant) -> Variant:
	if value is String and (value as String).begins_with(_MARK):
		return number((value as String).substr(1))
	if value is Array:
		for place: int in value.size():
			value[place] = _read(value[place])
	elif value is Dictionary:
		for key: Variant in value:
			value[key] = _read(value[key])
	return value


# The sign, the digits without zeros at either end, and the power of ten behind them.
static func _normal(text: String) -> String:
	var parts := text.to_lower().lstrip("-").split("e")
	var power := parts[1].to_int() if parts.size() > 1 else 0
	var digits := parts[0].replace(".", "")
	power -= digits.length() - maxi(parts[0].find("."), 0) if "." in parts[0] else 0
	digits = digits.lstrip("0")
	var trimmed := digits.rstrip("0")
	power += digits.length() - trimmed.length()
	return "%s%se%d" % ["-" if text.begins_with("-") else "", trimmed, power]
