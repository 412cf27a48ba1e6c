"""Does ipcscope tell the same story as strace of the very same run? Call for call, thread by thread.

    compare.py RECORD lesson FOLDER        a lesson, played to its end
    compare.py RECORD stepped PROGRAM ARGUMENT…     a program, held at the gate before each call
    compare.py RECORD free PROGRAM ARGUMENT…        a program, with open gates
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

import ours
import theirs


def same_argument(wanted, seen):
    """Is this argument of ours what strace wrote? Returns a complaint or ''."""
    if wanted is None:
        return ""
    if isinstance(wanted, int):
        number = ours.number_from(seen)
        return "" if number is not None and (number - wanted) % 2**32 == 0 else f"{wanted} here, {seen} there"
    if isinstance(wanted, bytes):        # a path; nothing, if there was none to be read
        return "" if theirs.string_from(seen) == wanted or (not wanted and not seen.startswith('"')) else f"{wanted!r} here, {seen} there"
    if isinstance(wanted, tuple):        # captured bytes, true length
        data, length = wanted
        there = theirs.string_from(seen)
        if there is None:
            return f"bytes here, {seen} there"
        return "" if there[:len(data)] == data and (len(there) == length or seen.endswith("...")) else f"{data!r} here, {there!r} there"
    if isinstance(wanted, list) and wanted and isinstance(wanted[0], dict):    # an array of structs
        there = theirs.split_arguments(seen[1:-1])
        if len(there) != len(wanted):
            return f"{len(wanted)} structs here, {seen} there"
        return next(filter(None, map(same_argument, wanted, there)), "")
    if isinstance(wanted, list):         # the pair of a pipe
        return "" if seen == f"[{wanted[0]}, {wanted[1]}]" else f"{wanted} here, {seen} there"
    if isinstance(wanted, dict):         # a struct: these of its fields
        there = dict(re.findall(r"(\w+)=([^,{}\[\]]+)", seen))
        for name, value in wanted.items():
            if ours.number_from(there.get(name, "")) != value:
                return f"{name}={value} here, {seen} there"
        return ""
    how, which = wanted.split()          # a wait status
    there = {"exited": f"WEXITSTATUS(s) == {which}", "killed": f"WTERMSIG(s) == {which}"}.get(how, "")
    return "" if there in seen else f"{wanted} here, {seen} there"


def difference(wanted, call):
    """What makes these two calls different, or ''."""
    if call.name not in wanted.names:
        return "another call"
    for position, argument in enumerate(wanted.arguments or []):
        if position >= len(call.arguments):
            return "" if call.is_cut else f"argument {position + 1} is missing there"
        complaint = same_argument(argument, call.arguments[position])
        if complaint:
            return f"argument {position + 1}: {complaint}"
    if wanted.result is not None and call.result is not None:
        if wanted.result >= 0 and wanted.result != call.result or (wanted.result == -1) != (call.result == -1):
            return f"result {wanted.result} here, {call.result} there"
    if wanted.error and call.error and wanted.error.split()[0] != call.error:
        return f"errno {wanted.error} here, {call.error} there"
    return ""


def is_passed_over(wanted, call):
    """What may stand there though ipcscope says nothing of it: memory for libc itself, and a call that the kernel began again
    after a signal (or would have, if the handler had not jumped away)."""
    if call.is_interrupted:
        return not (wanted.error.startswith("EINTR") or wanted.result is None)
    return call.name in theirs.MEMORY and bool(difference(wanted, call))


def compare_thread(tid, mine, other, knows_inside):
    complaints = []
    position = 0
    for wanted in mine.calls:
        while position < len(other.calls) and is_passed_over(wanted, other.calls[position]):
            position += 1
        if knows_inside:   # libc's own calls in between that no table row stands for are allowed there
            while position < len(other.calls) and difference(wanted, other.calls[position]):
                position += 1
        if wanted.is_abandoned and (position >= len(other.calls) or difference(wanted, other.calls[position])):
            continue    # a handler jumped away before the kernel was asked
        if position >= len(other.calls):
            complaints.append(f"thread {tid}: ipcscope saw {wanted.text}; strace saw nothing more")
            break
        why = difference(wanted, other.calls[position])
        if why:
            complaints.append(f"thread {tid}, call {position + 1}: ipcscope saw {wanted.text}\n"
                              f"    strace saw {other.calls[position].line[:300]}\n    {why}")
            break
        position += 1
    else:
        # A main that returns ends in libc's own exit_group: no call of the program's.
        rest = [c for c in other.calls[position:] if not c.is_interrupted and c.name not in {"exit_group", "exit"} | theirs.MEMORY]
        if rest and not knows_inside:
            complaints.append(f"thread {tid}: strace saw more: " + "; ".join(c.line[:120] for c in rest[:4]))
    if mine.end and other.end:
        end = re.sub(r"\d+$", lambda n: signal.Signals(int(n.group())).name if mine.end.startswith("killed") else n.group(), mine.end)
        if end != other.end:
            complaints.append(f"thread {tid} ended: {end} here, {other.end} there")
    return complaints


def compare_stillborn(tid, end, other):
    """A child that was killed before its probe had said hello: ipcscope has its birth and its end, strace what the probe began."""
    own = [c for c in other.calls if c.name not in theirs.BEFORE_HELLO]
    complaints = [f"process {tid} ended before it said a word, but strace saw {own[0].line[:160]}"] if own else []
    if end and end != other.end:
        complaints.append(f"process {tid} ended: {end} here, {other.end} there")
    return complaints


def main():
    record, kind, *what = sys.argv[1:]
    folder = tempfile.mkdtemp(prefix="ipcscope-strace-")
    prefix, log = f"{folder}/strace", f"{folder}/ours.jsonl"
    run = subprocess.run([record, log, kind, *what, "--", "strace", *theirs.OPTIONS, "-o", prefix],
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    if run.returncode != 0:
        print(run.stdout.decode(errors="replace"))
        return 1
    knows_inside = os.environ.get("COMPARE_INSIDE") == "1"
    mine, unseen, stillborn = ours.read(open(log, errors="replace"))
    other = theirs.read(prefix, "/ipcscope")
    complaints = []
    if not any(thread.calls for thread in mine.values()):
        complaints.append("ipcscope saw nothing")
    for tid, thread in sorted(mine.items()):
        if tid not in other:
            complaints.append(f"thread {tid} is not in strace's record, which has {sorted(other)}")
        elif tid not in unseen:
            complaints += compare_thread(tid, thread, other[tid], knows_inside)
    for tid in sorted(set(stillborn) & set(other)):
        complaints += compare_stillborn(tid, stillborn[tid], other[tid])
    for tid in sorted(set(other) - set(mine) - unseen - set(stillborn)):
        if other[tid].calls:
            complaints.append(f"strace saw thread {tid}, ipcscope did not: {other[tid].calls[0].line[:160]}")
    if complaints:
        print("\n".join(complaints[:12]))
        print(f"(both records are kept in {folder})")
        return 1
    print(f"{sum(len(t.calls) for t in mine.values())} calls of {len(mine)} threads, the same in both")
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
