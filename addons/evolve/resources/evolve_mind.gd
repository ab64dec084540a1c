@tool
class_name EvolveMind
extends RefCounted
## One agent's use of a brain: thinks, and remembers what a recurrent brain remembers.
##
## Comes from [method EvolveBrain.make_mind]. The native library and the fallback think the same, to
## the bit; this class knows which one it has and nothing else.

static var _has_announced := false

# RustNetwork or EvolveFallbackNetwork.
var _network: RefCounted


## The mind that has a network to itself; null without one.
static func of_network(network: RefCounted) -> EvolveMind:
	if network == null:
		return null
	var mind := EvolveMind.new()
	mind._network = network
	return mind


## Says, once in a game, that brains run without the native library.
static func announce_fallback() -> void:
	if _has_announced or EvolveNative.is_loaded():
		return
	_has_announced = true
	print(
		(
			(
				"Evolve: there is no native library for %s %s here; brains think in GDScript, to the"
				+ " same bits, but slower."
			)
			% [OS.get_name(), Engine.get_architecture_name()]
		)
	)


## One tick: what the agent senses, one number for each input, gives one number for each output.
## Empty, with an error, when the numbers are not finite or not as many as there are inputs.
func think(observations: PackedFloat32Array) -> PackedFloat32Array:
	return _network.call(&"think", observations)


## What each node of the brain gave in the last tick, inputs first, in the order of the genome's
## nodes; zeros before the first.
func activity() -> PackedFloat32Array:
	return _network.call(&"activity")


## Forgets everything, as at the beginning of an episode.
func reset() -> void:
	_network.call(&"reset")
