class_name EvolveSenses
extends RefCounted
## Turns what an agent knows of its world into numbers that a network reads well: between -1 and 1,
## and in the agent's own frame.
##
## Networks learn faster from "the target is half a view away, to the left" than from two
## positions in pixels. Static functions only; nothing here looks into a scene by itself.


## Where a point is in a box: -1 at its left edge, 0 in the middle, 1 at its right edge, and the
## same from top to bottom. Never more than 1 away, wherever the point is.
static func place_in_rect(point: Vector2, rect: Rect2) -> Vector2:
	var half := rect.size / 2.0
	return Vector2(
		_share(point.x - rect.position.x - half.x, half.x),
		_share(point.y - rect.position.y - half.y, half.y)
	)


## Where a point is in a box in space, -1 to 1 along each axis.
static func place_in_box(point: Vector3, box: AABB) -> Vector3:
	var half := box.size / 2.0
	var from_middle := point - box.position - half
	return Vector3(
		_share(from_middle.x, half.x), _share(from_middle.y, half.y), _share(from_middle.z, half.z)
	)


## A number from a range as one from -1 to 1; beyond its ends it stays there.
static func place_in_range(value: float, low: float, high: float) -> float:
	var half := (high - low) / 2.0
	return _share(value - low - half, half)


## Where a target is as seen from a body: x is how far it lies ahead (along the body's own x axis),
## y how far to its right (along its y axis), as parts of a direction of length 1. Zero when body
## and target are at one place.
static func direction_2d(body: Node2D, target: Vector2) -> Vector2:
	return (target - body.global_position).rotated(-body.global_rotation).normalized()


## The same in space, along the body's own x, y and z axis; ahead is -z.
static func direction_3d(body: Node3D, target: Vector3) -> Vector3:
	var basis := body.global_transform.basis.orthonormalized()
	return (basis.transposed() * (target - body.global_position)).normalized()


## How near a target is: 0 at [param reach] and beyond, rising to 1 where the body is.
static func closeness_2d(body: Node2D, target: Vector2, reach: float) -> float:
	return _closeness(body.global_position.distance_to(target), reach)


## How near a target in space is: 0 at [param reach] and beyond, rising to 1 where the body is.
static func closeness_3d(body: Node3D, target: Vector3, reach: float) -> float:
	return _closeness(body.global_position.distance_to(target), reach)


## An angle as its cosine and sine, which unlike the angle itself do not jump after a full turn.
static func heading(angle: float) -> Vector2:
	return Vector2.from_angle(angle)


static func _share(from_middle: float, half: float) -> float:
	return clampf(from_middle / half, -1.0, 1.0) if half > 0.0 else 0.0


static func _closeness(distance: float, reach: float) -> float:
	return clampf(1.0 - distance / reach, 0.0, 1.0) if reach > 0.0 else 0.0
