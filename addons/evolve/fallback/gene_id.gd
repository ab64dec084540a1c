class_name EvolveFallbackGeneId
extends RefCounted
## Ids that follow from what a gene is, so that nobody counts innovations; spec/FORMAT.md has the
## arithmetic.

## At most so many inputs, and so many outputs; inputs have ids from 0, outputs from here.
const MAXIMUM_TERMINALS := 0x8000

# "edge" and "node" in ASCII: the two kinds of hash never share a value by construction.
const _CONNECTION := 0x6564_6765
const _NODE := 0x6e6f_6465
# Bit 62 is always set, so that no hash meets a reserved id; bit 63 never, so that it stays
# positive.
const _LOW_BITS := 0x3fff_ffff_ffff_ffff
const _HIDDEN := 0x4000_0000_0000_0000


## The connection from one node to another.
static func connection(source: int, target: int) -> int:
	return _hash(_CONNECTION, source, target)


## The hidden node that splits a connection; the attempt counts those whose id was taken.
static func split(connection_id: int, attempt: int) -> int:
	return _hash(_NODE, connection_id, attempt)


## True for nodes that evolution made.
static func is_hidden(id: int) -> bool:
	return id >= _HIDDEN


static func _hash(domain: int, first: int, second: int) -> int:
	var mixed := EvolveFallbackStream.mix(EvolveFallbackStream.mix(domain) + first)
	return (EvolveFallbackStream.mix(mixed + second) & _LOW_BITS) | _HIDDEN
