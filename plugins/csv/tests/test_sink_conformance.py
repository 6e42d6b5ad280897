"""The sink passes the hub's own suite."""

import csv
import errno
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from hub_csv import CsvSink, CsvSinkSettings

from hub import Context, Member, Removal, TryAgain
from hub.testing.sinks import AudienceSinkConformance, Held


class TestCsvSink(AudienceSinkConformance):
    @pytest.fixture
    def sink(self, context: Context) -> CsvSink:
        return CsvSink(CsvSinkSettings(folder="out"), context)

    @pytest.fixture
    def lost(self, context: Context) -> CsvSink:
        return CsvSink(CsvSinkSettings(folder="out"), context)

    @pytest.fixture
    def held(self, tmp_path: Path) -> Held:
        def look(audience: str) -> set[str]:
            with (tmp_path / "out" / audience).open(newline="") as file:
                return {row["customer"] for row in csv.DictReader(file)}

        return look

    @pytest.fixture
    def vanished(self) -> str:
        return "Gone.csv"

    @pytest.fixture
    def full_disk(self, lost: CsvSink, monkeypatch: pytest.MonkeyPatch) -> str:
        """An audience on a disk that is full from now on."""
        audience = lost.ensure_audience("Conformance", None)

        def refuse(_handle: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "fsync", refuse)
        return audience

    def test_replacing_on_a_lost_platform_is_tried_again(  # type: ignore[override]  # as below
        self, lost: CsvSink, members: Sequence[Member], full_disk: str
    ) -> None:
        with pytest.raises(TryAgain, match="No space left"):
            list(lost.replace(full_disk, [members], len(members)))
        assert sorted(each.name for each in lost.folder.iterdir()) == [full_disk]

    # A folder is never out of reach as a platform can be; a full disk is what passes by itself.
    def test_a_lost_platform_is_tried_again(  # type: ignore[override]  # needs the audience to be there before
        self, lost: CsvSink, members: Sequence[Member], full_disk: str
    ) -> None:
        lost.check()
        with pytest.raises(TryAgain, match="No space left"):
            lost.ensure_audience("Other", None)
        with pytest.raises(TryAgain, match="No space left"):
            lost.add(full_disk, members)
        assert lost.remove(full_disk, [Removal(1, "1")]) == ()
        assert sorted(each.name for each in lost.folder.iterdir()) == [full_disk]
