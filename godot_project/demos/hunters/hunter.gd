extends "res://demos/hunters/creature.gd"
## Faster than its prey, but slow to turn. Every catch gives it the seconds that its victim would
## still have had: the earlier, the better.

## It catches what is nearer than this.
const REACH := 18.0


## Moves, and catches whoever is in reach.
func act(outputs: PackedFloat32Array) -> void:
	super(outputs)
	var is_alone := true
	for rival in rivals:
		if rival.is_out:
			continue
		if position.distance_squared_to(rival.position) < REACH * REACH:
			rival.call(&"be_caught")
			_agent.add_fitness(LIFE - _agent.ticks * TICK)
		else:
			is_alone = false
	if is_alone:
		_agent.finish()
