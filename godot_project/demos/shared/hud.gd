extends CanvasLayer
## The figures of a run in a corner of the window: generation, best, mean and species, and at the
## bottom a line that says what there is to be seen. All demos share it. Only looks; training is the
## same without it.
##
## In a game without a trainer it shows what [method say] is given.

## What is behind all demos.
const BACKGROUND := Color(0.11, 0.12, 0.15)

## Whose run is shown; without one the figures are those of [method say].
@export var trainer: EvolveTrainer = null

## One line for whoever sees the demo for the first time.
@export_multiline var hint := ""

## How a score is written: decimals, and a unit if it has one.
@export var score_format := "%.2f"

@onready var _panel: Control = $Panel
@onready var _headline: Label = %Headline
@onready var _figures: Label = %Figures


func _ready() -> void:
	(%Hint as Label).text = hint
	# Empty, it would be a dark spot in the corner.
	_panel.visible = not _headline.text.is_empty()
	RenderingServer.set_default_clear_color(BACKGROUND)
	# Without a picture there is nothing to tell.
	if trainer == null or DisplayServer.get_name() == "headless":
		return
	# When the trainer is ready it knows whose run it is.
	_begin.call_deferred()
	trainer.generation_finished.connect(_on_generation_finished)
	trainer.training_finished.connect(_on_training_finished)
	trainer.training_failed.connect(_on_training_failed)


## Shows a headline and a line below it.
func say(headline: String, figures: String) -> void:
	_headline.text = headline
	_figures.text = figures
	_panel.show()


func _begin() -> void:
	if not trainer.is_worker:
		say("Generation 0", "the first brains are tried …")
	elif EvolveSettings.is_spectator():
		say("The champion", "plays one episode after the other")
	else:
		say("A worker", "plays what the orchestrator hands out")


func _on_generation_finished(report: Dictionary) -> void:
	var species: Array = report["species"]
	var best := score_format % report["best"]
	var mean := score_format % report["mean"]
	say(
		"Generation %d" % (int(report["generation"]) + 1),
		"best %s   mean %s   species %d" % [best, mean, species.size()]
	)


func _on_training_finished(_champion_path: String) -> void:
	_headline.text = "Training is finished"


func _on_training_failed(reason: String) -> void:
	say("Training ended", reason)
