extends "training_lap.gd"
## A generation that is written down while it is played. Its times are worth nothing.

const Tape := preload("tape.gd")
const RecordingBatch := preload("recording_batch.gd")

## What was written down.
var tape: Tape


func hand_over(batch: RefCounted) -> RefCounted:
	tape = Tape.new(batch)
	return RecordingBatch.new(batch, tape)
