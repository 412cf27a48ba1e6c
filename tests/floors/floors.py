"""The floors of the house: includes go down only, and a library stays on its floor.

Reads every #include of the tree and says which one breaks a rule, with file and line.
"""
import pathlib
import re
import sys

# A folder may include itself, and what stands at its right.
floors = {
    "core/events": [],
    "core/probe": ["core/events"],
    "core/keeper": ["core/events"],
    "core/trace": ["core/events"],
    "core/model": ["core/events", "core/trace"],
    "core/session": ["core/events", "core/trace", "core/model", "core/keeper"],
    "core/lesson": ["core/events", "core/trace", "core/model", "core/session"],
    "app": ["app", "core/events", "core/trace", "core/model", "core/session", "core/lesson"],
}

# Who may use which library: a pattern of the header's name, and the folders.
libraries = [
    (r"^imgui|^backends/imgui", ["app"]),
    (r"^GLFW/|^GL/|^stb_image_write|imgui_impl_", ["app/window"]),
    (r"^asio", ["core/session"]),
    (r"^sys/ptrace\.h|^sys/pidfd\.h", ["core/session"]),
    (r"^elfutils/|^dwarf\.h", ["core/session"]),
    (r"^CLI/", ["app"]),
    (r"^md4c", ["app", "core/lesson"]),
]

include = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')


def folder_of(path):
    return next((f for f in sorted(floors, key=len, reverse=True) if path.startswith(f + "/")), None)


def main(top):
    wrong = []
    seen = 0
    for file in sorted(top.glob("core/**/*")) + sorted(top.glob("app/**/*")):
        if file.suffix not in (".h", ".cpp", ".c", ".def"):
            continue
        name = file.relative_to(top).as_posix()
        home = folder_of(name)
        for number, line in enumerate(file.read_text().splitlines(), 1):
            found = include.match(line)
            if not found:
                continue
            seen += 1
            target = found.group(2)
            if target.startswith(("core/", "app/")):
                floor = folder_of(target)
                if floor != home and floor not in floors.get(home, []):
                    wrong.append(f"{name}:{number}: {home} may not include {target}: includes go down only")
            for pattern, homes in libraries:
                if re.search(pattern, target) and not any(name.startswith(h + "/") for h in homes):
                    wrong.append(f"{name}:{number}: only {', '.join(homes)} may use <{target}>")
    if seen < 50:
        wrong.append(f"only {seen} includes were found under {top}: is this the source tree?")
    print("\n".join(wrong) or f"{seen} includes, all of them going down")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
