@tool
class_name EvolveNames
extends RefCounted
## The rules for names of inputs, outputs and metrics (spec/FORMAT.md has them); never changes a
## name.

## Characters that a name may have.
const MAXIMUM_LENGTH := 64
## Names of metrics that a run may have.
const MAXIMUM_METRICS := 64


## What is wrong with a list of names, sentences that begin with its title.
static func problems(title: String, names: PackedStringArray) -> PackedStringArray:
	var found := PackedStringArray()
	if names.is_empty():
		found.append("%s is empty: name each number, in order." % title)
	for place in names.size():
		var name := names[place]
		if name.is_empty() or name.length() > MAXIMUM_LENGTH:
			found.append("%s: a name has 1 to 64 characters, not '%s'." % [title, name])
		elif names.find(name) < place:
			found.append("%s: '%s' stands there twice." % [title, name])
	return found


## What is wrong with a metric, the rest of a sentence; empty when nothing is.
static func metric_problem(name: String, value: float) -> String:
	if name.is_empty() or name.length() > MAXIMUM_LENGTH or _has_control_character(name):
		return (
			"a metric is called '%s'; its name has to be 1 to 64 characters without line breaks."
			% name.c_escape()
		)
	if not is_finite(value):
		return "the metric %s is %s; it has to be a finite number." % [name, value]
	return ""


static func _has_control_character(name: String) -> bool:
	for place in name.length():
		var code := name.unicode_at(place)
		if code < 0x20 or (code >= 0x7f and code < 0xa0):
			return true
	return false
