#!/usr/bin/env python3
"""Judges the judges: they agree on a sound table, and each kind of damage is found."""

import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
JAVA = [HERE / "judges" / "java" / "judge"]
PYICEBERG = [HERE / "judges" / "python" / "judge", "--reader", "pyiceberg"]
DUCKDB = [HERE / "judges" / "python" / "judge", "--reader", "duckdb"]
ROWS = 100


def run(command: list, *arguments: object) -> subprocess.CompletedProcess:
    return subprocess.run([*command, *map(str, arguments)], capture_output=True, text=True)


def compare(*arguments: object) -> subprocess.CompletedProcess:
    return run([HERE / "compare.py"], *arguments)


class JudgesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.table = pathlib.Path(cls.scratch.name) / "sound"
        cls.answer(JAVA, "create", cls.table, ROWS)

    @classmethod
    def answer(cls, command, *arguments):
        done = run(command, *arguments)
        if done.returncode != 0:
            raise AssertionError(f"{command} {arguments}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def copy(self) -> pathlib.Path:
        """The sound table in its own place, where Java's absolute paths still point to its files."""
        kept = self.table.with_name("kept")
        shutil.copytree(self.table, kept)

        def put_back():
            shutil.rmtree(self.table)
            kept.rename(self.table)

        self.addCleanup(put_back)
        return self.table

    def test_readers_agree_on_a_sound_table(self):
        done = compare(self.table)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"agree: {ROWS} rows, 28 columns, 3 data files", done.stdout)

    def test_readers_agree_on_every_type(self):
        table = pathlib.Path(self.scratch.name) / "every-type"
        made = run([HERE / "judges" / "python" / "python"], HERE / "every_type.py", table)
        self.assertEqual(made.returncode, 0, made.stderr)
        done = compare(table)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("agree: 3 rows, 24 columns", done.stdout)

    def test_a_wrong_expectation_fails(self):
        facts = pathlib.Path(self.scratch.name) / "facts.json"
        for fact, is_true in [
            ({"rows": ROWS}, True),
            ({"rows": ROWS + 1}, False),
            ({"columns": {"no_such_column": {"nulls": 0}}}, False),
        ]:
            with self.subTest(fact=fact):
                facts.write_text(json.dumps(fact))
                self.assertEqual(compare("--facts", facts, self.table).returncode == 0, is_true)

    def test_a_filter_on_a_day_plans_that_day_alone(self):
        day = ("created_at", "2024-02-29T00:00:00+00:00", "2024-03-01T00:00:00+00:00")
        for judge in (JAVA, PYICEBERG):
            with self.subTest(judge=judge):
                plan = self.answer(judge, "plan", self.table, *day)
                self.assertEqual((plan["files_planned"], plan["files_total"]), (1, 3))

    def test_a_sound_table_is_valid(self):
        for judge in (JAVA, PYICEBERG, DUCKDB):
            with self.subTest(judge=judge):
                self.assertEqual(self.answer(judge, "validate", self.table)["problems"], [])

    def test_damage_is_found(self):
        def lose_data_file(table):
            next(table.glob("data/*/*.parquet")).unlink()

        def lose_manifest(table):
            next(table.glob("metadata/*-m0.avro")).unlink()

        def repeat_sequence_number(table):
            edit(table, lambda metadata: metadata["snapshots"][-1].update({"sequence-number": 2}))

        def claim_other_total(table):
            edit(table, lambda metadata: metadata["snapshots"][-1]["summary"].update({"total-records": "7"}))

        def cut_metadata(table):
            path = table / "metadata" / "v2.metadata.json"
            path.write_text(path.read_text()[:-100])

        def change_uuid(table):
            edit(table, lambda metadata: metadata.update({"table-uuid": "00000000-0000-4000-8000-000000000000"}))

        finders = {
            lose_data_file: (JAVA, PYICEBERG),
            # DuckDB 1.5.5 aborts its process instead of answering.
            lose_manifest: (JAVA, PYICEBERG),
            repeat_sequence_number: (JAVA, PYICEBERG),
            claim_other_total: (JAVA, PYICEBERG, DUCKDB),
            cut_metadata: (JAVA, PYICEBERG),
            change_uuid: (JAVA, PYICEBERG),
        }
        for damage, judges in finders.items():
            table = self.copy()
            damage(table)
            for judge in judges:
                with self.subTest(damage=damage.__name__, judge=judge):
                    done = run(judge, "validate", table)
                    self.assertEqual(done.returncode, 1, done.stderr)
                    self.assertTrue(json.loads(done.stdout)["problems"])
            self.doCleanups()

    def test_foreign_writes_keep_the_rows(self):
        table = self.copy()
        for write, rows, files in [
            (("append", table, 5), ROWS + 5, 4),
            (("compact", table), ROWS + 5, 3),
            (("expire", table), ROWS + 5, 3),
        ]:
            with self.subTest(write=write[0]):
                self.answer(JAVA, *write)
                done = compare(table)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(f"agree: {rows} rows, 28 columns, {files} data files", done.stdout)
                self.assertEqual(self.answer(JAVA, "validate", table)["problems"], [])


def edit(table: pathlib.Path, change) -> None:
    """Changes the newest metadata, whose checksum file, which Hadoop keeps beside it, then goes."""
    path = table / "metadata" / "v4.metadata.json"
    metadata = json.loads(path.read_text())
    change(metadata)
    path.write_text(json.dumps(metadata))
    path.with_name(f".{path.name}.crc").unlink()


if __name__ == "__main__":
    unittest.main()
