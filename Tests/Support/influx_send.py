"""Sends points with the stock InfluxDB client: influx_send.py URL COUNT [options]

URL is what an InfluxDB 2 server would have; the client adds /api/v2/write. The first half of the
points is written one request at a time, the second half through the client's batching queue. Point
i has the tag device="device-<i mod 10>" and the fields value=<i>i and ratio=<i / 2>. Prints
"sent=COUNT"; exits 1 when a write was refused or given up.
"""

import argparse
import sys

from influxdb_client import InfluxDBClient, Point, WriteOptions
from influxdb_client.client.write_api import WriteType


def point(name: str, index: int) -> Point:
    return (
        Point(name)
        .tag("device", f"device-{index % 10}")
        .field("value", index)
        .field("ratio", index / 2)
    )


def main() -> int:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("url")
    parser.add_argument("count", type=int)
    parser.add_argument("--name", default="influx_client.sample", help="the event's name")
    parser.add_argument("--token", default="", help="sent as 'Authorization: Token …'")
    options = parser.parse_args()

    failures: list[str] = []

    def given_up(_conf, _data, exception) -> None:
        failures.append(str(exception))

    patience = {"max_retries": 2, "retry_interval": 100, "exponential_base": 1}
    at_once = WriteOptions(write_type=WriteType.synchronous, **patience)
    batching = WriteOptions(batch_size=100, flush_interval=100, **patience)
    half = options.count // 2
    with InfluxDBClient(url=options.url, token=options.token, org="-", timeout=30_000) as client:
        try:
            with client.write_api(write_options=at_once) as api:
                for index in range(half):
                    api.write(bucket="-", record=point(options.name, index))
        except Exception as refusal:
            failures.append(str(refusal))
        # Leaving the block flushes what is queued.
        with client.write_api(write_options=batching, error_callback=given_up) as api:
            for index in range(half, options.count):
                api.write(bucket="-", record=point(options.name, index))

    for failure in failures:
        print(f"influx_send: {failure}", file=sys.stderr)
    if failures:
        return 1
    print(f"sent={options.count}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
