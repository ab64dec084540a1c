extends EvolveTest
## The helpers that turn a world into numbers and outputs into actions.


func test_a_point_in_a_rect_is_told_from_minus_1_to_1() -> void:
	var rect := Rect2(100, 50, 200, 100)
	check_equal(EvolveSenses.place_in_rect(Vector2(100, 50), rect), Vector2(-1, -1), "corner")
	check_equal(EvolveSenses.place_in_rect(Vector2(200, 100), rect), Vector2.ZERO, "middle")
	check_equal(EvolveSenses.place_in_rect(Vector2(250, 999), rect), Vector2(0.5, 1), "outside")


func test_a_point_in_a_box_is_told_from_minus_1_to_1() -> void:
	var box := AABB(Vector3(-2, 0, 4), Vector3(4, 2, 8))
	check_equal(EvolveSenses.place_in_box(Vector3(-2, 1, 12), box), Vector3(-1, 0, 1), "inside")
	check_equal(EvolveSenses.place_in_box(Vector3(1, -9, 99), box), Vector3(0.5, -1, 1), "outside")


func test_a_range_without_width_gives_a_number_all_the_same() -> void:
	check_equal(EvolveSenses.place_in_range(3.0, 2.0, 6.0), -0.5, "a range")
	check_equal(EvolveSenses.place_in_range(5.0, 2.0, 2.0), 0.0, "no range")
	check_equal(EvolveSenses.place_in_rect(Vector2(5, 5), Rect2()), Vector2.ZERO, "no rect")


func test_a_direction_is_told_in_the_bodys_own_frame() -> void:
	var body := add(Node2D.new()) as Node2D
	body.position = Vector2(10, 10)
	body.rotation = PI / 2.0
	body.scale = Vector2(3, 3)
	var ahead := EvolveSenses.direction_2d(body, Vector2(10, 50))
	check(ahead.is_equal_approx(Vector2(1, 0)), "ahead in 2D: %s" % ahead)
	check_equal(EvolveSenses.direction_2d(body, body.position), Vector2.ZERO, "at the target")
	var in_space := add(Node3D.new()) as Node3D
	in_space.rotation.y = PI / 2.0
	in_space.scale = Vector3(2, 2, 2)
	var forward := EvolveSenses.direction_3d(in_space, Vector3(-5, 0, 0))
	check(forward.is_equal_approx(Vector3(0, 0, -1)), "ahead in 3D: %s" % forward)


func test_closeness_is_1_at_the_target_and_0_beyond_reach() -> void:
	var body := add(Node2D.new()) as Node2D
	check_equal(EvolveSenses.closeness_2d(body, Vector2.ZERO, 100.0), 1.0, "there")
	check_equal(EvolveSenses.closeness_2d(body, Vector2(25, 0), 100.0), 0.75, "on its way")
	check_equal(EvolveSenses.closeness_2d(body, Vector2(500, 0), 100.0), 0.0, "far away")
	var in_space := add(Node3D.new()) as Node3D
	check_equal(EvolveSenses.closeness_3d(in_space, Vector3(0, 5, 0), 10.0), 0.5, "in 3D")


func test_a_heading_does_not_jump_after_a_full_turn() -> void:
	var before := EvolveSenses.heading(PI - 0.001)
	var after := EvolveSenses.heading(-PI + 0.001)
	check(before.distance_to(after) < 0.01, "%s and %s" % [before, after])


func test_a_choice_is_the_biggest_of_its_outputs() -> void:
	var outputs := PackedFloat32Array([9.0, 0.2, 0.7, 0.7, 8.0])
	check_equal(EvolveActions.choose(outputs, 1, 3), 1, "the first of equal ones")
	check_equal(EvolveActions.choose(outputs, 0, 5), 0, "among all")
	check_equal(EvolveActions.choose(outputs, 4, 1), 0, "a single one")


func test_outputs_become_switches_wheels_and_axes() -> void:
	check_equal(EvolveActions.is_on(0.5), false, "a switch in the middle")
	check_equal(EvolveActions.is_on(0.51), true, "a switch")
	check_equal(EvolveActions.signed(0.25), -0.5, "a wheel")
	check_equal(EvolveActions.signed(7.0), 1.0, "a wheel at its end")
	check_equal(EvolveActions.axis(0.25, 1.0), 0.75, "an axis")
	check_equal(EvolveActions.axis(0.5, 0.5), 0.0, "an axis at rest")
