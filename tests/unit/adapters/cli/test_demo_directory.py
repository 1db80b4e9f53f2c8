import pytest

from adapters.cli.demo_directory import read_demo_directory
from hub.accounts import Role
from routing.directory import Directory
from routing.values import Binding, SignaturePolicy


@pytest.fixture(params=["H99", "G22.01"])
def directory(request):
    return request.param, read_demo_directory(request.param)


def test_systems(directory):
    """Two systems ask (required), one is called (required), three speak the national protocol (transport)."""
    _, everybody = directory
    kinds = sorted((each.binding, each.policy) for each in everybody.systems)
    assert kinds == sorted(
        [(Binding.PULL, SignaturePolicy.REQUIRED)] * 2
        + [(Binding.WEBHOOK, SignaturePolicy.REQUIRED)]
        + [(Binding.VXP, SignaturePolicy.TRANSPORT)] * 3
    )


def test_systems_of_the_national_protocol(directory):
    """A system of the national protocol has the code of its one agency as its id."""
    _, everybody = directory
    for system in everybody.systems:
        if system.binding is Binding.VXP:
            assert everybody.agencies_of(system.id) == (system.id,)


def test_agencies(directory):
    """At least eight agencies in a hierarchy below the hub's code; one suspended; RSA and elliptic curve keys."""
    code, everybody = directory
    assert len(everybody.agencies) >= 8
    assert all(each.code.startswith(code) for each in everybody.agencies)
    assert {each.parent for each in everybody.agencies} <= {None, *(each.code for each in everybody.agencies)}
    assert sum(each.is_suspended for each in everybody.agencies) == 1
    assert {each.key.split("-")[0] for each in everybody.agencies} == {"rsa", "ec"}


def test_directory_can_be_built(directory):
    """Every agency is found by its present and its former code and has a system."""
    _, everybody = directory
    built = Directory.build(
        (each.as_system(None) for each in everybody.systems), (each.as_agency() for each in everybody.agencies)
    )
    for each in everybody.agencies:
        assert built.canonical(each.old_code) == each.code
        assert built.system_of(each.code).id == each.system


def test_people(directory):
    """One person for each role."""
    _, everybody = directory
    assert [each.role for each in everybody.users] == [Role.OPERATOR, Role.AUDITOR, Role.ADMIN]
