@tool
class_name EvolveRunHistory
extends RefCounted
## What the reports of a run said, generation by generation, as columns that plots read; never draws
## and never reads a file.

## Generations kept. Beyond that the older half is forgotten: some 20 MB with 15 species in each.
const LIMIT := 100_000

const _FIGURES: Array[StringName] = [&"best", &"mean", &"best_ever"]

## The numbers of the generations, rising. The first one is 1, as in whatever a person reads; in
## reports and tables it is 0.
var generations := PackedInt64Array()
## The best fitness of each generation.
var best := PackedFloat64Array()
## The mean fitness of each generation.
var mean := PackedFloat64Array()
## The best fitness up to each generation.
var best_ever := PackedFloat64Array()
## How many species each generation had.
var species_counts := PackedInt32Array()
## The species of all generations, one generation after the other, see [method species_key].
var species_keys := PackedInt64Array()
## How many members each of [member species_keys] had.
var species_sizes := PackedInt32Array()
## Where the species of each generation end in [member species_keys].
var species_ends := PackedInt32Array()
## The names of the populations, in the order in which they were met.
var populations := PackedStringArray()
## The least of all finite figures, [code]INF[/code] without one.
var lowest := INF
## The greatest of all finite figures, [code]-INF[/code] without one.
var highest := -INF


## A history from the text of a run's [code]metrics.csv[/code]; it is empty when there is no table
## in it.
static func of_metrics(text: String) -> EvolveRunHistory:
	var history := EvolveRunHistory.new()
	var lines := text.split("\n", false)
	if lines.is_empty():
		return history
	var columns := lines[0].strip_edges().split(",")
	for line in lines.slice(1):
		var cells := line.strip_edges().split(",")
		# A crash may have torn the last row.
		if cells.size() == columns.size():
			history._add_row(columns, cells)
	return history


## One number for a species of a population: ids are counted in each population by itself.
static func species_key(population: int, id: int) -> int:
	return (population << 40) | (id & 0xff_ffff_ffff)


## The species' id in a key.
static func species_id(key: int) -> int:
	return key & 0xff_ffff_ffff


## The place of the species' population in [member populations].
static func species_population(key: int) -> int:
	return key >> 40


## Adds the report of [signal EvolveTrainer.generation_finished]. Rows of that generation and of
## later ones are forgotten first: a run that was resumed goes on where its checkpoint was. Gives
## what is wrong with the report, one sentence, and adds nothing then; empty when all is well.
func add_report(report: Dictionary) -> String:
	var refusal := problem_of(report)
	if not refusal.is_empty():
		return refusal
	var generation := int(report["generation"]) + 1
	_make_room(generation)
	generations.append(generation)
	best.append(_noted(report["best"]))
	mean.append(_noted(report["mean"]))
	best_ever.append(_noted(report["best_ever"]))
	var species: Array = report.get("species", [])
	for entry: Dictionary in species:
		species_keys.append(species_key(_population_place(entry), int(entry["id"])))
		species_sizes.append(int(entry["size"]))
	species_counts.append(species.size())
	species_ends.append(species_keys.size())
	return ""


## What keeps a report from being one, a sentence; empty when nothing does.
static func problem_of(report: Dictionary) -> String:
	if not _is_number(report.get("generation")) or float(report["generation"]) < 0.0:
		return "a report needs a 'generation', a whole number from 0."
	for key in _FIGURES:
		if not _is_number(report.get(key)):
			return "a report needs '%s', a number." % key
	var species: Variant = report.get("species", [])
	if not species is Array:
		return "the report of generation %d: 'species' has to be an array." % report["generation"]
	for entry: Variant in species:
		if not entry is Dictionary or not _is_number(entry.get("id")):
			return "the report of generation %d: a species needs an 'id'." % report["generation"]
		if not _is_number(entry.get("size")):
			return "the report of generation %d: a species needs a 'size'." % report["generation"]
	return ""


## How many generations are known.
func size() -> int:
	return generations.size()


## Forgets everything.
func clear() -> void:
	_keep(0, 0)
	populations.clear()


## The place among the columns of the generation that is nearest to a number; -1 without any.
func nearest(generation: float) -> int:
	if generations.is_empty():
		return -1
	var place := mini(generations.bsearch(roundi(generation)), generations.size() - 1)
	if place > 0 and absf(generations[place - 1] - generation) < generations[place] - generation:
		return place - 1
	return place


## Where the species of a generation begin in [member species_keys].
func species_begin(place: int) -> int:
	return 0 if place == 0 else species_ends[place - 1]


func _add_row(columns: PackedStringArray, cells: PackedStringArray) -> void:
	var row := {}
	for place in columns.size():
		var cell := cells[place]
		row[columns[place]] = cell.to_float() if cell.is_valid_float() else NAN
	if not is_finite(row.get("generation", NAN)) or not problem_of(_figures_of(row)).is_empty():
		return
	add_report(_figures_of(row))
	species_counts[-1] = int(row["species"]) if is_finite(row.get("species", NAN)) else 0


func _figures_of(row: Dictionary) -> Dictionary:
	var figures := row.duplicate()
	figures.erase("species")
	return figures


func _make_room(generation: int) -> void:
	if not generations.is_empty() and generations[-1] >= generation:
		_keep(0, generations.bsearch(generation))
	elif generations.size() >= LIMIT:
		@warning_ignore("integer_division")
		_keep(LIMIT / 2, LIMIT)


func _keep(begin: int, end: int) -> void:
	var first := species_begin(begin) if end > 0 else 0
	var last := species_ends[end - 1] if end > 0 else 0
	generations = generations.slice(begin, end)
	best = best.slice(begin, end)
	mean = mean.slice(begin, end)
	best_ever = best_ever.slice(begin, end)
	species_counts = species_counts.slice(begin, end)
	species_keys = species_keys.slice(first, last)
	species_sizes = species_sizes.slice(first, last)
	species_ends = species_ends.slice(begin, end)
	for place in species_ends.size():
		species_ends[place] -= first
	lowest = INF
	highest = -INF
	for column: PackedFloat64Array in [best, mean, best_ever]:
		for figure in column:
			_noted(figure)


func _noted(value: Variant) -> float:
	var figure := float(value)
	if is_finite(figure):
		lowest = minf(lowest, figure)
		highest = maxf(highest, figure)
	return figure


func _population_place(entry: Dictionary) -> int:
	var name := str(entry.get("population", "main"))
	if not name in populations:
		populations.append(name)
	return populations.find(name)


static func _is_number(value: Variant) -> bool:
	return value is float or value is int
