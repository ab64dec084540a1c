class_name EvolveFallbackUnitResult
extends RefCounted
## What came of one work unit.

## Which unit: the generation it belongs to in the upper 32 bits, its place there in the lower.
var id := 0
## Agent-steps taken.
var steps := 0
## Objectives of each member, one member after the other.
var scores := PackedFloat64Array()
## Behaviour of each member, one member after the other.
var behaviour := PackedFloat64Array()
## What its members noted: values by name, by the member's place in the unit.
var metrics: Dictionary[int, Dictionary] = {}
