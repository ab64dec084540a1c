extends MeshInstance3D
## What a drone looks like: a body, two beams and four rotors, put together once and shared by all.
## Only looks; where nothing is drawn it goes.

const HULL := Color(0.9, 0.92, 0.95)
const ROTOR := Color(0.56, 0.94, 0.59)

static var _shared: ArrayMesh = null


func _ready() -> void:
	if DisplayServer.get_name() == "headless":
		queue_free()
		return
	if _shared == null:
		_shared = _build()
	mesh = _shared


static func _build() -> ArrayMesh:
	var body := BoxMesh.new()
	body.size = Vector3(0.34, 0.16, 0.34)
	var beam := BoxMesh.new()
	beam.size = Vector3(1.27, 0.05, 0.07)
	var hull := SurfaceTool.new()
	hull.append_from(body, 0, Transform3D.IDENTITY)
	for angle: float in [PI / 4.0, -PI / 4.0]:
		hull.append_from(beam, 0, Transform3D(Basis(Vector3.UP, angle), Vector3.ZERO))
	hull.set_material(_material(HULL))
	var disc := CylinderMesh.new()
	disc.top_radius = 0.26
	disc.bottom_radius = 0.26
	disc.height = 0.03
	disc.radial_segments = 20
	var rotors := SurfaceTool.new()
	for x: float in [-0.45, 0.45]:
		for z: float in [-0.45, 0.45]:
			rotors.append_from(disc, 0, Transform3D(Basis.IDENTITY, Vector3(x, 0.05, z)))
	rotors.set_material(_material(ROTOR))
	return rotors.commit(hull.commit())


static func _material(color: Color) -> StandardMaterial3D:
	var material := StandardMaterial3D.new()
	material.albedo_color = color
	material.roughness = 0.8
	return material
