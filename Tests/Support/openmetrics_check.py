"""Reads an OpenMetrics exposition from standard input and judges it.

The judge is the parser of prometheus_client, the strictest there is. Prints how many families and
samples it found; exits 1 with the reason when the text is refused.
"""

import sys

from prometheus_client.openmetrics.parser import text_fd_to_metric_families


def main() -> int:
    # newline="" keeps a carriage return in a label value what it is.
    exposition = open(sys.stdin.fileno(), encoding="utf-8", newline="", closefd=False)
    families = samples = 0
    try:
        for family in text_fd_to_metric_families(exposition):
            families += 1
            samples += len(family.samples)
    except Exception as refusal:  # The parser raises whatever its own code trips over.
        where = f"after {families} families and {samples} samples"
        print(f"openmetrics_check: {where}: {refusal or repr(refusal)}", file=sys.stderr)
        return 1
    print(f"families={families} samples={samples}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
