"""The operators of neat-python on genomes of 10 inputs, 4 outputs and about 46 connections.

Prints one JSON object a line, `name` and `value`, with the names of the Rust measurements. Runs in the
peers' environment alone.
"""

from __future__ import annotations

import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import neat

ROUNDS = 5
SETTINGS = """
[NEAT]
fitness_criterion = max
fitness_threshold = 1e9
pop_size = {size}
reset_on_extinction = False
no_fitness_termination = True

[DefaultGenome]
activation_default = sigmoid
activation_mutate_rate = 0.0
activation_options = sigmoid
aggregation_default = sum
aggregation_mutate_rate = 0.0
aggregation_options = sum
bias_init_mean = 0.0
bias_init_stdev = 1.0
bias_init_type = gaussian
bias_max_value = 30.0
bias_min_value = -30.0
bias_mutate_power = 0.5
bias_mutate_rate = 0.8
bias_replace_rate = 0.1
compatibility_disjoint_coefficient = 1.0
compatibility_weight_coefficient = 0.4
conn_add_prob = 0.05
conn_delete_prob = 0.0
enabled_default = True
enabled_mutate_rate = 0.0
enabled_rate_to_true_add = 0.0
enabled_rate_to_false_add = 0.0
feed_forward = True
initial_connection = full_direct
node_add_prob = 0.03
node_delete_prob = 0.0
num_hidden = 0
num_inputs = 10
num_outputs = 4
response_init_mean = 1.0
response_init_stdev = 0.0
response_init_type = gaussian
response_max_value = 1.0
response_min_value = 1.0
response_mutate_power = 0.0
response_mutate_rate = 0.0
response_replace_rate = 0.0
single_structural_mutation = False
structural_mutation_surer = False
weight_init_mean = 0.0
weight_init_stdev = 1.0
weight_init_type = gaussian
weight_max_value = 30.0
weight_min_value = -30.0
weight_mutate_power = 0.5
weight_mutate_rate = 0.8
weight_replace_rate = 0.1

[DefaultSpeciesSet]
compatibility_threshold = 3.0

[DefaultStagnation]
species_fitness_func = max
max_stagnation = 15
species_elitism = 2

[DefaultReproduction]
elitism = 1
survival_threshold = 0.2
min_species_size = 2
"""


def configuration(size: int) -> neat.Config:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "neat.ini"
        path.write_text(SETTINGS.format(size=size), encoding="utf-8")
        return neat.Config(
            neat.DefaultGenome, neat.DefaultReproduction, neat.DefaultSpeciesSet, neat.DefaultStagnation, str(path)
        )


def row(name: str, value: float) -> None:
    print(json.dumps({"name": name, "value": value}), flush=True)


def rate(work: Callable[[], object], count: int) -> float:
    rates = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        for _ in range(count):
            work()
        rates.append(count / (time.perf_counter() - begin))
    return statistics.median(rates)


def genomes(config: neat.Config) -> tuple[neat.DefaultGenome, neat.DefaultGenome]:
    population = neat.Population(config, seed=1)

    def score(members: list[tuple[int, neat.DefaultGenome]], _config: neat.Config) -> None:
        for place, (_, genome) in enumerate(members):
            genome.fitness = float(place * 7919 % 1009)

    population.run(score, 20)
    near = sorted(population.population.values(), key=lambda genome: abs(len(genome.connections) - 46))
    return near[0], near[1]


def operators() -> None:
    config = configuration(150)
    first, second = genomes(config)
    first.fitness, second.fitness = 2.0, 1.0
    settings = config.genome_config
    row("distance of two genomes", rate(lambda: first.distance(second, settings), 2_000))
    row("decode a genome to a network", rate(lambda: neat.nn.FeedForwardNetwork.create(first, config), 500))
    network = neat.nn.FeedForwardNetwork.create(first, config)
    row("forward, one row", rate(lambda: network.activate([0.5] * 10), 5_000))

    def cross() -> neat.DefaultGenome:
        child = neat.DefaultGenome(0)
        child.configure_crossover(first, second, settings)
        return child

    crossover = rate(cross, 500)
    row("crossover of two genomes", crossover)
    both = rate(lambda: cross().mutate(settings), 500)
    # A genome is mutated in place, so each round needs a fresh one; its price is taken off again.
    row("mutate a genome", 1 / (1 / both - 1 / crossover))


def sorting() -> None:
    """10,000 members of one run, each to the nearest of the first ten."""
    config = configuration(10_000)
    settings = config.genome_config
    members = list(neat.Population(config, seed=1).population.values())
    for member in members:
        member.mutate(settings)
    known = members[:10]
    begin = time.perf_counter()
    for member in members:
        min(range(10), key=lambda place: known[place].distance(member, settings))
    seconds = time.perf_counter() - begin
    row("distance within a generation, slots included", 100_000 / seconds)
    row("10000 genomes to the nearest of 10", seconds * 1000)


def generations() -> None:
    for size, count in ((150, 10), (1000, 3)):
        population = neat.Population(configuration(size), seed=1)

        def score(members: list[tuple[int, neat.DefaultGenome]], _config: neat.Config) -> None:
            for place, (_, genome) in enumerate(members):
                genome.fitness = float(place * 7919 % 1009)

        begin = time.perf_counter()
        population.run(score, count)
        milliseconds = (time.perf_counter() - begin) * 1000 / count
        row(f"one generation without evaluation, population {size}", milliseconds)


if __name__ == "__main__":
    random.seed(1)
    operators()
    sorting()
    generations()
