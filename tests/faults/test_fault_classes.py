"""Two counts of what is wrong with the events, by those who share no code: the producer's by what it broke, and
the rejects table's by what the decoder found."""

import json
import re
from collections import Counter

import accounting
import pytest

EVENTS = 30_000

# Of each fault class: the reason, and the pointer where it is always the same place that is broken.
REASONS = {
    "not_json": ("not_json", ""),
    "truncated": ("not_json", ""),
    "trailing_data": ("not_json", ""),
    "invalid_utf8": ("not_json", ""),
    "lone_surrogate": ("not_json", ""),
    "not_a_number": ("not_json", ""),
    "duplicate_key": ("duplicate_key", "/status"),
    "missing_field": ("missing_field", None),
    "null_field": ("wrong_type", None),
    "wrong_type": ("wrong_type", None),
    "empty_items": ("too_few_items", "/items"),
    "bad_uuid": ("bad_format", "/order_id"),
    "bad_timestamp": ("bad_format", "/created_at"),
    "bad_email": ("bad_format", "/email"),
    "bad_country": ("no_match", "/shipping_address/country"),
    "unknown_status": ("not_in_enum", "/status"),
    "unknown_currency": ("not_in_enum", "/currency"),
    "zero_quantity": ("out_of_range", "/items/*/quantity"),
    "negative_amount": ("out_of_range", "/discount"),
    "amount_too_large": ("out_of_range", "/shipping"),
    "too_many_decimals": ("not_a_multiple", "/shipping"),
    "subtotal_mismatch": ("rule_subtotal_adds_up", "/subtotal"),
    "total_mismatch": ("rule_total_adds_up", "/total"),
}


def rejects(pipeline):
    table = accounting.open_table(pipeline.table("orders_rejected"), pipeline.environment)
    return table.scan(
        selected_fields=("source_partition", "source_offset", "reason", "pointer", "payload")
    ).to_arrow().to_pylist()


def place_in_event(reject):
    """As in REASONS."""
    pointer = re.sub(r"/\d+/", "/*/", reject["pointer"] or "")
    is_always_there = any((reject["reason"], pointer) == each for each in REASONS.values())
    return reject["reason"], pointer if is_always_there else None


@pytest.mark.parametrize("where", ["on_folder", "on_kafka"])
def test_every_fault_class_is_rejected_for_its_reason(where, request):
    pipeline = request.getfixturevalue(where)
    pipeline.environment["CALVE_REJECTS_MAX_SHARE"] = "100%"
    report = pipeline.produce(EVENTS, "--invalid", "50%")
    assert report["invalid_by_class"].keys() == REASONS.keys(), "every class was sent, and is known here"
    pipeline.run_to_end()
    found = Counter(map(place_in_event, rejects(pipeline)))
    expected = Counter()
    for fault, count in report["invalid_by_class"].items():
        expected[REASONS[fault]] += count
    assert found == expected
    account = pipeline.assert_exactly_once(EVENTS)
    assert (account["valid"], account["rejected"]) == (report["valid"], report["invalid"])


def test_a_reject_keeps_the_event_byte_for_byte(on_folder):
    on_folder.environment["CALVE_REJECTS_MAX_SHARE"] = "100%"
    report = on_folder.produce(EVENTS, "--invalid", "50%")
    on_folder.run_to_end()
    files = {}
    for path in (on_folder.folder / "data" / on_folder.topic).glob("*.ndjson"):
        files[int(path.stem)] = path.read_bytes()
    found = rejects(on_folder)
    assert len(found) == report["invalid"]
    for reject in found:
        offset, sent = reject["source_offset"], files[reject["source_partition"]]
        assert reject["payload"] == sent[offset : sent.index(b"\n", offset)], (reject["source_partition"], offset)


def test_the_view_rejects_has_text_where_it_is_utf8(on_folder):
    on_folder.environment["CALVE_REJECTS_MAX_SHARE"] = "100%"
    on_folder.produce(1_000, "--invalid", "50%", "--faults", "bad_email,invalid_utf8")
    on_folder.run_to_end()
    sent = {(reject["source_partition"], reject["source_offset"]): reject["payload"] for reject in rejects(on_folder)}
    listed = json.loads(on_folder.command("rejects", "list", "--limit", "1000", "--output", "json").stdout)
    assert len(listed) == len(sent) > 0
    reasons = set()
    for reject in listed:
        reasons.add(reject["reason"])
        payload = sent[reject["partition"], reject["offset"]]
        if reject["reason"] == "not_json":
            assert "\\x" in reject["payload"]
        else:
            assert reject["payload"] == payload.decode()
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", reject["rejected_at"])
    assert reasons == {"bad_format", "not_json"}
    query = "select payload from rejects where reason = 'bad_format' limit 1"
    shown = on_folder.command("sql", query).stdout
    assert shown.splitlines()[-1].encode() in sent.values(), "whole, as no terminal reads it"
