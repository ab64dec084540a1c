extends EvolveTest
## The ray sensors: what they see, from which tick on, and that everybody sees the same.

const HALF_WALL := 10.0


func test_a_ray_reads_0_for_nothing_and_rises_to_1_at_a_wall() -> void:
	# The file's first test begins before there is a world.
	await physics_frames(1)
	var rays := _rays_2d(stage, 1, 0.0)
	check_equal(rays.read(), PackedFloat32Array([0.0]), "nothing there")
	var wall := _wall_2d(stage, Vector2(60, 0))
	check_near(rays.read()[0], 0.5, 1e-6, "a wall at half its reach")
	wall.position.x = 11.0
	wall.force_update_transform()
	check_near(rays.read()[0], 0.99, 1e-6, "a wall that nearly touches")


func test_the_first_ray_of_a_fan_is_the_leftmost() -> void:
	# Left of somebody who looks along x is up, where y is negative.
	_wall_2d(stage, Vector2(0, -60))
	check_equal(_seen(_rays_2d(stage, 3, 180.0).read()), [true, false, false], "in 2D")
	_wall_3d(stage, Vector3(-6, 0, 0))
	check_equal(_seen(_rays_3d(stage, 3, 180.0).read()), [true, false, false], "in 3D")


func test_the_rays_of_a_full_circle_are_all_different() -> void:
	var rays := _rays_2d(stage, 4, 360.0)
	check_near(rays.angle_of(3) - rays.angle_of(0), 1.5 * PI, 1e-6, "first and last")
	check_near(rays.angle_of(2), 0.0, 1e-6, "one of them looks straight ahead")


func test_a_fan_turns_with_its_body() -> void:
	_wall_2d(stage, Vector2(0, 60))
	var rays := _rays_2d(stage, 1, 0.0)
	check_equal(_seen(rays.read()), [false], "looking along x")
	(rays.get_parent() as Node2D).rotation = PI / 2.0
	check_near(rays.read()[0], 0.5, 1e-6, "looking along y")


func test_each_tilt_is_a_fan_of_its_own() -> void:
	_wall_3d(stage, Vector3(0, 6, 0))
	_wall_3d(stage, Vector3(0, 0, -6))
	var rays := _rays_3d(stage, 1, 0.0)
	rays.tilts_degrees = [-90.0, 0.0, 90.0]
	var readings := rays.read()
	check_equal(_seen(readings), [false, true, true], "below, ahead, above")
	check_near(readings[1], 0.5, 1e-5, "closeness")


func test_the_own_body_is_seen_through_and_layers_choose_the_rest() -> void:
	var rays := _rays_2d(stage, 1, 0.0)
	var body := rays.get_parent() as CollisionObject2D
	var shape := CollisionShape2D.new()
	shape.shape = _box_2d()
	shape.position.x = 60
	body.add_child(shape)
	await physics_frames(2)
	check_equal(_seen(rays.read()), [false], "a shape of the own body")
	rays.exclude_body = false
	check_equal(_seen(rays.read()), [true], "when it is not left out")
	rays.collision_mask = 2
	check_equal(_seen(rays.read()), [false], "on another layer")
	var area := Area2D.new()
	area.collision_layer = 2
	shape = CollisionShape2D.new()
	shape.shape = _box_2d()
	area.add_child(shape)
	area.position.x = 60
	stage.add_child(area)
	area.force_update_transform()
	check_equal(_seen(rays.read()), [false], "an area, as long as only bodies are seen")
	rays.sees_areas = true
	check_equal(_seen(rays.read()), [true], "an area")


func test_rays_that_can_see_nothing_are_warned_of() -> void:
	var rays := _rays_2d(stage, 1, 0.0)
	check(rays._get_configuration_warnings().is_empty(), "no warning")
	rays.sees_bodies = false
	check_contains(rays._get_configuration_warnings()[0], "see nothing")
	var in_space := _rays_3d(stage, 1, 0.0)
	in_space.tilts_degrees = []
	check_contains(in_space._get_configuration_warnings()[0], "Tilts Degrees")
	check_equal(in_space.read().size(), 0, "readings")


func test_the_caller_may_append_to_what_it_read() -> void:
	var rays := _rays_2d(stage, 2, 90.0)
	var senses := rays.read()
	senses.append(7.0)
	check_equal(rays.read().size(), 2, "the next reading")
	check_equal(senses.size(), 3, "what the caller made of it")


func test_rays_see_in_the_tick_in_which_all_was_built_and_arranged() -> void:
	for isolated: bool in [true, false]:
		for dimensions: int in [2, 3]:
			await physics_frames(1)
			var arenas := EvolveArenas.new(stage, [], _arena(dimensions), isolated)
			var arena := arenas.enter(1)
			var rays := _rays_2d(arena.place, 1, 0.0) if dimensions == 2 else null
			var in_space := _rays_3d(arena.place, 1, 0.0) if dimensions == 3 else null
			var first := rays.read() if dimensions == 2 else in_space.read()
			var what := "%d dimensions, isolated: %s" % [dimensions, isolated]
			check_near(first[0], 0.5, 1e-5, "the first tick in " + what)
			await physics_frames(2)
			var later := rays.read() if dimensions == 2 else in_space.read()
			check_equal(later, first, "two ticks later in " + what)
			arenas.leave(arena)
			await frames(2)


func test_a_reading_has_the_same_bits_in_isolated_and_shared_arenas() -> void:
	var readings: Array[PackedFloat32Array] = []
	for isolated: bool in [true, false]:
		await physics_frames(1)
		var arenas := EvolveArenas.new(stage, [], _crowd(), isolated)
		var entered: Array[EvolveArena] = []
		var fans: Array[EvolveRays2D] = []
		for place in 3:
			entered.append(arenas.enter(1))
			fans.append(_rays_2d(entered[place].place, 9, 300.0))
		for fan in fans:
			readings.append(fan.read())
		for arena in entered:
			arenas.leave(arena)
		await frames(2)
	check(true in _seen(readings[0]), "something is seen")
	for reading in readings:
		check_equal(reading, readings[0], "a reading")


func _seen(readings: PackedFloat32Array) -> Array[bool]:
	var seen: Array[bool] = []
	for reading in readings:
		seen.append(reading > 0.0)
	return seen


func _rays_2d(below: Node, count: int, spread: float) -> EvolveRays2D:
	var rays := EvolveRays2D.new()
	rays.count = count
	rays.spread_degrees = spread
	rays.reach = 100.0
	var body := CharacterBody2D.new()
	body.add_child(rays)
	below.add_child(body)
	return rays


func _rays_3d(below: Node, count: int, spread: float) -> EvolveRays3D:
	var rays := EvolveRays3D.new()
	rays.count = count
	rays.spread_degrees = spread
	rays.reach = 10.0
	var body := CharacterBody3D.new()
	body.add_child(rays)
	below.add_child(body)
	return rays


func _wall_2d(below: Node, at: Vector2) -> StaticBody2D:
	var shape := CollisionShape2D.new()
	shape.shape = _box_2d()
	var wall := StaticBody2D.new()
	wall.add_child(shape)
	wall.position = at
	below.add_child(wall)
	return wall


func _box_2d() -> RectangleShape2D:
	var box := RectangleShape2D.new()
	box.size = Vector2.ONE * 2.0 * HALF_WALL
	return box


func _wall_3d(below: Node, at: Vector3) -> StaticBody3D:
	var shape := CollisionShape3D.new()
	shape.shape = BoxShape3D.new()
	(shape.shape as BoxShape3D).size = Vector3.ONE * 2.0
	var wall := StaticBody3D.new()
	wall.add_child(shape)
	wall.position = at
	below.add_child(wall)
	return wall


# A wall far away, which arrange() moves to half the reach of a ray.
func _arena(dimensions: int) -> PackedScene:
	var root := Node.new()
	var wall: Node
	var place := "Vector2(60, 0)"
	if dimensions == 2:
		wall = _wall_2d(root, Vector2(500, 500))
	else:
		wall = _wall_3d(root, Vector3(50, 50, 0))
		place = "Vector3(0, 0, -6)"
	wall.name = "Wall"
	var script := GDScript.new()
	script.source_code = (
		"extends Node\nfunc arrange(_random: RandomNumberGenerator) -> void:\n"
		+ "\t$Wall.position = %s\n" % place
	)
	script.reload()
	root.set_script(script)
	return _packed(root)


func _crowd() -> PackedScene:
	var root := Node.new()
	for place in 12:
		var angle := 0.5 * place
		var wall := _wall_2d(root, Vector2.from_angle(angle) * (60.0 + 3.0 * place))
		wall.rotation = angle
	return _packed(root)


func _packed(root: Node) -> PackedScene:
	for node in root.find_children("*", "", true, false):
		node.owner = root
	var scene := PackedScene.new()
	scene.pack(root)
	root.free()
	return scene
