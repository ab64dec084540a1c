extends SceneTree
## Races the native library against plain GDScript in one engine, and prints a line of JSON for each
## row, and that it is done. Both sides get the same genomes; where both must give the same, that is
## asserted before a clock is started. Run by [code]tools/bench godot[/code].

const RACES: Array[GDScript] = [
	preload("races/thinking.gd"),
	preload("races/breeding.gd"),
	preload("races/generations.gd"),
	preload("races/storing.gd"),
]


func _initialize() -> void:
	var failed := false
	for script in RACES:
		var race: RefCounted = script.new()
		race.call(&"run")
		failed = failed or race.get(&"failed")
	if not failed:
		print("done")
	quit(1 if failed else 0)
