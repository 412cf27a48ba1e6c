// The IPC objects with names of their own kind (queue names, System V ids, /dev/shm names) that the run's calls have made or
// found, as far as anybody must know: to ask the kernel for their state, and to remove at the end what was made.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/events/call_table.h"
#include "core/events/event.h"
#include "core/keeper/question.h"

namespace ipcscope {

struct IpcObject {
    IpcKind kind{};
    std::int32_t id = 0;          // System V
    std::string name;             // POSIX
    bool is_new = false;          // a call said "make it" …
    bool is_certain = false;      // … and it was not there before (O_EXCL, IPC_PRIVATE)
    bool is_told = false;         // the keeper knows that it is to be removed
    bool is_gone = false;         // the kernel said so

    bool is_same(const IpcObject& other) const { return kind == other.kind && id == other.id && name == other.name; }
};

class IpcObjects {
 public:
    // Whether calls of this kind make or find such objects: asked for every record.
    static bool concerns(std::uint16_t call) { return kind_by_call[call] != nobody; }
    void entered(const Event& enter, std::span<const std::byte> payload);
    void returned(const Event& exit);

    std::vector<IpcObject>& all() { return all_; }
    std::map<ThreadId, IpcObject>& asked() { return asked_; }    // by calls that have not returned

 private:
    static constexpr std::uint8_t nobody = 0xff;
    static const std::array<std::uint8_t, call_count> kind_by_call;

    std::map<ThreadId, IpcObject> asked_;    // by a call that has not returned
    std::vector<IpcObject> all_;
};

}  // namespace ipcscope
