from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import catalog
from api.app import create_app
from api.console import headers
from api.console.assets import FOREVER, JOINED, REQUIRED, ROOT, Assets
from api.console.errors import ConsoleError, MissingAsset
from api.settings import Settings
from store.database import Database

NOWHERE = "postgresql://nobody@127.0.0.1:1/nowhere"


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app(Settings(), catalog.load(), Database(NOWHERE)), follow_redirects=False)


@pytest.fixture
def version(client: TestClient) -> str:
    return Assets.load().version


def _fill(root: Path) -> None:
    for name in {*REQUIRED, *(part for parts in JOINED.values() for part in parts)}:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)


def test_without_the_packages_it_says_what_to_run(tmp_path: Path) -> None:
    _fill(tmp_path)
    (tmp_path / REQUIRED[0]).unlink()
    with pytest.raises(MissingAsset, match=r"htmx\.min\.js: run `python3 bootstrap\.py`"):
        Assets.load(tmp_path)


def test_the_version_is_of_what_is_in_the_files(tmp_path: Path) -> None:
    _fill(tmp_path)
    before = Assets.load(tmp_path).version
    assert Assets.load(tmp_path).version == before
    (tmp_path / REQUIRED[0]).write_text("changed")
    assert Assets.load(tmp_path).version != before


def test_a_template_cannot_name_what_is_not_there() -> None:
    with pytest.raises(MissingAsset, match=r"css/none\.css"):
        Assets.load().url("css/none.css")


def test_style_sheets_are_joined_in_their_order_and_paper_stays_paper(tmp_path: Path) -> None:
    _fill(tmp_path)
    (tmp_path / "css/print.css").write_text(":root { --text: #000; }")
    joined = Assets.load(tmp_path).files["css/console-rtl.css"].body.decode()
    assert joined == (
        "css/fonts.css\ncss/tokens.css\ncss/base.css\ncss/components.css\n@media print {\n:root { --text: #000; }}\n"
    )


def test_modules_are_joined_to_one_that_imports_nothing(tmp_path: Path) -> None:
    _fill(tmp_path)
    (tmp_path / "js/chart-words.js").write_text("export function words() {}\nexport const LEAST = 1;\n")
    (tmp_path / "js/chart-draw.js").write_text("const text = 'export me';\n")
    (tmp_path / "js/chart.js").write_text('import { words } from "./chart-words.js";\nwords();\n')
    joined = Assets.load(tmp_path).files["js/charts.js"].body.decode()
    assert joined == "function words() {}\nconst LEAST = 1;\nconst text = 'export me';\nwords();\n"


def test_a_module_that_needs_another_is_not_joined_without_it(tmp_path: Path) -> None:
    _fill(tmp_path)
    (tmp_path / "js/chart.js").write_text('import { notify } from "./console.js";\n')
    with pytest.raises(ConsoleError, match=r"js/chart\.js imports js/console\.js, which is not joined with it"):
        Assets.load(tmp_path)


@pytest.mark.parametrize("name", [name for name in JOINED if name.endswith(".js")])
def test_what_is_joined_neither_imports_nor_exports_nor_names_anything_twice(name: str) -> None:
    import re

    body = Assets.load().files[name].body.decode()
    assert not re.search(r"^\s*(import|export)\b", body, re.MULTILINE)
    names = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", body, re.MULTILINE)
    assert len(names) == len(set(names))


def test_a_file_is_kept_for_a_year_and_zipped(client: TestClient, version: str) -> None:
    answer = client.get(f"/static/{version}/css/base.css", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == FOREVER
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.content == (ROOT / "css" / "base.css").read_bytes()
    plain = client.get(f"/static/{version}/css/base.css", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    again = client.get(f"/static/{version}/css/base.css", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_an_old_version_is_answered_and_not_kept(client: TestClient) -> None:
    assert client.get("/static/before/css/base.css").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["../app.py", "..%2fapp.py", "css/../../app.py", "%2e%2e/app.py", "/etc/passwd", "css", "", "..\\app.py"]
)
def test_nothing_else_can_be_asked_for(client: TestClient, version: str, path: str) -> None:
    answer = client.get(f"/static/{version}/{path}")
    assert answer.status_code in (307, 404)
    assert b"create_app" not in answer.content


@pytest.mark.parametrize("path", ["/design", "/nothing"])
def test_pages_carry_their_policy(client: TestClient, path: str) -> None:
    answer = client.get(path)
    for name, value in headers.PAGE.items():
        packed = ", Accept-Encoding" if name == "Vary" else ""
        assert answer.headers[name] == value + packed
    assert answer.headers["cache-control"] == "no-store"
    assert "'unsafe" not in answer.headers["content-security-policy"]


def test_the_api_keeps_its_own(client: TestClient) -> None:
    answer = client.get("/api/v1/nothing")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_no_template_has_script_style_or_handlers_of_its_own() -> None:
    import re

    for template in (ROOT.parent / "templates").rglob("*.html"):
        text = template.read_text()
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|\|\s*safe\b|hx-on", text), template
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text)), template


def test_style_sheets_know_no_left_and_right() -> None:
    import re

    physical = re.compile(
        r"(?<![\w-])(?:(?:margin|padding|border)-(?:left|right)|left|right|float|text-align:\s*right)\s*:"
    )
    for sheet in (ROOT / "css").glob("*.css"):
        assert not physical.findall(sheet.read_text()), sheet


def test_a_refusal_is_a_page_for_people_and_a_problem_for_programs(client: TestClient) -> None:
    page = client.get("/nothing", headers={"Accept-Language": "fa"})
    assert page.status_code == 404
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert 'dir="rtl"' in page.text
    part = client.get("/nothing", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "state-problem" in part.text


def test_what_was_asked_for_is_shown_as_text(client: TestClient) -> None:
    answer = client.get("/<script>alert(1)</script>?next=<b>")
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text
    assert "<b>" not in answer.text


def test_the_language_is_kept_and_nobody_is_sent_away(client: TestClient) -> None:
    answer = client.get("/language/fa", params={"next": "//evil.example"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert client.get("/language/xx").status_code == 422
    assert 'lang="fa"' in client.get("/design").text
    client.cookies.clear()


def test_packed_bytes_are_the_same_each_time() -> None:
    one, two = Assets.load(), Assets.load()
    assert one.files["css/base.css"].zipped == two.files["css/base.css"].zipped
    assert gzip.decompress(one.files["css/base.css"].zipped or b"") == one.files["css/base.css"].body
