"""tests/faults/conftest.py under a name that does not clash with this folder's own."""

import importlib.util
import pathlib

_path = pathlib.Path(__file__).resolve().parents[1] / "faults/conftest.py"
_spec = importlib.util.spec_from_file_location("calve_faults_conftest", _path)
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)

free_port, rng = _module.free_port, _module.rng
state_folder, kafka, s3, on_services = _module.state_folder, _module.kafka, _module.s3, _module.on_services
pytest_terminal_summary = _module.pytest_terminal_summary
