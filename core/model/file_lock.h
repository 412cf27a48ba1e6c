// Locks on files: three kinds that differ in whose they are. A lock that somebody has is a Hold of its object; one that a
// call asks for, and has not got, is a wish.
//
//   Whole      flock(2)                       the open file's: dup and fork share it, a second open does not. Goes with the
//                                             open file's last descriptor
//   Record     fcntl(2) F_SETLK, lockf(3)     the process's, on a range of bytes: fork does not hand it on, and closing any
//                                             descriptor of the file throws it away
//   OpenFile   fcntl(2) F_OFD_SETLK           the open file's, on a range of bytes
//
// flock and the other two do not see each other (on local file systems); Record and OpenFile do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/events/event.h"

namespace ipcscope {

class Trace;
class Model;
struct Hold;
struct Object;
struct OpenFile;

enum class LockKind : std::uint8_t { Whole, Record, OpenFile };
inline constexpr std::int64_t end_of_file = INT64_MAX;   // the last byte of a range that has no end

struct LockWish {
    EventIndex enter = no_id;                 // the call that asks
    ThreadId thread = no_id;
    ProcessId process = no_id;
    std::uint32_t file = no_id;               // OpenFileId
    LockKind kind = LockKind::Whole;
    bool is_exclusive = true;
    bool is_release = false;
    std::int64_t first = 0, last = end_of_file;   // Record, OpenFile: bytes, `last` included

    bool operator==(const LockWish&) const = default;
};

// What an object knows of locks besides those that are held.
struct FileLocks {
    std::vector<LockWish> wishes;             // of calls that have not returned, oldest first
    bool has_ranges = false;                  // somebody has asked for bytes, not for the whole file
    EventIndex dropped = no_id;               // the last event that threw record locks away because a descriptor was closed
    ProcessId dropped_of = no_id;             // and whose they were

    bool operator==(const FileLocks&) const = default;
};

LockKind kind_of(const Hold& hold);
// What this call (flock, lockf, fcntl with a lock command) wants done. Nothing if it only asks, if its range is wrong (EINVAL), or
// if nobody knows where it lies (from the end of a file of unknown size).
std::optional<LockWish> wish_of_call(const Trace& trace, EventIndex enter, const OpenFile& file, const Object& object);

// Whether this hold is in the way of the wish.
bool is_in_the_way(const Hold& hold, const LockWish& wish);
// All that are, in the order of their age; empty if the thread asks for no lock.
std::vector<Hold> in_the_way_of(const Model& model, const LockWish& wish);
// The wish for whose sake this thread is in the kernel, or null.
const LockWish* wish_of_thread(const Model& model, ThreadId thread);

// What the kernel does to the list: own locks in the range are replaced (or taken away), split where they reach beyond it,
// and joined with neighbours of the same mode (fs/locks.c).
void put_lock(std::vector<Hold>& holds, const LockWish& wish, EventIndex at);
void take_lock(std::vector<Hold>& holds, const LockWish& wish);

// "bytes 0 to 9", "byte 5", "all bytes from 100 on", "all bytes", "the whole file" (Whole)
std::string text_of_range(LockKind kind, std::int64_t first, std::int64_t last);
// "a write lock on bytes 0 to 9", "the exclusive lock"
std::string text_of_lock(const Hold& hold);

}  // namespace ipcscope
