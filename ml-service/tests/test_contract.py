from ml_service.errors import STATUS, ErrorCode
from ml_service.export_openapi import CONTRACT, contract


def test_the_committed_contract_is_up_to_date() -> None:
    assert CONTRACT.read_text() == contract()


def test_every_code_is_in_the_contract() -> None:
    for code in ErrorCode:
        assert f'"{code}"' in contract()


def test_statuses_are_those_of_the_code() -> None:
    assert {code for code, status in STATUS.items() if status == 401} == {ErrorCode.AUTH_MISSING, ErrorCode.AUTH_INVALID}


def test_what_never_happens_is_not_in_the_contract() -> None:
    assert "422" not in contract()
    assert "ValidationError" not in contract()
