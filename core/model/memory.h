// Memory that processes map, and where in it things lie.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/events/event.h"

namespace ipcscope {

// Pages of a process's memory that a call has put there (mmap(2), shmat(2)). They are a window on an object: a memory object,
// a file, or fresh memory, which is an object of its own.
struct Mapping {
    std::uint64_t address = 0, length = 0;   // whole pages
    std::uint32_t object = no_id;            // ObjectId
    std::uint64_t offset = 0;                // of the first byte, in the object
    int protection = 0;                      // PROT_READ | PROT_WRITE | PROT_EXEC
    bool is_shared = false;                  // else what is written stays in this process
    EventIndex since = no_id;

    std::uint64_t end() const { return address + length; }
    bool contains(std::uint64_t byte) const { return byte - address < length; }
    bool operator==(const Mapping&) const = default;
};

// A byte of an object.
struct MemoryPlace {
    std::uint32_t object = no_id;            // ObjectId
    std::uint64_t offset = 0;

    bool operator==(const MemoryPlace&) const = default;
};

// Where an object lies that programs keep in their memory: a mutex, an unnamed semaphore.
struct InMemory {
    std::uint32_t object = no_id;            // ObjectId of the shared memory; no_id: it lies in a process's own memory
    ProcessId process = no_id;               // … of this process
    std::uint64_t offset = 0;                // in the object, or the address in the process

    auto operator<=>(const InMemory&) const = default;
};

// The bytes of an object in memory, from its beginning on, as far as they are known.
struct KnownBytes {
    std::string now;
    std::string before;                      // as they were before they last changed
    EventIndex changed = no_id;

    bool operator==(const KnownBytes&) const = default;
};

// How a lesson names the places in its programs' memory: "int counter 0".
enum class FieldType : std::uint8_t { Char, Int, Unsigned, Long, Pointer };

struct MemoryField {
    FieldType type = FieldType::Int;
    std::string name;
    std::uint64_t offset = 0;
    std::uint32_t count = 1;                 // char[16] is text, the others are rows of numbers
    std::string guard;                       // the lock that one must have to touch it, by its object's name; "": none is agreed upon

    bool operator==(const MemoryField&) const = default;
};

std::size_t size_of(FieldType type);
std::vector<std::string> field_type_names();   // as C writes them: "int", "void*"
// "int", "char[16]": the type and the count. False: there is none of that name.
bool parse_field_type(std::string_view text, MemoryField& field);
inline std::uint64_t size_of(const MemoryField& field) { return size_of(field.type) * field.count; }
// "7", "7, 0, 0", "\"hello\"", "0x7f20c0000000"; nothing if `bytes` (of an object, from its beginning on) do not reach so far.
std::optional<std::string> text_of_field(const MemoryField& field, std::string_view bytes);
// "07 00 00 00": at most `most` bytes from `offset` on.
std::string hex_of_bytes(std::string_view bytes, std::uint64_t offset, std::size_t most);

}  // namespace ipcscope
