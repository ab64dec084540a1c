"""Cart-pole in the style of Gymnasium, and a function that lets brains play it.

    python examples/pole.py              trains in this process and says how each generation did
    evolve train examples/pole.py:play   trains with worker processes

`Pole` has the two methods of a Gymnasium environment. With gymnasium installed,
`gymnasium.make("CartPole-v1")` can stand in its place: nothing else changes.
"""

import math
import random

import evolve

INPUTS = ["position", "speed", "angle", "turn"]
OUTPUTS = ["left", "right"]

# The episode ends when the cart is so far off, or the pole leans so far.
FARTHEST = 2.4
STEEPEST = math.radians(12)

Observation = tuple[float, float, float, float]


class Pole:
    """A pole on a cart, to be kept upright by pushing the cart."""

    def reset(self, *, seed: int | None = None) -> tuple[Observation, dict[str, object]]:
        """Begin an episode; the seed decides where the cart and the pole are."""
        dice = random.Random(seed)
        self.state = tuple(dice.uniform(-0.05, 0.05) for _ in range(4))
        return self.observation, {}

    def step(self, action: int) -> tuple[Observation, float, bool, bool, dict[str, object]]:
        """Push to the left (0) or to the right (1) for a fiftieth of a second."""
        position, speed, angle, turn = self.state
        force = 10.0 if action == 1 else -10.0
        inner = (force + 0.05 * turn * turn * math.sin(angle)) / 1.1
        fall = 9.8 * math.sin(angle) - math.cos(angle) * inner
        turning = fall / (0.5 * (4.0 / 3.0 - 0.1 * math.cos(angle) ** 2 / 1.1))
        moving = inner - 0.05 * turning * math.cos(angle) / 1.1
        self.state = (
            position + 0.02 * speed,
            speed + 0.02 * moving,
            angle + 0.02 * turn,
            turn + 0.02 * turning,
        )
        fallen = abs(self.state[0]) > FARTHEST or abs(self.state[2]) > STEEPEST
        return self.observation, 1.0, fallen, False, {}

    @property
    def observation(self) -> Observation:
        position, speed, angle, turn = self.state
        return position, speed, angle, turn


environment = Pole()


@evolve.evaluator(inputs=INPUTS, outputs=OUTPUTS, ticks=500, generations=30, fitness=500)
def play(episode: evolve.Episode) -> float:
    """The sum of the rewards of one episode."""
    observation, _ = environment.reset(seed=episode.seed)
    total = 0.0
    for _ in range(episode.ticks):
        left, right = episode.brain.think(observation)
        observation, reward, terminated, truncated, _ = environment.step(int(right > left))
        total += reward
        if terminated or truncated:
            break
    return total


if __name__ == "__main__":
    for generation in evolve.Run(play, seed=7):
        print(f"generation {generation['generation'] + 1}: best {generation['best']:g}")
