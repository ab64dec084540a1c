@tool
class_name EvolveNames
extends RefCounted
## The rules for names of inputs and outputs (spec/FORMAT.md has them); never changes a name.

## Characters that a name may have.
const MAXIMUM_LENGTH := 64


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
