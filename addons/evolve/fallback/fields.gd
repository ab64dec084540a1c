class_name EvolveFallbackFields
extends RefCounted
## One object of a configuration, read field by field: defaults for what is not named, and the first
## thing that is wrong, in the native library's words.

## The first thing that is wrong, here or in an object inside; empty when nothing is.
var problem := ""

var _path := ""
var _given: Dictionary = {}
var _known := PackedStringArray()


## The fields of an object at a path like [code]populations[0][/code]; empty for the whole
## configuration.
static func of(given: Variant, path: String) -> EvolveFallbackFields:
	var fields := EvolveFallbackFields.new()
	fields._path = path
	if given is Dictionary:
		fields._given = given
	else:
		fields.refuse_type(path, given, "an object")
	return fields


## The path of a field.
func path_of(key: String) -> String:
	return key if _path.is_empty() else "%s.%s" % [_path, key]


## True or false.
func flag(key: String, default: bool) -> bool:
	var value: Variant = _take(key, default)
	if value is bool:
		return value
	refuse_type(path_of(key), value, "a boolean")
	return default


## A number within a range.
func number(key: String, default: float, least: float, most: float) -> float:
	var value: Variant = _take(key, default)
	if not (value is float or value is int):
		refuse_type(path_of(key), value, "f64")
		return default
	# Written so that a NaN, which compares with nothing, is refused.
	if not (value >= least and value <= most):
		refuse_range(path_of(key), value, least, most)
	return value


## A whole number within a range.
func whole(key: String, default: int, least: int, most: int) -> int:
	var value: Variant = _take(key, default)
	if not (value is float or value is int) or value != floorf(value):
		refuse_type(path_of(key), value, "a whole number")
		return default
	if value < least or value > most:
		refuse_range(path_of(key), value, least, most)
		return default
	return int(value)


## One of a few words.
func choice(key: String, options: PackedStringArray, default: String) -> String:
	var value: Variant = _take(key, default)
	if value is String and value in options:
		return value
	if value is String:
		refuse("configuration key %s: %s" % [path_of(key), unknown("variant", value, options)])
	else:
		refuse_type(path_of(key), value, "a string")
	return default


## A name.
func name(key: String, default: String) -> String:
	var value: Variant = _take(key, default)
	if not value is String:
		refuse_type(path_of(key), value, "a string")
		return default
	refuse(name_problem(path_of(key), value))
	return value


## A list.
func list(key: String, default: Array) -> Array:
	var value: Variant = _take(key, default)
	if value is Array:
		return value
	refuse_type(path_of(key), value, "a sequence")
	return default


## A list of names, none of them twice.
func names(key: String, least: int, most: int) -> PackedStringArray:
	var found := PackedStringArray()
	var path := path_of(key)
	for value: Variant in list(key, []):
		if not value is String:
			refuse_type("%s[%d]" % [path, found.size()], value, "a string")
			return found
		refuse(name_problem("%s[%d]" % [path, found.size()], value))
		found.append(value)
	if found.size() < least or found.size() > most:
		refuse_range("the number of %s" % path, found.size(), least, most)
	var sorted := found.duplicate()
	sorted.sort()
	for place in range(1, sorted.size()):
		if sorted[place] == sorted[place - 1]:
			refuse("%s is %s, but must be a list without repeated names" % [path, sorted[place]])
	return found


## The object in a field; empty when it is not named.
func object(key: String) -> Variant:
	return _take(key, {})


## Every field has been asked for: refuses the others.
func end() -> void:
	for key: Variant in _given:
		if not str(key) in _known:
			var sentence := unknown("field", str(key), _known)
			refuse("configuration key %s: %s" % [path_of(str(key)), sentence])


## Notes a problem, unless there is one or it is empty.
func refuse(sentence: String) -> void:
	if problem.is_empty():
		problem = sentence


## Notes a number that is out of its range.
func refuse_range(path: String, value: Variant, least: Variant, most: Variant) -> void:
	refuse("%s is %s, but must be from %s to %s" % [path, shown(value), shown(least), shown(most)])


## Notes a value of the wrong type.
func refuse_type(path: String, value: Variant, expected: String) -> void:
	var given := shown(value)
	match typeof(value):
		TYPE_STRING:
			given = 'string "%s"' % value
		TYPE_BOOL:
			given = "boolean `%s`" % value
		TYPE_ARRAY:
			given = "sequence"
		TYPE_DICTIONARY:
			given = "map"
		TYPE_NIL:
			given = "null"
	var key := "." if path.is_empty() else path
	refuse("configuration key %s: invalid type: %s, expected %s" % [key, given, expected])


## Why a name is none; empty when it is one.
static func name_problem(path: String, given: String) -> String:
	var is_name := given.length() >= 1 and given.length() <= 64
	for character in given:
		var code := character.unicode_at(0)
		is_name = is_name and code >= 32 and (code < 127 or code > 159)
	if is_name:
		return ""
	return (
		"%s is %s, but must be 1 to 64 characters without control characters"
		% [path, JSON.stringify(given)]
	)


## Says that something is none of the words known.
static func unknown(kind: String, given: String, known: PackedStringArray) -> String:
	var quoted := PackedStringArray()
	for word in known:
		quoted.append("`%s`" % word)
	var expected := "one of %s" % ", ".join(quoted)
	if known.size() <= 2:
		expected = " or ".join(quoted)
	return "unknown %s `%s`, expected %s" % [kind, given, expected]


## A value as the native library says it: whole numbers without a point.
static func shown(value: Variant) -> String:
	if value is float and is_nan(value):
		return "NaN"
	if value is float and value == floorf(value) and absf(value) < 1e15:
		return "%d" % value
	return str(value)


func _take(key: String, default: Variant) -> Variant:
	_known.append(key)
	return _given.get(key, default)
