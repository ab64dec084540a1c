class_name EvolveFallbackEnvelope
extends RefCounted
## The envelope of every file: safetensors with one metadata key, as spec/FORMAT.md has it.
##
## Writes the native library's bytes, and refuses whatever does not have the shape it must have. It
## knows tensors, not what they mean.

const _MAXIMUM_HEADER := 1 << 20
# What is written; earlier versions are read.
const _VERSION := 2
const _WIDTHS: Dictionary[String, int] = {"I64": 8, "F64": 8, "F32": 4, "U32": 4, "U16": 2, "U8": 1}
const _LABEL := '\\"sha256\\":\\"'
const _NO_DIGEST := "0000000000000000000000000000000000000000000000000000000000000000"

## What is wrong with what was read; empty when nothing is.
var problem := ""
## The metadata of what was read.
var about: Dictionary = {}

var _tensors: Dictionary = {}
var _body := PackedByteArray()


## The bytes of a file with this metadata and these packed arrays, by their tensors' names; those
## that are a matrix have their rows and columns in the shapes.
static func write(
	metadata: Dictionary,
	tensors: Dictionary[String, Variant],
	shapes: Dictionary[String, PackedInt64Array] = {}
) -> PackedByteArray:
	var stamped := metadata.duplicate()
	stamped["sha256"] = _NO_DIGEST
	stamped["version"] = _VERSION
	var text_of_metadata := EvolveFallbackCanonicalJson.of(stamped)
	var header: Dictionary[String, Variant] = {"__metadata__": {"evolve": text_of_metadata}}
	var body := PackedByteArray()
	# Wide ones first, so that each stands at a multiple of its width; within a width by name.
	for kind: String in _WIDTHS:
		var names := tensors.keys().filter(
			func(name: String) -> bool: return _kind(tensors[name]) == kind
		)
		names.sort()
		for name: String in names:
			header[name] = _append(body, kind, tensors[name])
			header[name]["shape"] = shapes.get(name, header[name]["shape"])
	var text := JSON.stringify(header, "", false).to_utf8_buffer()
	while text.size() % 8 != 0:
		text.append(0x20)
	var file := PackedByteArray()
	file.resize(8)
	file.encode_s64(0, text.size())
	file.append_array(text)
	file.append_array(body)
	var place := _digest_place(file)
	return _with_digits(file, place, _digest(file))


## What a file says and holds, or the problem with it.
static func read(data: PackedByteArray, schema: String) -> EvolveFallbackEnvelope:
	var envelope := EvolveFallbackEnvelope.new()
	envelope.problem = envelope._open(data, schema)
	return envelope


## The digest that the bytes of a file state.
static func digest_in(file: PackedByteArray) -> String:
	var place := _digest_place(file)
	return file.slice(place, place + _NO_DIGEST.length()).get_string_from_ascii()


## The version of the format that it was written in.
func version() -> int:
	return int(about["version"])


## Why the tensors are not those named; empty when they are.
func check_names(names: PackedStringArray) -> String:
	for name in names:
		if not _tensors.has(name):
			return "tensor %s is missing" % name
	for name: Variant in _tensors:
		if not str(name) in names:
			return "tensor %s is not known here" % name
	return ""


## Whole numbers of 64 bits; notes a problem when the tensor holds something else.
func integers(name: String) -> PackedInt64Array:
	return _bytes(name, "I64").to_int64_array()


## Places and counts: numbers of 64 bits in version 1, of 32 since then; notes a problem when the
## tensor holds something else.
func counts(name: String) -> PackedInt64Array:
	if version() == 1:
		return integers(name)
	var unsigned := PackedInt64Array()
	for number in _bytes(name, "U32").to_int32_array():
		unsigned.append(number & 0xffff_ffff)
	return unsigned


## Places of 16 bits; notes a problem when the tensor holds something else.
func places(name: String) -> PackedInt32Array:
	return EvolveFallbackPlaces.in_bytes(_bytes(name, "U16"))


## Numbers of 32 bits; notes a problem when the tensor holds something else.
func floats(name: String) -> PackedFloat32Array:
	return _bytes(name, "F32").to_float32_array()


## Numbers of 64 bits, row after row; notes a problem when the tensor holds something else.
func doubles(name: String) -> PackedFloat64Array:
	return _bytes(name, "F64").to_float64_array()


## Bytes; notes a problem when the tensor holds something else.
func codes(name: String) -> PackedByteArray:
	return _bytes(name, "U8")


func _bytes(name: String, kind: String) -> PackedByteArray:
	var tensor: Variant = _tensors.get(name)
	var offsets: Variant = tensor.get("data_offsets") if tensor is Dictionary else null
	if not tensor is Dictionary or tensor.get("dtype") != kind or not _are_offsets(offsets):
		problem = "tensor %s is not a list of %s" % [name, kind]
		return PackedByteArray()
	var begin := int(offsets[0])
	var end := int(offsets[1])
	if _entries(tensor.get("shape")) != float(end - begin) / _WIDTHS[kind]:
		problem = "tensor %s does not have the shape it states" % name
		return PackedByteArray()
	return _body.slice(begin, end)


# How many numbers a list or a matrix of this shape has; -1 for anything else.
func _entries(shape: Variant) -> float:
	if not shape is Array or shape.is_empty() or shape.size() > 2:
		return -1.0
	var product := 1.0
	for extent: Variant in shape:
		if not extent is float or extent < 0.0:
			return -1.0
		product *= extent
	return product


func _are_offsets(offsets: Variant) -> bool:
	if not offsets is Array or offsets.size() != 2:
		return false
	for offset: Variant in offsets:
		if not offset is float or offset != floorf(offset):
			return false
	return 0.0 <= offsets[0] and offsets[0] <= offsets[1] and offsets[1] <= _body.size()


func _open(data: PackedByteArray, schema: String) -> String:
	if data.size() < 8:
		return "this is no safetensors buffer: its header is too small"
	var length := data.decode_s64(0)
	if length < 2 or length > _MAXIMUM_HEADER or length > data.size() - 8:
		return "this is no safetensors buffer: its header has %d bytes" % length
	var parser := JSON.new()
	var is_json := parser.parse(data.slice(8, 8 + length).get_string_from_utf8()) == OK
	if not is_json or not parser.data is Dictionary:
		return "this is no safetensors buffer: its header is no JSON object"
	_tensors = parser.data
	_body = data.slice(8 + length)
	var metadata: Variant = _tensors.get("__metadata__")
	_tensors.erase("__metadata__")
	if not metadata is Dictionary or metadata.size() != 1 or not metadata.get("evolve") is String:
		return "its metadata is wrong: it must have the key `evolve` and no other"
	var stated: Variant = EvolveFallbackExactJson.parse(str(metadata["evolve"]))
	if not stated is Dictionary:
		return "its metadata is wrong: it must be a JSON object"
	about = stated
	return _problem_of(data, schema)


func _problem_of(data: PackedByteArray, schema: String) -> String:
	if about.get("schema") != schema:
		return "it holds %s, where %s is expected" % [about.get("schema"), schema]
	var stated: Variant = about.get("version")
	if not stated is float or stated != floorf(stated) or stated < 1.0:
		return "its metadata is wrong: version must be a whole number"
	if stated > _VERSION:
		return "it has version %d, and this library reads versions 1 and 2" % stated
	var place := _digest_place(data)
	if place < 0 or place + _NO_DIGEST.length() > data.size():
		return "it is damaged: its digest does not fit its bytes"
	var unstamped := _with_digits(data.duplicate(), place, _NO_DIGEST)
	if _digest(unstamped) != digest_in(data):
		return "it is damaged: its digest does not fit its bytes"
	return ""


static func _kind(tensor: Variant) -> String:
	if tensor is PackedInt64Array:
		return "I64"
	if tensor is PackedFloat64Array:
		return "F64"
	if tensor is PackedInt32Array:
		return "U32"
	if tensor is EvolveFallbackPlaces:
		return "U16"
	return "F32" if tensor is PackedFloat32Array else "U8"


static func _append(body: PackedByteArray, kind: String, tensor: Variant) -> Dictionary:
	var begin := body.size()
	var bytes: PackedByteArray = tensor if kind == "U8" else tensor.to_byte_array()
	body.append_array(bytes)
	return {"dtype": kind, "shape": [tensor.size()], "data_offsets": [begin, body.size()]}


static func _digest(file: PackedByteArray) -> String:
	var hashing := HashingContext.new()
	hashing.start(HashingContext.HASH_SHA256)
	hashing.update(file)
	return hashing.finish().hex_encode()


static func _with_digits(file: PackedByteArray, place: int, digits: String) -> PackedByteArray:
	var characters := digits.to_ascii_buffer()
	for offset in characters.size():
		file[place + offset] = characters[offset]
	return file


# Where the digest stands in the header, -1 when it does not.
static func _digest_place(file: PackedByteArray) -> int:
	var header := file.slice(8, mini(8 + file.decode_s64(0), file.size())).get_string_from_utf8()
	var label := header.find(_LABEL)
	if label < 0:
		return -1
	return 8 + header.left(label).to_utf8_buffer().size() + _LABEL.length()
