class_name EvolveFallbackTotalOrder
extends RefCounted
## Floats in an order in which no two are equal but those with the same bits: -0 comes before 0.
## The native library sorts in this order, so that ties are the same ones.


## A whole number for each float; they compare as the floats do.
static func keys(values: PackedFloat64Array) -> PackedInt64Array:
	var bits := values.to_byte_array().to_int64_array()
	for place in bits.size():
		# Negative floats grow with their bits; the sign, copied to the right, turns them round.
		bits[place] ^= (bits[place] >> 63) & 0x7fff_ffff_ffff_ffff
	return bits


## Places of the keys, the largest first; of equals the lower place.
static func falling(order_keys: PackedInt64Array) -> Array[int]:
	var places: Array[int] = []
	places.assign(range(order_keys.size()))
	places.sort_custom(
		func(a: int, b: int) -> bool:
			return order_keys[a] > order_keys[b] or (order_keys[a] == order_keys[b] and a < b)
	)
	return places
