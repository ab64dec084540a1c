"""Reading apt's settings: every form in which a mirror may be written down."""

from __future__ import annotations

import pytest

from provision import apt_sources, debian
from provision.console import SetupError


def test_a_stanza_gives_its_address_and_its_keyring() -> None:
    text = "Types: deb deb-src\n# a comment\nURIs: http://mirror.test/debian\nSuites: one one-updates\n"
    (source,) = apt_sources.parse(text + "Components: main contrib\nSigned-By: /keys/a.gpg\n", deb822=True)
    assert source.uri == "http://mirror.test/debian"
    assert source.suites == ("one", "one-updates")
    assert source.signed_by == "/keys/a.gpg"
    assert source.is_archive


def test_every_stanza_and_every_address_counts() -> None:
    text = "Types: deb\nURIs: http://a.test http://b.test\nSuites: s\nComponents: main\n\n"
    text += "Types: deb\nURIs: http://c.test\nSuites: s\nComponents: main\n"
    assert [source.uri for source in apt_sources.parse(text, deb822=True)] == [
        "http://a.test",
        "http://b.test",
        "http://c.test",
    ]


@pytest.mark.parametrize("line", ["Enabled: no", "Types: deb-src"])
def test_stanzas_that_are_off_or_hold_sources_are_passed_over(line: str) -> None:
    text = f"Types: deb\nURIs: http://a.test\nSuites: s\nComponents: main\n{line}\n"
    assert apt_sources.parse(text, deb822=True) == []


def test_a_key_written_into_a_stanza_keeps_its_lines() -> None:
    text = "Types: deb\nURIs: http://a.test\nSuites: s\nComponents: main\nSigned-By:\n"
    text += " -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n -----END PGP PUBLIC KEY BLOCK-----\n"
    (source,) = apt_sources.parse(text, deb822=True)
    assert source.signed_by.splitlines()[:3] == ["-----BEGIN PGP PUBLIC KEY BLOCK-----", "", "abc"]


def test_one_line_entries_give_options_and_components() -> None:
    text = "deb [arch=amd64 signed-by=/a.gpg,/b.gpg] http://a.test/debian suite main contrib # why\n"
    (source,) = apt_sources.parse(text + "deb-src http://a.test/debian suite main\n# deb x\n", deb822=False)
    assert source.uri == "http://a.test/debian"
    assert source.components == ("main", "contrib")
    assert source.signed_by == "/a.gpg /b.gpg"


@pytest.mark.parametrize(
    "entry",
    [
        "deb http://a.test/debian-security suite-security main",
        "deb http://vendor.test stable tools",
        "deb cdrom:[disc]/ suite main",
    ],
)
def test_security_and_vendor_archives_are_not_asked_for_the_engine(entry: str) -> None:
    assert not any(source.is_archive for source in apt_sources.parse(entry, deb822=False))


@pytest.mark.parametrize(
    ("os_release", "expected"),
    [
        ("ID=debian\n", "debian"),
        ('NAME="x"\nID=raspbian\nID_LIKE=debian\n', "debian"),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', "ubuntu"),
    ],
)
def test_a_descendant_counts_as_its_nearest_known_ancestor(os_release: str, expected: str) -> None:
    assert debian.distribution(os_release) == expected


def test_an_unknown_distribution_is_named_in_the_reason() -> None:
    with pytest.raises(SetupError, match="fedora"):
        debian.distribution("ID=fedora\n")
