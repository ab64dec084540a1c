extends Node
## The smallest agent there is: four cases, one a tick, scored by how close the answer is.

const CASES: Array[Vector2] = [Vector2(0, 0), Vector2(0, 1), Vector2(1, 0), Vector2(1, 1)]
const TARGETS: Array[float] = [0.0, 1.0, 1.0, 0.0]

## The answers given so far, for the picture.
var answers := PackedFloat32Array()

@onready var _agent: EvolveAgent = $EvolveAgent


## What the network sees: the two bits of the present case.
func sense() -> PackedFloat32Array:
	var bits := CASES[answers.size()]
	return PackedFloat32Array([bits.x, bits.y])


## What the network answers. Only +, − and × in a fixed order, so that every language that plays
## this game comes to the same sum to the last bit.
func act(outputs: PackedFloat32Array) -> void:
	var target := TARGETS[answers.size()]
	var output := outputs[0]
	_agent.add_fitness(1.0 - (target - output) * (target - output))
	answers.append(output)
	if answers.size() == TARGETS.size():
		_agent.finish()
