"""deploy/: nobody runs Docker here, so what the files say is held against what the service says."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from evolve.cli.arguments import build_parser
from evolve.cli.serve_security import check_exposure
from evolve.serving import metrics

DEPLOY = Path(__file__).parents[2] / "deploy"
DOCKERFILES = sorted(DEPLOY.glob("Dockerfile.*"))


def documents(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / name).read_text()))


def of_kind(kind: str) -> dict[str, Any]:
    return next(one for one in documents("kubernetes.yaml") if one["kind"] == kind)


def words(dockerfile: Path) -> list[str]:
    """What the container runs."""
    found = re.findall(r"^(?:ENTRYPOINT|CMD) (\[.*\])$", dockerfile.read_text(), re.MULTILINE)
    return [word for part in found for word in json.loads(part)]


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)
def test_a_container_runs_a_command_that_evolve_understands_and_lets_in_safely(dockerfile: Path) -> None:
    program, *rest = words(dockerfile)
    arguments = build_parser().parse_args(rest)
    assert (program, arguments.command) == ("evolve", "serve")
    check_exposure(arguments)
    exposed = re.findall(r"^EXPOSE (.*)$", dockerfile.read_text(), re.MULTILINE)
    ports = [arguments.port, arguments.grpc_port, arguments.websocket_port]
    assert exposed == [" ".join(map(str, ports))]
    (container,) = of_kind("Deployment")["spec"]["template"]["spec"]["containers"]
    assert [one["containerPort"] for one in container["ports"]] == ports
    assert [one["port"] for one in of_kind("Service")["spec"]["ports"]] == ports
    assert bool(arguments.devices) == dockerfile.name.endswith("gpu")


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)
def test_a_container_runs_as_nobody_and_takes_one_runtime(dockerfile: Path) -> None:
    text = dockerfile.read_text()
    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE)
    assert re.findall(r"\$1\[(\w+)\]", text) == [dockerfile.suffix[1:]]
    assert ":latest" not in text


def test_pods_are_probed_bounded_and_cannot_write() -> None:
    pod = of_kind("Deployment")["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert not container["securityContext"]["allowPrivilegeEscalation"]
    assert {"requests", "limits"} <= container["resources"].keys()
    for probe, path in (("readiness", "ready"), ("startup", "ready"), ("liveness", "live")):
        assert container[f"{probe}Probe"]["httpGet"]["path"] == f"/v2/health/{path}"
    drain = build_parser().parse_args(["serve"]).drain_seconds
    assert pod["terminationGracePeriodSeconds"] > drain + 5


def test_every_file_that_the_command_names_is_mounted_as_a_folder_that_can_change() -> None:
    pod = of_kind("Deployment")["spec"]["template"]["spec"]
    mounts = pod["containers"][0]["volumeMounts"]
    folders = [one["mountPath"] for one in mounts]
    paths = [word for word in words(DEPLOY / "Dockerfile.cpu") if word.startswith("/")]
    assert paths
    assert all(any(path == one or path.startswith(f"{one}/") for one in folders) for path in paths)
    assert not any("subPath" in one for one in mounts)
    assert {one["name"] for one in mounts} == {one["name"] for one in pod["volumes"]}
    composed = documents("compose.yaml")[0]["services"]["evolve"]["volumes"]
    assert sorted(one.split(":")[1] for one in composed) == sorted(folders)


def test_the_network_lets_callers_in_by_the_doors_and_nothing_out() -> None:
    policy = of_kind("NetworkPolicy")["spec"]
    pod = of_kind("Deployment")["spec"]["template"]
    assert policy["podSelector"]["matchLabels"] == pod["metadata"]["labels"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert "egress" not in policy
    doors = [{"port": one["name"]} for one in pod["spec"]["containers"][0]["ports"]]
    assert policy["ingress"] == [{"ports": doors}]


def test_autoscaling_asks_for_a_metric_that_the_adapter_makes_of_one_that_is_served() -> None:
    (wanted,) = of_kind("HorizontalPodAutoscaler")["spec"]["metrics"]
    (rule,) = documents("prometheus-adapter.yaml")[0]["rules"]["custom"]
    series = rule["seriesQuery"].partition("{")[0]
    assert re.sub(rule["name"]["matches"], r"\1_average", series) == wanted["pods"]["metric"]["name"]
    assert any(series == f"{name}_count" for name, _, _ in metrics._HISTOGRAMS)
    # An idle replica is 0: without a number Kubernetes would never take one away.
    assert "clamp_min(" in rule["metricsQuery"]


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)
def test_hadolint_finds_nothing(dockerfile: Path) -> None:
    hadolint = shutil.which("hadolint")
    if hadolint is None:
        pytest.skip("hadolint is not installed")
    answer = subprocess.run([hadolint, dockerfile], capture_output=True, text=True, check=False, timeout=60)
    # DL3008: a release of Ubuntu keeps one version of Python.
    found = [line for line in answer.stdout.splitlines() if "DL3008" not in line]
    assert not found, os.linesep.join(found)


def test_kubernetes_would_take_every_manifest() -> None:
    validator = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is not installed")
    for document in documents("kubernetes.yaml"):
        validator.validate(document, validator.latest_version(), strict=True)
