"""Laws: text written from physical chromosomes gives their copy numbers and their count back."""

import os
from collections import Counter

import pytest
from generated_karyotypes import items
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapter.nomenclature import bands
from adapter.nomenclature.iscn import describe, parse, render

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LONG = settings(max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def numbered(clone):
    """The net copy numbers of a described clone, by band."""
    found = Counter()
    for run in clone["net"]:
        names = [band.name for band in bands.ideogram(run["chromosome"])]
        assert run["low"] == run["high"], (run, clone["expanded"])
        for n in range(names.index(run["from"]), names.index(run["to"]) + 1):
            found[run["chromosome"], n] = run["low"]
    return found


def expected(made, times=1):
    """Copies of the instances, without the bands in which they are broken."""
    total, broken = Counter(), set()
    for item in made:
        for band, copies in item.bands().items():
            total[band] += copies
        broken |= item.broken
    if times > 1:
        for chromosome in bands.AUTOSOMES:
            for n in range(bands.size(chromosome)):
                total[chromosome, n] = times * (2 + total[chromosome, n]) - 2
        total.update({("X", n): 2 * times - 2 for n in range(bands.size("X"))})
    return {band: copies for band, copies in total.items() if copies and band not in broken}


def karyotype(count, made, sex="XX", cells=10):
    return ",".join((str(count), sex, *(item.text for item in made))) + f"[{cells}]"


def miscounts(found):
    return [d for d in found["diagnostics"] if d["code"] == "COUNT"]


def agrees(made):
    text = karyotype(46 + sum(item.count for item in made), made)
    found = describe(parse(text))
    assert found["status"] in ("ok", "repaired"), text
    assert dict(numbered(found["clones"][0])) == expected(made), text
    assert miscounts(found) == [], text


@QUICK
@given(items())
def test_net_copy_number_of_the_text_is_that_of_the_instances(made):
    agrees(made)


@pytest.mark.nightly
@pytest.mark.skipif(os.environ.get("ADAPTER_NIGHTLY") != "1", reason="nightly: set ADAPTER_NIGHTLY=1")
@LONG
@given(items(7))
def test_net_copy_number_of_many_texts_is_that_of_the_instances(made):
    agrees(made)


@QUICK
@given(items(), st.integers(1, 4), st.booleans())
def test_a_wrong_count_is_flagged_at_its_place(made, off, more):
    right = 46 + sum(item.count for item in made)
    text = karyotype(right + off if more else right - off, made)
    found = miscounts(describe(parse(text)))
    assert [(d["start"], d["end"], d["suggestion"]) for d in found] == [(0, 2, str(right))], text


@QUICK
@given(items(4), st.integers(0, 3))
def test_a_sideline_has_what_its_stemline_has(made, own):
    stem, more = made[: max(1, len(made) - own)], made[max(1, len(made) - own) :]
    first, second = 46 + sum(i.count for i in stem), 46 + sum(i.count for i in made)
    sideline = ",".join((str(second), "sl", *(item.text for item in more))) + "[5]"
    found = describe(parse(f"{karyotype(first, stem)}/{sideline}"))
    assert dict(numbered(found["clones"][1])) == expected(made)
    assert miscounts(found) == []


@QUICK
@given(items(3))
def test_what_a_sideline_takes_away_leaves_the_loss_of_its_chromosome(made):
    gone = next((item for item in made if len(item.derivatives) == 1 and item.text[0] not in "+-"), None)
    if gone is None:
        return
    left = [item for item in made if item is not gone]
    lost = [type(gone)("", (chromosome,), ()) for chromosome in gone.replaced]
    count = 46 + sum(item.count for item in (*left, *lost))
    text = f"{karyotype(46 + sum(i.count for i in made), made)}/{count},sl,-{gone.text}[3]"
    found = describe(parse(text))
    assert dict(numbered(found["clones"][1])) == expected((*left, *lost)), text
    assert miscounts(found) == [], text


@QUICK
@given(items(3))
def test_a_doubled_stemline_has_everything_twice(made):
    count = 46 + sum(item.count for item in made)
    found = describe(parse(f"{karyotype(count, made)}/{2 * count},slx2[3]"))
    assert dict(numbered(found["clones"][1])) == expected(made, times=2)
    assert miscounts(found) == []


@QUICK
@given(items())
def test_generated_text_reads_back_as_itself(made):
    document = parse(karyotype(46 + sum(item.count for item in made), made))
    assert parse(render(document)) == document


@pytest.mark.parametrize("times", [2, 3])
@QUICK
@given(made=items(2))
def test_a_multiplied_item_counts_as_often(times, made):
    gains = [item for item in made if item.text.startswith("+") and item.text[1:].isdecimal()]
    if not gains:
        return
    text = karyotype(46 + times * len(gains), [i for i in gains for _ in range(times)])
    found = describe(parse(text))
    assert set(numbered(found["clones"][0]).values()) == {times}
    assert miscounts(found) == []
