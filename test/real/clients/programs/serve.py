"""Runs the cases of a client one by one: a case per line on standard input, its outcome per line on descriptor 3."""

import json
import os
import sys


def serve(cases):
    for line in sys.stdin:
        case = json.loads(line)
        for key in [key for key in os.environ if key.startswith("AWS_")]:
            del os.environ[key]
        os.environ.update(case["env"])
        os.write(3, (json.dumps(_run(cases[case["name"]], case["input"])) + "\n").encode())


def _run(one, given):
    try:
        return {"value": one(**given)}
    except Exception as error:
        return {"failure": describe(error)}


def describe(error):
    """What the user of a client can read of an error."""
    response = getattr(error, "response", {})
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return {"name": type(error).__name__, "message": str(error), "status": status}
