"""Compare our Cedar decisions with cedarpy's on random cases: decision, reasons, errors.

    tools/cedar_equivalence.py --requests 1000000 [--seed N] [--state FILE]

Each case has its own seed; a difference is printed with it, and `--seed N --requests 1` shows it
again. With a state file the run goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from cedar_cases import TYPES, Case, Generator

from panshi.protection.cedar import (
    CompiledPolicies,
    EntityStore,
    Request,
    Schema,
    Uid,
    compile_policies,
    reference,
)
from panshi.protection.cedar.documents import read_record
from panshi.protection.cedar.searching import with_entity

PER_CASE = 64
"Requests on one set of policies."


def case_of(seed: int) -> Case:
    """Make the case of a seed."""
    random = Random(seed)  # noqa: S311 -- cases, no secrets
    typed = random.randrange(4) == 0
    policies = random.choice((1, 2, 3, 5, 8, 8, 13, 30))
    return Generator(random, typed=typed).case(policies=policies, requests=PER_CASE)


def requests_of(case: Case, schema: Schema | None) -> list[Request]:
    """Read the requests of a case."""
    found = []
    for each in case.requests:
        action = Uid(**each["action"])
        context = (
            schema.read_context(action, each["context"]) if schema else read_record(each["context"])
        )
        found.append(Request(Uid(**each["principal"]), action, Uid(**each["resource"]), context))
    return found


def differences(case: Case) -> tuple[list[str], CompiledPolicies]:
    """Decide every request twice, before and after entities change; tell what differs."""
    schema = Schema.parse(case.schema) if case.schema else None
    compiled = compile_policies(case.policies, source="case", links=case.links)
    entities = EntityStore.from_json(case.entities, schema)
    requests = requests_of(case, schema)
    half = len(requests) // 2
    found = list(_compared(compiled, entities, requests[:half]))
    found += _searched(compiled, entities, requests[-1])
    changes = EntityStore.from_json(json.dumps(case.changes), schema)
    entities.put(*(each for each in changes if not each.uid.type.endswith("Action")))
    entities.remove(*(each.uid for each in entities if each.uid.id == case.leaving))
    found += _compared(compiled, entities, requests[half:])
    found += _searched(compiled, entities, requests[-1])
    return found, compiled


def _searched(compiled: CompiledPolicies, entities: EntityStore, request: Request) -> Iterator[str]:
    """Hold searches to single decisions."""
    principal, action, resource, context = request
    for kind in TYPES:
        uids = [each.uid for each in entities if each.uid.type == kind]
        found = {
            "resource": compiled.permitted_resources(
                principal, action, context, entities, type=kind
            ),
            "principal": compiled.permitted_principals(
                action, resource, context, entities, type=kind
            ),
        }
        for side, ours in found.items():
            asked = {uid: with_entity(request, side, uid) for uid in uids}
            single = tuple(u for u, q in asked.items() if compiled.decide(q, entities).allowed)
            if ours != single:
                yield f"search for {side}s of type {kind}: {request}\n    {ours}\n    {single}"


def _compared(
    compiled: CompiledPolicies, entities: EntityStore, requests: list[Request]
) -> Iterator[str]:
    expected = reference.decide_batch(compiled.handle, requests, entities.handle())
    for request, theirs in zip(requests, expected, strict=True):
        ours = compiled.decide(request, entities)
        if reference.ids(ours) != reference.ids(theirs):
            yield f"{request}\n    ours   {ours}\n    cedar  {theirs}"


def main() -> int:
    """Run until so many requests are compared; 1 if any differs."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", type=Path, help="go on where an earlier run stopped")
    given = parser.parse_args()
    seed, done, different, fallback = given.seed, 0, 0, 0
    if given.state and given.state.exists():
        seed, done, different, fallback = json.loads(given.state.read_text("utf-8"))
        if done >= given.requests:  # that run is over; begin another with new cases
            done = different = fallback = 0
    began, before = time.monotonic(), done
    while done < given.requests:
        found, compiled = differences(case_of(seed))
        fallback += compiled.fallback_count
        different += len(found)
        done += PER_CASE
        for each in found[:3]:
            print(f"seed {seed}: {each}", flush=True)
        seed += 1
        if seed % 200 == 0 or done >= given.requests:
            rate = (done - before) / max(time.monotonic() - began, 0.001)
            print(
                f"{done:,} requests, {different} different, {fallback} policies not compiled,"
                f" next seed {seed}, {rate:,.0f}/s",
                flush=True,
            )
            if given.state:
                given.state.parent.mkdir(parents=True, exist_ok=True)
                given.state.write_text(json.dumps([seed, done, different, fallback]), "utf-8")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
