"""Second opinions from services on the network: scripted servers on this machine only, and none unless asked."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from adapter import online
from adapter.cli import main
from adapter.errors import ServerError
from adapter.nomenclature.hgvs import describe

TP53 = describe("TP53 c.524G>A")
C, G, P = "NM_000546.6:c.524G>A", "NC_000017.11:g.7675088C>T", "NP_000537.3:p.(Arg175His)"


def of_variantvalidator(c=C, g=G, p=P, warnings=()):
    variant = {
        "hgvs_transcript_variant": c,
        "hgvs_predicted_protein_consequence": {"tlr": p, "slr": "NP_000537.3:p.(R175H)"},
        "primary_assembly_loci": {"grch38": {"hgvs_genomic_description": g}},
        "validation_warnings": list(warnings),
    }
    return {"flag": "gene_variant", c or "validation_warning_1": variant, "metadata": {"variantvalidator_version": "3"}}


MUTALYZER = {
    "normalized_description": C,
    "equivalent_descriptions": {"g": [{"description": G}], "c": ["ENST00000269305.9:c.524G>A"]},
    "protein": {"description": "NM_000546.6(NP_000537.3):p.(Arg175His)"},
}


@contextmanager
def serving(*answers):
    """A server that gives these (status, body) in turn, the last one for ever; ``asked`` are the paths it was asked."""
    asked, left = [], list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            status, body = left.pop(0) if len(left) > 1 else left[0]
            plain = isinstance(body, str)
            raw = body.encode() if plain else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain" if plain else "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_):
            """Nothing on standard error."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture
def register(tmp_path, monkeypatch):
    """Registers a server under the name of a service, on this machine."""
    online.asker.cache_clear()

    def registered(name, url):
        file = tmp_path / "servers.toml"
        file.write_text(f'[servers.{name}]\nurl = "{url}"\nnetwork = "loopback"\ntimeout = 2\n')
        monkeypatch.setenv("ADAPTER_SERVERS", str(file))

    yield registered
    online.asker.cache_clear()


def opinion(register, name, *answers, found=TP53):
    with serving(*answers) as (url, asked):
        register(name, url)
        asker = online.Asker(name, online.server_of(name))
        try:
            return asker.ask(found), asked
        finally:
            asker.close()


ROWS = [
    # service, answer, status, what it has of its own
    ("variantvalidator", (200, of_variantvalidator()), "agrees", {"c": C, "g": G, "p": P}),
    ("variantvalidator", (200, of_variantvalidator(p="NP_000537.3:p.Arg175His")), "agrees", {}),
    ("variantvalidator", (200, of_variantvalidator(g="NC_000017.11:g.7675089C>T")), "differs", {}),
    ("variantvalidator", (200, of_variantvalidator(None, None, None, ["no such base"])), "refused",
     {"message": "no such base"}),
    ("variantvalidator", (200, {"flag": "warning"}), "no-answer", {}),
    ("variantvalidator", (200, "no JSON"), "no-answer", {}),
    ("variantvalidator", (500, {}), "refused", {}),
    ("mutalyzer", (200, MUTALYZER), "agrees", {"c": C, "g": G, "p": P}),
    ("mutalyzer", (200, {"normalized_description": "NM_000546.6:c.524G>T"}), "differs", {"g": None, "p": None}),
    ("mutalyzer", (200, {"normalized_description": "LRG_321:r.5a>g"}), "answered", {"c": None}),
    ("mutalyzer", (422, {"custom": {"errors": [{"code": "ESEQUENCEMISMATCH", "details": "C not found"}]}}), "refused",
     {"message": "C not found"}),
    ("mutalyzer", (404, "not here"), "refused",
     {"message": "status 404, not an answer of this service (a body that is not JSON)"}),
    ("mutalyzer", (200, {"other": 1}), "no-answer", {}),
    ("seqrepo", (200, "C"), "agrees", {"bases": "C"}),
    ("seqrepo", (200, "G"), "differs", {"bases": "G"}),
    ("seqrepo", (200, "<html>"), "no-answer", {}),
    ("seqrepo", (404, "unknown"), "refused", {}),
]  # fmt: skip


@pytest.mark.parametrize(("service", "answer", "status", "own"), ROWS)
def test_an_answer_is_held_against_what_the_adapter_derived(register, service, answer, status, own):
    said, _ = opinion(register, service, answer)
    assert (said.backend, said.status) == (service, status)
    assert {name: getattr(said, name) for name in own} == own


@pytest.mark.parametrize(
    ("service", "text", "path"),
    [
        (
            "variantvalidator",
            "patient 7: TP53 c.524G>A",
            "/VariantValidator/variantvalidator/GRCh38/NM_000546.6%3Ac.524G%3EA/mane_select",
        ),
        ("mutalyzer", "TP53 c.524G>A", "/normalize/NM_000546.6%3Ac.524G%3EA"),
        ("mutalyzer", "NC_000002.12:g.25234373del", "/normalize/NC_000002.12%3Ag.25234373del"),
        ("seqrepo", "TP53 c.524G>A", "/1/sequence/NC_000017.11?start=7675087&end=7675088"),
    ],
)
def test_only_the_description_on_its_reference_sequence_is_sent(register, service, text, path):
    _, asked = opinion(register, service, (200, {}), found=describe(text))
    assert asked == [path]


@pytest.mark.parametrize("text", ["p.R175H", "FLT3-ITD", "WT1 c.1109G>A", "17-7675088-C-T", "no mutation"])
@pytest.mark.parametrize("service", sorted(online.PUBLIC))
def test_what_has_no_certain_description_is_not_asked(register, service, text):
    said, asked = opinion(register, service, (200, {}), found=describe(text))
    assert (said.status, asked) == ("not-asked", [])


def test_a_service_that_is_silent_three_times_is_not_asked_again(register):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # nobody listens: connections are refused
        register("mutalyzer", f"http://127.0.0.1:{held.getsockname()[1]}")
        asker = online.Asker("mutalyzer", online.server_of("mutalyzer"))
        assert [asker.ask(TP53).status for _ in range(4)] == ["no-answer", "no-answer", "no-answer", "not-asked"]
        asker.close()


def test_public_addresses_are_https_and_guarded_and_seqrepo_has_none(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("ADAPTER_SERVERS", raising=False)
    for name in ("variantvalidator", "mutalyzer"):
        server = online.server_of(name)
        assert (server.base.partition(":")[0], server.network) == ("https", "public")
    with pytest.raises(ServerError, match="register a server"):
        online.server_of("seqrepo")
    with pytest.raises(ServerError, match="there are variantvalidator, mutalyzer, seqrepo"):
        online.server_of("elsewhere")


def test_the_command_has_the_opinion_beside_its_own_answer(register, capfdbinary):
    with serving((200, of_variantvalidator(g="NC_000017.11:g.1C>T"))) as (url, _):
        register("variantvalidator", url)
        assert main(["hgvs", "TP53 c.524G>A", "--online", "variantvalidator"]) == 0
        online.asker("variantvalidator").close()
    answer = json.loads(capfdbinary.readouterr().out)
    assert answer["g"]["GRCh38"] == G
    assert answer["online"]["status"] == "differs"


def test_an_unknown_service_is_wrong_use(register, capfd):
    assert main(["hgvs", "TP53 c.524G>A", "--online", "elsewhere"]) == 2
    assert "there are variantvalidator" in capfd.readouterr().err


def test_conversion_and_reading_open_no_connection_without_being_asked():
    program = """
import socket, sys
def refuse(*a, **k): raise RuntimeError("network")
socket.socket.connect = socket.socket.connect_ex = refuse
socket.create_connection = socket.getaddrinfo = socket.gethostbyname = refuse
from adapter.cli import main
sample = "samples/kinds/sequence-variant-clinical.json"
for command in (
    ["convert", sample, "--to", "fhir"],
    ["convert", sample, "--to", "phenopacket"],
    ["hgvs", "TP53 c.524G>A p.Arg175His"],
    ["fusion", "IGH::CRLF2"],
):
    assert main(command) == 0, command
assert not {"requests", "urllib3", "adapter.online", "adapter.server"} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
