// Replacing the first instructions of a function by a jump, and keeping them elsewhere so that it can still be called.
//
//   entry:       jmp stub        <- 5 bytes over the first instructions
//   stub:        jmp *[hook]
//   trampoline:  the first instructions, moved (what they say relative to themselves is set right)
//                jmp entry + their length
//
// Stub and trampoline lie within 2 GiB of the entry, since a jump of 5 bytes reaches no farther.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ipcscope {

// How a function is known to begin. `bytes` are hexadecimal, "??" is any byte.
struct Prologue {
    const char* bytes;
    std::size_t length;               // of the whole instructions that are moved: at least 5
    std::size_t displacement_at;      // of a 32-bit displacement relative to the end of the moved part; 0 if there is none
};

class PatchPages {
 public:
    // Executable memory near `neighbour`, and the code around it made writable (it stays executable: what copies the bytes may
    // live on the same page). Once for all patches: two changes of protection cost less than two for each. False if the machine
    // does not let us.
    bool open(const void* neighbour);
    // Everything is read-only again, for good.
    void close();
    // Patches `entry` to go to `hook`; answers what calls the original, or null: it does not begin as known, nothing was changed.
    void* patch(void* entry, const void* hook);

 private:
    bool protect(int protection);
    bool is_open_for(const std::uint8_t* code) const;

    std::uint8_t* next_ = nullptr;
    std::uint8_t* page_ = nullptr;
    std::uintptr_t code_begin_ = 0, code_end_ = 0;    // the executable segment that `neighbour` lies in
};

}  // namespace ipcscope
