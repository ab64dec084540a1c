class_name EvolveScoreCard
extends RefCounted
## What an [EvolveAgent] was scored in its episode beside its fitness, by objective, and the metrics
## that it noted; says what keeps it from being scored. Never decides what a score is worth.

var _scores: Dictionary[StringName, float] = {}
var _metrics: Dictionary[StringName, float] = {}


## Forgets the episode before.
func clear() -> void:
	_scores.clear()
	_metrics.clear()


## Writes a score down.
func put(objective: StringName, value: float) -> void:
	_scores[objective] = value


## The score so far; 0 before there is one.
func score(objective: StringName) -> float:
	return _scores.get(objective, 0.0)


## Writes a metric down.
func note(metric: StringName, value: float) -> void:
	_metrics[metric] = value


## All metrics so far, by name.
func metrics() -> Dictionary[StringName, float]:
	return _metrics


## What is wrong with the metrics, as the rest of a sentence; empty when nothing is.
func metrics_problem() -> String:
	for name in _metrics:
		var reason := EvolveNames.metric_problem(name, _metrics[name])
		if not reason.is_empty():
			return reason
	return ""


## The scores in the order of the objectives' names, of which the fitness is the first.
func row(fitness: float, objectives: PackedStringArray) -> PackedFloat64Array:
	var values := PackedFloat64Array([fitness])
	for place in range(1, objectives.size()):
		values.append(score(objectives[place]))
	return values


## What is wrong with the agent's scores, as the rest of a sentence; empty when nothing is.
func problem(agent: EvolveAgent, objectives: PackedStringArray) -> String:
	for known: StringName in _scores:
		if objectives.find(known) < 1:
			return (
				"the objective %s was scored, but the evolution's objectives beside the fitness are: %s."
				% [known, ", ".join(objectives.slice(1)) if objectives.size() > 1 else "none"]
			)
	for place in range(1, objectives.size()):
		if not _scores.has(objectives[place]):
			return (
				'the objective %s was never scored; call set_objective(&"%s", …) in every episode.'
				% [objectives[place], objectives[place]]
			)
	for value in row(agent.fitness, objectives):
		if not is_finite(value):
			return (
				"the fitness is %s after %d ticks; it has to be a finite number."
				% [value, agent.ticks]
			)
	return ""


## What is wrong with a description of behaviour, as the rest of a sentence; empty when nothing is.
static func behaviour_problem(
	behaviour: PackedFloat64Array, descriptors: PackedStringArray
) -> String:
	if behaviour.size() != descriptors.size():
		return (
			"behaviour has %d numbers, but the evolution asks for %d (%s)."
			% [behaviour.size(), descriptors.size(), ", ".join(descriptors)]
		)
	for place in behaviour.size():
		if not is_finite(behaviour[place]):
			return (
				"behaviour has %s for %s; it has to be a finite number."
				% [behaviour[place], descriptors[place]]
			)
	return ""
