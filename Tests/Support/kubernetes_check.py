"""Reads the manifests given as YAML, checks how their parts name each other, and prints the agent's configuration."""

import sys

import yaml

PROBES = {"startupProbe": "/health", "livenessProbe": "/health", "readinessProbe": "/health/ready"}


def expect(condition, sentence):
    if not condition:
        sys.exit(sentence)


documents = [one for path in sys.argv[1:] for one in yaml.safe_load_all(open(path))]
by_kind = {one["kind"]: one for one in documents}
expect(set(by_kind) == {"ConfigMap", "Deployment", "Service"}, f"found {sorted(by_kind)}")
deployment = by_kind["Deployment"]["spec"]
pod = deployment["template"]
labels = pod["metadata"]["labels"]
expect(deployment["selector"]["matchLabels"].items() <= labels.items(), "the deployment selects other pods")
expect(by_kind["Service"]["spec"]["selector"].items() <= labels.items(), "the service selects other pods")
[container] = pod["spec"]["containers"]
ports = {port["name"]: port["containerPort"] for port in container["ports"]}
for port in by_kind["Service"]["spec"]["ports"]:
    expect(port["targetPort"] in ports, f"no port is called {port['targetPort']}")
for probe, path in PROBES.items():
    request = container[probe]["httpGet"]
    expect(request["path"] == path, f"{probe} asks for {request['path']}")
    expect(request["port"] in ports, f"{probe} asks at no known port")
mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
for volume in pod["spec"]["volumes"]:
    expect(volume["configMap"]["name"] == by_kind["ConfigMap"]["metadata"]["name"], "the volume is another map")
    expect(volume["name"] in mounts, f"{volume['name']} is mounted nowhere")
[(name, configuration)] = by_kind["ConfigMap"]["data"].items()
expect(f"{mounts['configuration']}/{name}" in container["args"], "the agent reads another file")
print(configuration)
