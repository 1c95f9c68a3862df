#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fail when a room of src/ includes a room or a library it may not, or co_awaits what gcc 12 breaks.

The two tables are the architecture: read them before you change them. docs/ARCHITECTURE.md says why.
"""
import pathlib
import re
import sys

MAY_INCLUDE = {  # a room may always include itself
    "base": set(),
    "core": {"base"},
    "vision": {"base", "core"},
    "storage": {"base", "core"},
    "flows": {"base", "core", "vision", "storage"},
    "http": {"base"},
    "adapters": {"base", "core", "flows", "http/message.h", "http/form.h", "http/multipart.h"},
    "evaluation": {"base", "core", "vision"},
    "app": {"base", "core", "vision", "storage", "flows", "http", "adapters", "evaluation"},
}
# Third-party headers that only some rooms, or some files (without their endings), may see.
ONLY_IN = {
    "boost/beast": {"http"},
    "boost/asio": {"http", "flows", "adapters", "app"},
    "boost/json": {"adapters", "app", "storage/verification_text"},
    "boost/url": {"http", "adapters"},
    "toml++": {"app"},
    "CLI/": {"app"},
    "prometheus": {"app"},
    "openvino": {"vision"},
    "opencv2": {"vision", "evaluation"},
    "libav": {"vision"},
    "libsw": {"vision"},
    "turbojpeg": {"vision"},
    "png.h": {"vision"},
    "webp": {"vision"},
    "libheif": {"vision"},
    "pocketsphinx": {"vision"},
    "sphinxbase": {"vision"},
    "tesseract": {"vision/document/thai_reader"},
    "sqlite3": {"storage"},
    "libpq": {"storage"},
    "curl/": {"storage/s3/client", "adapters/outbound/guarded_client", "adapters/outbound/webhook_post"},
    "pugixml": {"storage/s3/answers", "adapters/alibaba/response"},
    "openssl": {"base", "http"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)
# gcc 12.2 destroys a temporary closure or aggregate inside a co_await expression twice.
AWAIT_TEMPORARY = re.compile(r"co_await\b[^;{]*(?:\(|,\s*)(?:\[[^\]]+\]\s*[({m]|(?:\w+(?:::\w+)*)?\{)")


def room_allows(room: str, header: str) -> bool:
    target = header.split("/")[0]
    allowed = MAY_INCLUDE[room]
    return target == room or target in allowed or header in allowed


def faults_of(path: pathlib.Path, root: pathlib.Path) -> list[str]:
    parts = path.relative_to(root).parts
    room = parts[0]
    if room not in MAY_INCLUDE:
        return [f"{path}: '{room}' is not a room"]
    faults = []
    text = path.read_text(encoding="utf-8")
    for header in INCLUDE.findall(text):
        if header.split("/")[0] in MAY_INCLUDE and not room_allows(room, header):
            faults.append(f"{path}: {room} may not include {header}")
        if room == "adapters" and header.startswith("adapters/") and len(parts) > 2:
            vendor = header.split("/")[1]
            if "/" in header[len("adapters/"):] and vendor != parts[1]:
                faults.append(f"{path}: adapter {parts[1]} may not include adapter {vendor}")
        for prefix, rooms in ONLY_IN.items():
            if header.startswith(prefix) and not {room, "/".join(parts).split(".")[0]} & rooms:
                faults.append(f"{path}: may not include <{header}>")
    code = re.sub(r"//[^\n]*", "", text)
    for match in AWAIT_TEMPORARY.finditer(code):
        line = code.count("\n", 0, match.start()) + 1
        faults.append(f"{path}:{line}: name the temporary, then std::move it into co_await (gcc 12)")
    return faults


def main(root: pathlib.Path) -> int:
    paths = [p for p in sorted(root.rglob("*")) if p.suffix in {".h", ".cpp"} and len(p.relative_to(root).parts) > 1]
    if not paths:
        print(f"rooms: nothing to check under {root}")
        return 1
    faults = [fault for path in paths for fault in faults_of(path, root)]
    print("\n".join(faults) or f"rooms: ok ({len(paths)} files)")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "src")))
