import re

from ml_service.errors import STATUS, ErrorCode
from ml_service.export_openapi import CONTRACT, contract


def test_the_committed_contract_is_up_to_date() -> None:
    assert CONTRACT.read_text() == contract()


def test_every_code_is_in_the_contract() -> None:
    for code in ErrorCode:
        assert f'"{code}"' in contract()


def test_codes_and_statuses_are_those_of_the_first_hop() -> None:
    table = CONTRACT.parents[1] / "packages" / "api" / "src" / "errors.ts"
    rows = re.findall(r"'([a-z_.]+)': \{\s*http: (\d+)", table.read_text())
    assert {code: int(status) for code, status in rows} == STATUS


def test_what_never_happens_is_not_in_the_contract() -> None:
    assert "422" not in contract()
    assert "ValidationError" not in contract()
