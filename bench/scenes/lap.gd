extends RefCounted
## One generation of a scene, played tick by tick and timed. Subclasses say how it is played.

## Ticks played.
var ticks := 0
## Sense-think-act rounds of all agents together.
var agent_steps := 0
## Microseconds that [method play] took in each tick, and in the call behind the last one that ends
## the generation.
var inside := PackedInt64Array()
## Microseconds from each of them to the next, the engine's own work included.
var total := PackedInt64Array()

var _began := 0


## One physics tick; false when the generation is over.
func tick() -> bool:
	var before := Time.get_ticks_usec()
	if ticks > 0:
		total.append(before - _began)
	_began = before
	var goes_on := play()
	inside.append(Time.get_ticks_usec() - before)
	if goes_on:
		ticks += 1
	else:
		total.append(inside[-1])
	return goes_on


## What is done in a physics tick; false when there is nothing left to do.
func play() -> bool:
	return false
