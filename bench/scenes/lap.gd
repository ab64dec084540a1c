extends RefCounted
## One generation of a scene, played tick by tick and timed. Subclasses say how it is played.

## Ticks played.
var ticks := 0
## Sense-think-act rounds of all agents together.
var agent_steps := 0
## Microseconds that [method play] took, all ticks together.
var inside := 0
## Microseconds from the first tick to the end, the engine's own work included.
var total := 0

var _began := 0


## One physics tick; false when the generation is over.
func tick() -> bool:
	var before := Time.get_ticks_usec()
	if ticks == 0:
		_began = before
	var goes_on := play()
	var after := Time.get_ticks_usec()
	inside += after - before
	total = after - _began
	if goes_on:
		ticks += 1
	return goes_on


## What is done in a physics tick; false when there is nothing left to do.
func play() -> bool:
	return false
