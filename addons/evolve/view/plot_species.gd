@tool
class_name EvolvePlotSpecies
extends EvolvePlotPainter
## Species as areas that stand on each other: how many members each had in each generation. A
## species keeps its colour and its place in the stack, below the younger ones.

# More columns cost more than they show: an area is made of two triangles for each.
const _MOST_COLUMNS := 300

## The run whose species are shown.
var history := EvolveRunHistory.new()


func is_empty() -> bool:
	return history.species_keys.is_empty()


func frame(size: Vector2) -> EvolvePlotFrame:
	var made := EvolvePlotFrame.new()
	made.across = EvolvePlotAxis.generations(
		history.generations[-1], EvolvePlotFrame.ticks_across(size.x)
	)
	var most := 1
	for place in _columns():
		most = maxi(most, _members(place))
	made.up = EvolvePlotAxis.counting(most, EvolvePlotFrame.ticks_up(size.y))
	# Unlike the generations, the members stay as many: the areas fill the plot.
	made.up.high = most
	return made


func paint(canvas: CanvasItem, in_frame: EvolvePlotFrame, look: EvolvePlotLook) -> void:
	var columns := _columns()
	var stacks := stack(history, columns)
	var points := PackedVector2Array()
	var colours := PackedColorArray()
	var corners := PackedInt32Array()
	for key: int in stacks:
		_add_area(in_frame, columns, stacks[key], look.species(key), points, colours, corners)
	if not corners.is_empty():
		RenderingServer.canvas_item_add_triangle_array(
			canvas.get_canvas_item(), corners, points, colours
		)


func read(in_frame: EvolvePlotFrame, mouse: Vector2) -> Dictionary:
	var place := history.nearest(in_frame.value_across(mouse.x))
	if place < 0:
		return NOTHING
	var generation := history.generations[place]
	var lines := PackedStringArray(["generation %d" % generation])
	var key := key_at(place, in_frame.value_up(mouse.y))
	if key < 0:
		lines.append("%d species" % history.species_counts[place])
	else:
		var entry := history.species_keys.find(key, history.species_begin(place))
		lines.append(title_of(key))
		lines.append("%d members" % history.species_sizes[entry])
	var at := Vector2(in_frame.pixel(generation, in_frame.up.low).x, mouse.y)
	return {"lines": lines, "at": at, "guide": true, "place": key}


## What to call a species: with its population's name where there are several.
func title_of(key: int) -> String:
	var id := EvolveRunHistory.species_id(key)
	if history.populations.size() < 2:
		return "species %d" % id
	var population := history.populations[EvolveRunHistory.species_population(key)]
	return "%s: species %d" % [population, id]


## The species whose area is at a height in a generation's stack; -1 above all of them.
func key_at(place: int, height: float) -> int:
	var column := PackedInt32Array([place])
	var stacks := stack(history, column)
	for key: int in stacks:
		var pair: PackedFloat64Array = stacks[key]
		if height >= pair[0] and height < pair[1]:
			return key
	return -1


## The lower and the upper edge of each species' area, in pairs, one for each of the columns
## (places of generations). The keys are those of the species, oldest first.
static func stack(
	of_history: EvolveRunHistory, columns: PackedInt32Array
) -> Dictionary[int, PackedFloat64Array]:
	var sizes: Dictionary[int, PackedInt32Array] = {}
	for column in columns.size():
		var place := columns[column]
		for entry in range(of_history.species_begin(place), of_history.species_ends[place]):
			var key := of_history.species_keys[entry]
			if not sizes.has(key):
				var none := PackedInt32Array()
				none.resize(columns.size())
				sizes[key] = none
			sizes[key][column] += of_history.species_sizes[entry]
	var keys := PackedInt64Array(sizes.keys())
	keys.sort()
	var reached := PackedFloat64Array()
	reached.resize(columns.size())
	var stacks: Dictionary[int, PackedFloat64Array] = {}
	for key in keys:
		var edges := PackedFloat64Array()
		for column in columns.size():
			edges.append(reached[column])
			reached[column] += sizes[key][column]
			edges.append(reached[column])
		stacks[key] = edges
	return stacks


func _columns() -> PackedInt32Array:
	return EvolvePlotThinning.samples(history.size(), _MOST_COLUMNS)


func _members(place: int) -> int:
	var members := 0
	for entry in range(history.species_begin(place), history.species_ends[place]):
		members += history.species_sizes[entry]
	return members


# Triangles instead of polygons: the engine refuses a polygon whose edges touch, and areas that
# begin and end with nothing do. A lone generation is drawn as wide as one.
func _add_area(
	in_frame: EvolvePlotFrame,
	columns: PackedInt32Array,
	edges: PackedFloat64Array,
	colour: Color,
	points: PackedVector2Array,
	colours: PackedColorArray,
	corners: PackedInt32Array
) -> void:
	for column in maxi(columns.size() - 1, 1):
		var next := mini(column + 1, columns.size() - 1)
		var here := 2 * column
		var there := 2 * next
		if edges[here] == edges[here + 1] and edges[there] == edges[there + 1]:
			continue
		var first := points.size()
		var left := history.generations[columns[column]]
		var right := history.generations[columns[next]] + (1 if next == column else 0)
		points.append(in_frame.pixel(left, edges[here]))
		points.append(in_frame.pixel(left, edges[here + 1]))
		points.append(in_frame.pixel(right, edges[there]))
		points.append(in_frame.pixel(right, edges[there + 1]))
		for corner in 4:
			colours.append(colour)
		corners.append_array([first, first + 1, first + 2, first + 1, first + 3, first + 2])
