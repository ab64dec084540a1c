@tool
@icon("../icons/evolve_rays_2d.svg")
class_name EvolveRays2D
extends Node2D
## A fan of rays that tells an agent how near things are: one number for each ray, 0 for nothing in
## reach, rising to 1 for touching.
##
## Put it below the agent's body and call [method read] in [code]sense()[/code]. The fan opens
## around the node's own x axis; the first ray is the leftmost one as seen by somebody who looks
## along it. Shapes that the rays begin in are not seen.
## [codeblock]
## func sense() -> PackedFloat32Array:
##     var senses := $EvolveRays2D.read()
##     senses.append(speed / top_speed)
##     return senses
## [/codeblock]
## Rays see bodies from the tick on in which these are built, also when [code]arrange()[/code] or
## [code]begin()[/code] moved them. Who moves a body in any other function sees it there from the
## next tick on, or at once after [method CanvasItem.force_update_transform].

# What a ray costs with the engine's own 2D physics against a ring of 128 segments (4.6.3): 0.46 µs
# with a RayCast2D for each, 0.59 µs with one that is turned, 1.6 µs with intersect_ray() and a
# reused query, because that makes a dictionary.

const _SEEN := Color(1.0, 0.75, 0.3, 0.8)
const _FREE := Color(0.56, 0.94, 0.59, 0.35)

## How many rays.
@export_range(1, 64, 1) var count := 5:
	set(value):
		count = maxi(value, 1)
		_build()

## The angle between the first and the last ray. 360 is a full circle of equal steps.
@export_range(0.0, 360.0, 0.1, "suffix:°") var spread_degrees := 180.0:
	set(value):
		spread_degrees = clampf(value, 0.0, 360.0)
		_build()

## How far a ray sees.
@export_range(1.0, 2000.0, 1.0, "or_greater", "suffix:px") var reach := 200.0:
	set(value):
		reach = maxf(value, 0.001)
		_build()

## The physics layers that are seen.
@export_flags_2d_physics var collision_mask := 1:
	set(value):
		collision_mask = value
		_build()

## Whether bodies are seen.
@export var sees_bodies := true:
	set(value):
		sees_bodies = value
		_build()

## Whether areas are seen.
@export var sees_areas := false:
	set(value):
		sees_areas = value
		_build()

## Whether the body that the node stands in is seen through.
@export var exclude_body := true:
	set(value):
		exclude_body = value
		_build()

## Whether the game draws the rays; the editor does in any case. Only looks.
@export var show_rays := false:
	set(value):
		show_rays = value
		_is_drawn = value and DisplayServer.get_name() != "headless"
		queue_redraw()

var _rays: Array[RayCast2D] = []
# Who draws the rays: the readings of the last time, and whether there is a picture at all.
var _shown := PackedFloat32Array()
var _is_drawn := false


func _enter_tree() -> void:
	_build()


func _draw() -> void:
	if not _is_drawn and not Engine.is_editor_hint():
		return
	for place in _rays.size():
		var end := _rays[place].target_position
		var seen := 1.0 - _shown[place]
		draw_line(end * seen, end, _FREE, 1.0)
		draw_line(Vector2.ZERO, end * seen, _SEEN if seen < 1.0 else _FREE, 1.5)


func _get_configuration_warnings() -> PackedStringArray:
	var found := PackedStringArray()
	if collision_mask == 0 or not (sees_bodies or sees_areas):
		found.append(
			"The rays see nothing; choose a Collision Mask, and turn Sees Bodies or Sees Areas on."
		)
	return found


## Casts every ray from where the node is now. One number a ray, in the fan's order: 0 nothing in
## reach, 1 touching.
func read() -> PackedFloat32Array:
	# A new one, filled with zeros: the caller may append to it, and arrays are shared by reference.
	var readings := PackedFloat32Array()
	readings.resize(_rays.size())
	var from := global_position
	var place := 0
	for ray in _rays:
		ray.force_raycast_update()
		if ray.is_colliding():
			readings[place] = maxf(0.0, 1.0 - from.distance_to(ray.get_collision_point()) / reach)
		place += 1
	if _is_drawn:
		_shown = readings.duplicate()
		queue_redraw()
	return readings


## The direction of a ray in the node's own frame, as an angle from its x axis.
func angle_of(place: int) -> float:
	var spread := deg_to_rad(spread_degrees)
	if count == 1:
		return 0.0
	# The ends of a full circle would be one ray twice.
	var step := spread / (count if spread_degrees >= 360.0 else count - 1)
	return step * place - spread / 2.0


# Rays are made when the node enters the tree and when a setting changes, never while reading.
func _build() -> void:
	if not is_inside_tree():
		return
	while _rays.size() > count:
		_rays.pop_back().free()
	while _rays.size() < count:
		_rays.append(RayCast2D.new())
		# The engine need not cast it in every tick; read() does when it is asked.
		_rays[-1].enabled = false
		add_child(_rays[-1], false, INTERNAL_MODE_FRONT)
	var body := _body() if exclude_body else null
	for place in count:
		_set_up(_rays[place], angle_of(place), body)
	_shown.resize(count)
	_shown.fill(0.0)
	update_configuration_warnings()
	queue_redraw()


func _set_up(ray: RayCast2D, angle: float, body: CollisionObject2D) -> void:
	ray.target_position = Vector2.from_angle(angle) * reach
	ray.collision_mask = collision_mask
	ray.collide_with_bodies = sees_bodies
	ray.collide_with_areas = sees_areas
	ray.exclude_parent = false
	ray.clear_exceptions()
	if body != null:
		ray.add_exception(body)


func _body() -> CollisionObject2D:
	var node := get_parent()
	while node != null and not node is CollisionObject2D:
		node = node.get_parent()
	return node as CollisionObject2D
