class_name EvolveFallbackCanonicalJson
extends RefCounted
## JSON in the native library's bytes: keys sorted, no white space, floats in their shortest digits
## and always with a point or an exponent, whole numbers without.


## The text of a value.
static func of(value: Variant) -> String:
	if value is float:
		return EvolveFallbackNumberText.of(value)
	if value is Dictionary:
		return _object(value)
	if value is Array or value is PackedStringArray:
		var entries := PackedStringArray()
		for entry: Variant in value:
			entries.append(of(entry))
		return "[%s]" % ",".join(entries)
	return JSON.stringify(value)


static func _object(value: Dictionary) -> String:
	var keys := value.keys()
	keys.sort()
	var entries := PackedStringArray()
	for key: String in keys:
		entries.append("%s:%s" % [JSON.stringify(key), of(value[key])])
	return "{%s}" % ",".join(entries)
