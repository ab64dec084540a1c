"""A champion in words: who is connected to whom, with names instead of ids."""

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from evolve._native import Champion

FIRST_OUTPUT: Final = 0x8000
_HASHED: Final = 1 << 62


def node_names(champion: "Champion") -> dict[int, str]:
    """Name every node: inputs and outputs by their names, hidden ones by number in the order of their ids."""
    names = dict(enumerate(champion.inputs))
    names |= {FIRST_OUTPUT + place: name for place, name in enumerate(champion.outputs)}
    hidden = [node[0] for node in champion.nodes if node[0] >= _HASHED]
    return names | {node: f"hidden {number}" for number, node in enumerate(hidden, start=1)}


def champion_facts(champion: "Champion") -> dict[str, Any]:
    """Everything about a champion, for JSON. Ids are strings there."""
    names = node_names(champion)
    return {
        "fitness": champion.fitness,
        "generation": champion.generation,
        "inputs": champion.inputs,
        "outputs": champion.outputs,
        "nodes": [
            {
                "id": str(identifier),
                "name": names[identifier],
                "bias": bias,
                "activation": activation,
                "aggregation": aggregation,
            }
            for identifier, bias, activation, aggregation in champion.nodes
        ],
        "connections": [
            {"source": names[source], "target": names[target], "weight": weight, "enabled": enabled}
            for source, target, weight, enabled in champion.connections
        ],
    }


def champion_words(champion: "Champion") -> list[str]:
    """Say a champion in lines for a person."""
    names = node_names(champion)
    connections = champion.connections
    enabled = [connection for connection in connections if connection[3]]
    hidden = sum(node[0] >= _HASHED for node in champion.nodes)
    lines = [
        f"fitness      {champion.fitness:.6g}, scored in generation {champion.generation + 1}",
        f"senses       {', '.join(champion.inputs)}",
        f"does         {', '.join(champion.outputs)}",
        f"network      {_count(hidden, 'hidden node')}, {_count(len(enabled), 'connection')}"
        + (f" and {len(connections) - len(enabled)} disabled" if len(enabled) < len(connections) else ""),
    ]
    for identifier, bias, activation, aggregation in champion.nodes:
        if identifier < FIRST_OUTPUT:
            continue
        incoming = [
            f"{weight:+.3f} {names[source]}" for source, target, weight, _ in enabled if target == identifier
        ]
        how = activation if aggregation == "sum" else f"{activation} of the {aggregation}"
        lines.append(f"  {names[identifier]:<10} = {how}({' '.join([*incoming, f'{bias:+.3f}'])})")
    return lines


def _count(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"
