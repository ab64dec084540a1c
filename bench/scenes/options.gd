extends RefCounted
## The options behind [code]--[/code], each a name and a value.

## The scene with the trainer.
var scene := ""
## Agents at a time, and brains in a generation.
var agents := 200
## Generations of training before anything is measured, so that agents live as long as in a run.
var warm_up := 10
## How often each way of playing is measured.
var laps := 5


func _init(arguments: PackedStringArray) -> void:
	for place in range(0, arguments.size() - 1, 2):
		var name := arguments[place].trim_prefix("--").replace("-", "_")
		assert(name in self, "There is no option %s." % arguments[place])
		set(name, type_convert(arguments[place + 1], typeof(get(name))))
