extends RefCounted
## A population of plain genomes as JSON, as most projects keep it.

const Genome := preload("genome.gd")


static func save(path: String, genomes: Array[Genome]) -> void:
	var members: Array[Dictionary] = []
	for genome in genomes:
		(
			members
			. append(
				{
					"inputs": genome.inputs,
					"outputs": genome.outputs,
					"nodes": genome.node_ids,
					"biases": genome.biases,
					"connections": genome.connection_ids,
					"sources": genome.sources,
					"targets": genome.targets,
					"weights": genome.weights,
					"enabled": Array(genome.enabled),
				}
			)
		)
	var file := FileAccess.open(path, FileAccess.WRITE)
	file.store_string(JSON.stringify(members, "", false, true))
	file.flush()
	file.close()


static func load_all(path: String) -> Array[Genome]:
	var members: Array = JSON.parse_string(FileAccess.get_file_as_string(path))
	var genomes: Array[Genome] = []
	for member: Dictionary in members:
		var genome := Genome.new()
		genome.inputs = member["inputs"]
		genome.outputs = member["outputs"]
		genome.node_ids = PackedInt32Array(member["nodes"] as Array)
		genome.biases = PackedFloat64Array(member["biases"] as Array)
		genome.connection_ids = PackedInt32Array(member["connections"] as Array)
		genome.sources = PackedInt32Array(member["sources"] as Array)
		genome.targets = PackedInt32Array(member["targets"] as Array)
		genome.weights = PackedFloat64Array(member["weights"] as Array)
		genome.enabled = PackedByteArray(member["enabled"] as Array)
		genomes.append(genome)
	return genomes
