"""Teaches schemathesis that JSON lines are sent as the text they are, and to ask for whole answers."""

import schemathesis

schemathesis.serializer.alias("application/x-ndjson", "text/plain")


@schemathesis.hook
def before_call(context, case, kwargs):
    """Answers are described as a whole; tests/reads.rs asks for parts of them."""
    if case.query:
        case.query.pop("fields", None)
