@tool
extends EvolveLiveLink
## The link to the editor's panel with a clock: what it takes of the game's own time. What the
## engine's debugger does later, in a thread of its own, is not in it.

## Microseconds in the link's calls, that of each frame included.
var spent := 0


func tell_generation(report: Dictionary) -> void:
	var before := Time.get_ticks_usec()
	super(report)
	spent += Time.get_ticks_usec() - before


func tell_champion(bytes: PackedByteArray, fitness: float) -> void:
	var before := Time.get_ticks_usec()
	super(bytes, fitness)
	spent += Time.get_ticks_usec() - before


func _flush_in_time() -> void:
	var before := Time.get_ticks_usec()
	super()
	spent += Time.get_ticks_usec() - before
