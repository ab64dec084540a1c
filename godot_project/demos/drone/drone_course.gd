extends Node3D
## The air over a field, and the markers in it that a drone has to visit one after the other.
##
## Every episode has markers of its own. Drones do not touch, and nothing moves but them, so a whole
## generation can fly in one course and each of them flies as if it were alone.

## Where markers may be.
const MARKERS := AABB(Vector3(-4.0, 1.5, -2.5), Vector3(8.0, 3.0, 5.0))
## What a drone may not leave: the field, the sky, and some room to the sides.
const AIR := AABB(Vector3(-8.0, 0.2, -6.0), Vector3(16.0, 8.0, 11.0))
## Metres from one marker to the next, at least.
const LEAST_LEG := 2.0
## Markers; after the last one comes the first one again.
const COUNT := 10

const FIRST_COLOR := Color(1.0, 0.75, 0.3)
const LAST_COLOR := Color(0.4, 0.62, 0.95)

var _markers := PackedVector3Array()

@onready var _spheres: MultiMeshInstance3D = $Markers


## Draws the markers of an episode, each a leg away from the one before.
func arrange(random: RandomNumberGenerator) -> void:
	_markers.clear()
	var last := AIR.get_center()
	while _markers.size() < COUNT:
		var part := Vector3(random.randf(), random.randf(), random.randf())
		var next := MARKERS.position + MARKERS.size * part
		if next.distance_to(last) >= LEAST_LEG:
			_markers.append(next)
			last = next
	_show_markers()


## Where a marker is; the first one has the place 0.
func marker(place: int) -> Vector3:
	return _markers[place % COUNT]


## Whether a drone may be here.
func is_air(at: Vector3) -> bool:
	return AIR.has_point(at)


# From warm to cold in their order.
func _show_markers() -> void:
	if DisplayServer.get_name() == "headless":
		return
	var spheres := _spheres.multimesh
	spheres.instance_count = COUNT
	for place in COUNT:
		var color := FIRST_COLOR.lerp(LAST_COLOR, float(place) / (COUNT - 1))
		spheres.set_instance_transform(place, Transform3D(Basis.IDENTITY, _markers[place]))
		spheres.set_instance_color(place, color)
