class_name EvolveActions
extends RefCounted
## Turns a network's outputs into what an agent does: choices, switches and axes.
##
## The outputs of a network are between 0 and 1, unless its activation is another than the sigmoid.
## Static functions only; nothing here moves a body by itself.


## The place (0 to [param count] - 1) of the biggest of [param count] outputs that begin at
## [param from]: a choice between discrete actions. The first of equal ones wins.
static func choose(outputs: PackedFloat32Array, from: int, count: int) -> int:
	var best := from
	for place in range(from + 1, from + count):
		if outputs[place] > outputs[best]:
			best = place
	return best - from


## Whether an output says yes: a switch.
static func is_on(output: float) -> bool:
	return output > 0.5


## An output from 0 to 1 as a number from -1 to 1: a steering wheel.
static func signed(output: float) -> float:
	return clampf(2.0 * output - 1.0, -1.0, 1.0)


## Two outputs that pull against each other as a number from -1 to 1, like
## [method Input.get_axis]: a network finds "both at rest" more easily than the exact middle of one
## output.
static func axis(negative: float, positive: float) -> float:
	return clampf(positive - negative, -1.0, 1.0)
