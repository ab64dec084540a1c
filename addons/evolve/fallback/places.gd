class_name EvolveFallbackPlaces
extends RefCounted
## Places of nodes in their genome, as files hold them: numbers of 16 bits, for which there is no
## packed array.

const _WIDTH := 2

var _bytes := PackedByteArray()


## The places that these bytes hold.
static func in_bytes(bytes: PackedByteArray) -> PackedInt32Array:
	var places := PackedInt32Array()
	places.resize(floori(bytes.size() / float(_WIDTH)))
	for index in places.size():
		places[index] = bytes.decode_u16(_WIDTH * index)
	return places


## Adds places behind the others.
func append_array(places: PackedInt32Array) -> void:
	var end := _bytes.size()
	_bytes.resize(end + _WIDTH * places.size())
	for index in places.size():
		_bytes.encode_u16(end + _WIDTH * index, places[index])


## How many there are.
func size() -> int:
	return floori(_bytes.size() / float(_WIDTH))


## Their bytes, the low one first.
func to_byte_array() -> PackedByteArray:
	return _bytes
