"""Checks a JSON document against a JSON Schema: jsonschema_check.py SCHEMA DOCUMENT

Checks the schema itself first. Exits 1 with every error found, each with its path in the document.
"""

import json
import sys

from jsonschema import SchemaError
from jsonschema.validators import validator_for


def main(schema_path: str, document_path: str) -> int:
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    with open(document_path, encoding="utf-8") as file:
        document = json.load(file)

    validator = validator_for(schema)
    try:
        validator.check_schema(schema)
    except SchemaError as error:
        print(f"{schema_path}: {error.json_path}: {error.message}", file=sys.stderr)
        return 1

    errors = sorted(validator(schema).iter_errors(document), key=lambda error: error.json_path)
    for error in errors:
        print(f"{document_path}: {error.json_path}: {error.message}", file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: jsonschema_check.py SCHEMA DOCUMENT")
    sys.exit(main(*sys.argv[1:]))
