@tool
class_name EvolveNetworkPicture
extends RefCounted
## A brain set into a control: the pixels of its nodes, the curves of its connections, and what they
## look like. [EvolveNetworkView] draws it and asks it what is under the mouse.

const _NARROWEST := 0.75
const _WIDEST := 4.5
const _GAP := 8.0
# Straight connections need two points; curves so many.
const _CURVE_POINTS := 16
const _REACH := 6.0
# Names closer than this cannot be read.
const _LOWEST_NAME := 9.0

## Which brain it is.
var brain: EvolveBrain
## Its nodes and connections.
var genes: EvolveFallbackGenes
## Where they are in a square.
var layout: EvolveNetworkLayout
## The pixels of the nodes' centres.
var nodes := PackedVector2Array()
## The radius of every node.
var radius := 7.0
## The points of each connection, from its source to its target.
var curves: Array[PackedVector2Array] = []
## The size of the names' font: small where there are many, 0 where there is no room for them.
var name_size := 0

var _heaviest := 1e-6
var _height := 0.0


## The picture of a brain that has no problem.
func _init(of_brain: EvolveBrain) -> void:
	brain = of_brain
	genes = brain.genome().genes
	layout = EvolveNetworkLayout.of(brain.genome())
	for gene in genes.connection_ids.size():
		if genes.connections_enabled[gene] != 0:
			_heaviest = maxf(_heaviest, absf(genes.connection_weights[gene]))


## Sets the picture into a control of this size.
func place_in(size: Vector2, look: EvolvePlotLook) -> void:
	var most := 1
	for column in layout.columns:
		most = maxi(most, column.size())
	radius = clampf(size.y / most * 0.3, 2.0, 9.0)
	_height = size.y
	var room := size.y / maxi(brain.input_names.size(), brain.output_names.size())
	name_size = mini(int(room * 0.8), look.font_size) if room >= _LOWEST_NAME else 0
	look = look.of_size(name_size)
	var left := _widest(brain.input_names, look, size) + radius + _GAP
	var right := _widest(brain.output_names, look, size) + radius + _GAP
	var area := Rect2(left, 0.0, maxf(size.x - left - right, 1.0), size.y)
	nodes.resize(layout.places.size())
	for node in nodes.size():
		nodes[node] = area.position + layout.places[node] * area.size
	curves.clear()
	for gene in genes.connection_ids.size():
		curves.append(_curve(gene))


## What to call a node.
func title_of(node: int) -> String:
	if node < brain.input_names.size():
		return brain.input_names[node]
	var output := node - brain.input_names.size()
	if output < brain.output_names.size():
		return brain.output_names[output]
	return "hidden %d" % (output - brain.output_names.size() + 1)


## The colour of a connection: its sign; the stronger, the denser.
func colour_of(gene: int, look: EvolvePlotLook) -> Color:
	if genes.connections_enabled[gene] == 0:
		return Color(look.ink, 0.12)
	var weight := genes.connection_weights[gene]
	var colour := look.positive() if weight >= 0.0 else look.negative()
	return Color(colour, lerpf(0.35, 0.95, absf(weight) / _heaviest))


## The width of a connection's line.
func width_of(gene: int) -> float:
	if genes.connections_enabled[gene] == 0:
		return _NARROWEST
	return lerpf(_NARROWEST, _WIDEST, absf(genes.connection_weights[gene]) / _heaviest)


## The node under the mouse, -1 without one.
func node_at(mouse: Vector2) -> int:
	for node in nodes.size():
		if nodes[node].distance_to(mouse) <= maxf(radius, _REACH):
			return node
	return -1


## The connection under the mouse, the nearest of them; -1 without one.
func connection_at(mouse: Vector2, with_disabled: bool) -> int:
	var nearest := -1
	var distance := _REACH
	for gene in curves.size():
		if genes.connections_enabled[gene] == 0 and not with_disabled:
			continue
		for place in curves[gene].size() - 1:
			var closest := Geometry2D.get_closest_point_to_segment(
				mouse, curves[gene][place], curves[gene][place + 1]
			)
			if closest.distance_to(mouse) < distance:
				distance = closest.distance_to(mouse)
				nearest = gene
	return nearest


## What is to be said of a node; [param value] is what it has right now, NAN when nobody knows.
func describe_node(node: int, value: float) -> PackedStringArray:
	var lines := PackedStringArray([title_of(node)])
	if is_finite(value):
		lines.append("value %s" % EvolvePlotAxis.figure(value))
	if node >= brain.input_names.size():
		var code: Variant = EvolveFallbackActivation.Code.find_key(genes.node_activations[node])
		lines.append(str(code).to_lower().replace("_", " "))
		lines.append("bias %s" % EvolvePlotAxis.figure(genes.node_biases[node]))
	return lines


## What is to be said of a connection.
func describe_connection(gene: int) -> PackedStringArray:
	var from := title_of(layout.sources[gene])
	var lines := PackedStringArray(["%s → %s" % [from, title_of(layout.targets[gene])]])
	lines.append("weight %s" % EvolvePlotAxis.figure(genes.connection_weights[gene]))
	if layout.is_recurrent[gene] != 0:
		lines.append("recurrent")
	if genes.connections_enabled[gene] == 0:
		lines.append("disabled")
	return lines


func _widest(names: PackedStringArray, look: EvolvePlotLook, size: Vector2) -> float:
	if name_size == 0:
		return 0.0
	var widest := 0.0
	for name in names:
		widest = maxf(widest, look.width(name))
	return minf(widest + _GAP, size.x * 0.3)


func _curve(gene: int) -> PackedVector2Array:
	var from := nodes[layout.sources[gene]]
	var to := nodes[layout.targets[gene]]
	var sideways := layout.layers[layout.targets[gene]] == layout.layers[layout.sources[gene]]
	if layout.is_recurrent[gene] == 0 and not sideways:
		return PackedVector2Array([from, to])
	# A loop stands on its node; what leads back goes round above, the further the higher.
	if from == to:
		var loop := PackedVector2Array()
		for step in _CURVE_POINTS + 1:
			var turn := TAU * step / _CURVE_POINTS + PI / 2.0
			loop.append(
				from + Vector2(0.0, -1.8 * radius) + 1.8 * radius * Vector2.from_angle(turn)
			)
		return loop
	var away := _away(from, to)
	var curve := PackedVector2Array()
	for step in _CURVE_POINTS + 1:
		curve.append(
			from.bezier_interpolate(from + away, to + away, to, float(step) / _CURVE_POINTS)
		)
	return curve


# Which way an arc bends: to where there is more room, and no further. Its top is at three quarters
# of its handles.
func _away(from: Vector2, to: Vector2) -> Vector2:
	var reach := minf(20.0 + 0.25 * from.distance_to(to), 90.0)
	if absf(from.x - to.x) < 1.0:
		return Vector2(-reach, 0.0)
	var above := minf(from.y, to.y)
	var below := _height - maxf(from.y, to.y)
	var room := maxf(above, below) / 0.75
	return Vector2(0.0, minf(reach, room) * (-1.0 if above >= below else 1.0))
