extends RefCounted
## The task of this demo: two bits in, one number out, which should be 1 where the bits differ.
##
## The loops beside this file know nothing else about XOR. Give yours another task and keep them.

const INPUTS := 2
const OUTPUTS := 1
## What a champion's file says of them.
const INPUT_NAMES: PackedStringArray = ["a", "b"]
const OUTPUT_NAMES: PackedStringArray = ["xor"]
const CASES: Array[PackedFloat32Array] = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
const TARGETS: Array[float] = [0.0, 1.0, 1.0, 0.0]
## An error below this counts as solved: the four answers are 0.16 off on average.
const SOLVED_ERROR := 0.1


## What a genome answers in each case.
static func answers_of(genome: RefCounted) -> PackedFloat32Array:
	var answers := PackedFloat32Array()
	for bits in CASES:
		var outputs: PackedFloat32Array = genome.call(&"think", bits)
		answers.append(outputs[0])
	return answers


## How far the answers are off, squared and added up: 0 at best, 4 at worst.
static func error_of(genome: RefCounted) -> float:
	var answers := answers_of(genome)
	var error := 0.0
	for case in TARGETS.size():
		var miss := answers[case] - TARGETS[case]
		error += miss * miss
	return error
