"""Writes the recorded stream of events: stream_record.py > Tests/Fixtures/stream/events.jsonl

Deterministic: the same on every run. Its metadata is as awkward as JSON allows.
"""

import json
import random

COUNTRIES = ["de", "fr", 'q"uote', "back\\slash", "new\nline", "日本", "🦊", "tab\there", "a,b=c d", "{}"]
CHANNELS = ["web", "app", "téléphone", "x" * 100]
ITEMS = ["tea", 'a "very" good cup', "crème brûlée", "line\nbreak", "50% \\ off"]
CURRENCIES = ["EUR", "USD", "Kč"]
SENSORS = ["door", "cellar \"left\"", "dach\nzimmer"]
STATUSES = ["ok", "error", "¡ay!", "canceled"]


def order(rng: random.Random, index: int) -> dict:
    customer: dict = {"name": rng.choice(["ann", "bob", "test-1", "test-2"])}
    if index % 7:
        customer["address"] = {"country": rng.choice(COUNTRIES), "zip": [1, [2, {"deep": index}]]}
    elif index % 2:
        customer["address"] = {"country": None}
    metadata: dict = {"customer": customer, "gift": rng.choice([True, False, 1, 2.5, "no"])}
    if index % 5:
        metadata["channel"] = rng.choice(CHANNELS)
    if index % 3:
        metadata["items"] = [{"name": rng.choice(ITEMS)}, {"name": "other"}]
    else:
        metadata["items"] = []
    value = rng.choice([rng.randint(0, 10_000), rng.randint(0, 400) / 8])
    return {"event": "shop.order.placed", "measurements": {"value": value}, "metadata": metadata}


def payment(rng: random.Random, index: int) -> dict:
    amount = rng.choice([rng.randint(-500, 900), rng.randint(-80, 80) / 4])
    name = rng.choice(["booked", "returned", "returned"])
    metadata = {"currency": rng.choice(CURRENCIES)} if index % 6 else {"note": "no currency"}
    # The event's name may be written as a list, too.
    event = ["shop", "payment", name] if index % 2 else f"shop.payment.{name}"
    return {"event": event, "measurements": {"amount": amount}, "metadata": metadata}


def reading(rng: random.Random, _index: int) -> dict:
    return {
        "event": "shop.sensor.read",
        "measurements": {"celsius": rng.randint(-400, 400) / 16, "ignored": 1},
        "metadata": {"sensor": rng.choice(SENSORS), "unused": {"a": {"b": ["c"]}}},
    }


def checkout(rng: random.Random, index: int) -> dict:
    measurements: dict = {"duration": rng.choice([1_000_000, 10_000_000, rng.randint(1, 3_000_000_000)])}
    if index % 4 == 0:
        measurements["size"] = rng.randint(0, 200)
    return {
        "event": "shop.checkout.stop",
        "measurements": measurements,
        "metadata": {"status": rng.choice(STATUSES)},
    }


def main() -> None:
    rng = random.Random(20260131)
    for index in range(400):
        event = rng.choice([order, payment, reading, checkout])(rng, index)
        print(json.dumps(event, ensure_ascii=index % 2 == 0))


if __name__ == "__main__":
    main()
