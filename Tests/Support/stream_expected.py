"""Computes what a recorded stream comes to: stream_expected.py CONFIG EVENTS > expected.txt

Reads the metrics of the configuration and the events, and writes the exposition in text format
0.0.4. Shares no code and no idea of how to do it with the agent: plain dictionaries and exact
fractions. Knows the kinds and settings that the fixture uses, no more.
"""

import json
import sys
from decimal import Decimal
from fractions import Fraction

SECONDS = {"nanosecond": Fraction(1, 10**9), "kilobyte": Fraction(1000), None: Fraction(1)}
TYPES = {
    "counter": "counter",
    "sum": "counter",
    "last_value": "gauge",
    "up_down_counter": "gauge",
    "distribution": "histogram",
}


def look_up(metadata, path: str):
    """The value at a path, as label text; None when there is none, or it is no single value."""
    value = metadata
    for key in path.split("."):
        if isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        elif isinstance(value, dict) and key in value:
            value = value[key]
        else:
            return None
    if value is None or isinstance(value, (dict, list)):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def holds(test, text) -> bool:
    if isinstance(test, dict):
        if "exists" in test:
            return (text is not None) == test["exists"]
        if "prefix" in test:
            return text is not None and text.startswith(test["prefix"])
        raise NotImplementedError(test)
    return text in (test if isinstance(test, list) else [test])


def label_rules(metric):
    rules = metric.get("labels", [])
    if isinstance(rules, list):
        return [(name, name, None) for name in rules]
    return [
        (name, rule, None) if isinstance(rule, str) else (name, rule["key"], rule.get("default"))
        for name, rule in rules.items()
    ]


def sources(metric):
    if "event" in metric:
        yield {"event": metric["event"], "measurement": metric.get("measurement")}
    yield from metric.get("events", [])


class Series:
    def __init__(self, bounds):
        self.total = Fraction(0)
        self.count = 0
        self.buckets = [0] * (len(bounds) + 1)

    def observe(self, value: Fraction, bounds) -> None:
        self.total += value
        self.count += 1
        index = next((i for i, bound in enumerate(bounds) if value <= bound), len(bounds))
        self.buckets[index] += 1


def apply(metric, series, event) -> None:
    name = ".".join(event["event"]) if isinstance(event["event"], list) else event["event"]
    metadata = event.get("metadata", {})
    for source in sources(metric):
        if source["event"] != name:
            continue
        if not all(holds(t, look_up(metadata, k)) for k, t in metric.get("keep", {}).items()):
            continue
        if any(holds(t, look_up(metadata, k)) for k, t in metric.get("drop", {}).items()):
            continue
        labels = []
        for label, key, default in label_rules(metric):
            text = source.get("labels", {}).get(label)
            if text is None:
                text = look_up(metadata, key)
            labels.append((label, default if text is None else text))
        if any(text is None for _, text in labels):
            continue
        measurement = source.get("measurement")
        raw = 1 if measurement is None else event["measurements"].get(measurement)
        if raw is None:
            continue
        value = Fraction(raw) * source.get("factor", 1) * SECONDS[metric.get("measurement_unit")]
        bounds = [Fraction(str(bound)) for bound in metric.get("buckets", [])]
        found = series.setdefault(tuple(labels), Series(bounds))
        if metric["kind"] == "last_value":
            found.total = value
        else:
            found.observe(value, bounds)


def number(value) -> str:
    """Decimal digits without an exponent and without zeros that say nothing."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def line(name: str, labels, value: str) -> str:
    inside = ",".join(f'{label}="{escaped(text)}"' for label, text in labels)
    return f"{name}{{{inside}}} {value}" if inside else f"{name} {value}"


def render(metric, series):
    name = metric["name"]
    text = metric["help"].replace("\\", "\\\\").replace("\n", "\\n")
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {TYPES[metric['kind']]}"
    for labels, found in series.items():
        if metric["kind"] != "distribution":
            yield line(name, labels, number(found.total))
            continue
        running = 0
        for bound, count in zip(metric["buckets"] + ["+Inf"], found.buckets):
            running += count
            yield line(f"{name}_bucket", [*labels, ("le", f"{bound}")], str(running))
        yield line(f"{name}_sum", labels, number(found.total))
        yield line(f"{name}_count", labels, str(found.count))


def main(config: str, events: str) -> None:
    with open(config, encoding="utf-8") as file:
        metrics = sorted(json.load(file)["metrics"], key=lambda metric: metric["name"])
    with open(events, encoding="utf-8") as file:
        stream = [json.loads(text) for text in file]
    for metric in metrics:
        series: dict = {}
        for event in stream:
            apply(metric, series, event)
        if series:
            print("\n".join(render(metric, series)))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: stream_expected.py CONFIG EVENTS")
    main(*sys.argv[1:])
