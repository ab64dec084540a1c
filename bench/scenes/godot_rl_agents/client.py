"""The Python end of Godot RL Agents: starts the engine, steps its agents with random actions, counts.

Random actions, made before the clock starts, so that no learning and no policy stands on their bill. Prints
one line of JSON: agents times physics ticks in a second, and how many ticks an episode lasted.
"""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import time

import numpy as np
from godot_rl.core.godot_env import GodotEnv

POOL = 64


def main() -> None:
    options = _parse()
    port = _free_port()
    # --fixed-fps as two arguments: as one string the engine ignores it, and runs 60 ticks a second.
    command = [options.engine, "--headless", "--disable-render-loop", "--fixed-fps", "60"]
    command += ["--path", options.project, "--script", "res://bench/godot_rl_agents/bench.gd"]
    command += [f"--port={port}", f"--speedup={options.speedup}", f"--action_repeat={options.action_repeat}"]
    engine = subprocess.Popen([*command, "--", "--scene", options.scene, "--agents", str(options.agents)])
    try:
        environment = GodotEnv(port=port)
        print(json.dumps(_measure(environment, options)), flush=True)
        environment.close()
    finally:
        engine.terminate()
        engine.wait()


def _measure(environment: GodotEnv, options: argparse.Namespace) -> dict[str, float]:
    environment.reset()
    width = environment.action_spaces[0]["outputs"].shape[0]
    # The range of our networks' outputs.
    random = np.random.default_rng(7)
    pool = [random.random((options.agents, 1, width)) for _ in range(POOL)]
    _step_for(environment, pool, options.warm_up)
    steps, ends, seconds = _step_for(environment, pool, options.seconds)
    agent_steps = steps * options.agents * options.action_repeat
    return {"agent_steps_per_second": agent_steps / seconds, "episode_ticks": agent_steps / max(ends, 1)}


def _step_for(environment: GodotEnv, pool: list[np.ndarray], seconds: float) -> tuple[int, int, float]:
    """How many exchanges there were, how many episodes ended, and how long it took."""
    steps = ends = 0
    began = now = time.perf_counter()
    while now - began < seconds:
        _, _, done, _, _ = environment.step(pool[steps % POOL], order_ij=True)
        steps += 1
        ends += sum(done)
        now = time.perf_counter()
    return steps, ends, now - began


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    for name in ("engine", "project", "scene"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--agents", type=int, default=200)
    parser.add_argument("--action-repeat", type=int, default=1)
    parser.add_argument("--speedup", type=int, default=1)
    parser.add_argument("--warm-up", type=float, default=2.0)
    parser.add_argument("--seconds", type=float, default=10.0)
    return parser.parse_args()


main()
