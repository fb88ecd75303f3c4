"""Holds dashboards against Grafana's own model: grafana_model_check.py FILE…

Each dashboard is read into the types of Grafana's foundation SDK, panels, options and queries included, and
written again. What the model does not know is lost on the way, so what comes out must be what went in, but for
what the model fills in by itself. Values that the model enumerates must be among them.
"""

import enum
import inspect
import json
import sys
import typing

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models import dashboard as model

# The data source's own, which the model leaves to its plugin.
UNMODELLED = {
    "annotations.list.[].tagKeys", "annotations.list.[].titleFormat", "annotations.list.[].useValueForTime",
}


def lost(before, after, path=""):
    """Paths of what went in and did not come out the same."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key, value in before.items():
            inner = f"{path}.{key}".lstrip(".")
            if inner in UNMODELLED:
                continue
            if key not in after:
                yield f"{inner}: the model does not know it"
            else:
                yield from lost(value, after[key], inner)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for left, right in zip(before, after):
            yield from lost(left, right, f"{path}.[]")
    elif before != after:
        yield f"{path}: {before!r} became {after!r}"


def misfits(value, kind, path):
    """Paths of values that are not of the type the model gives them."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if value is None:
        return
    if origin is typing.Union:
        choices = [list(misfits(value, one, path)) for one in inner if one is not type(None)]
        if all(choices):
            yield from min(choices, key=len)
    elif origin is list:
        items = value if isinstance(value, list) else []
        if items is not value:
            yield f"{path}: {value!r} is no list"
        for number, item in enumerate(items):
            yield from misfits(item, inner[0], f"{path}[{number}]")
    elif origin is typing.Literal:
        if value not in inner:
            yield f"{path}: {value!r} is none of {inner}"
    elif inspect.isclass(kind) and issubclass(kind, enum.Enum):
        accepted = [one.value for one in kind]
        if value not in accepted:
            yield f"{path}: {value!r} is none of {accepted}"
    elif kind in (str, bool, int, float):
        fits = isinstance(value, (int, float) if kind is float else kind)
        if not fits or (kind in (int, float) and isinstance(value, bool)):
            yield f"{path}: {value!r} is no {kind.__name__}"
    elif is_modelled(type(value)):
        # What the model declares as anything, such as a panel's options, has a type of its own by now.
        if is_modelled(kind) and not is_role(kind) and not isinstance(value, kind):
            yield f"{path}: {type(value).__name__} is no {kind.__name__}"
        else:
            yield from fields(value, path)


def is_modelled(kind):
    return inspect.isclass(kind) and kind.__module__.startswith("grafana_foundation_sdk")


def is_role(kind):
    """An interface, such as that of all queries."""
    return kind.__module__.endswith(".variants")


def fields(thing, path):
    for name, kind in typing.get_type_hints(type(thing)).items():
        yield from misfits(getattr(thing, name, None), kind, f"{path}.{name}".lstrip("."))


def main(files):
    register_default_plugins()
    faults = 0
    for file in files:
        with open(file, encoding="utf-8") as stream:
            before = json.load(stream)
        board = model.Dashboard.from_json(before)
        after = json.loads(JSONEncoder().encode(board))
        for fault in [*lost(before, after), *fields(board, "")]:
            faults += 1
            print(f"{file}: {fault}", file=sys.stderr)
    sys.exit(1 if faults else 0)


main(sys.argv[1:])
