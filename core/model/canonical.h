// The canonical line: `child  read(3 pipe#1, "hello", 16) = 5`. One text for the log view, `ipcscope run`, golden tests,
// search, lesson goals, the clipboard and bug reports. Made from the call's row and the model as it stood at that call.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/model.h"
#include "core/model/packet_flows.h"

namespace ipcscope {

// The parts, so that a view can colour them; `line` joins them.
struct CanonicalCall {
    std::string process;   // "child"
    std::string name;      // "read"
    std::vector<std::string> arguments;   // "3 pipe#1", "\"hello\"", "16"
    std::string outcome;   // "= 5", "= -1 EPIPE (Broken pipe)", "asleep", "at the gate", "in the kernel", "did not return",
                           // "dies of SIGPIPE", "ends" (_exit), "→ new program" (exec)
    bool is_injected = false; // ipcscope made it, or its answer (a verdict at the gate)
    bool is_inside = false;   // made by a library

    // process padded to name_width; "(injected)" after an injected call. Without a name: process and outcome.
    std::string line(std::size_t name_width = 0) const;
    bool operator==(const CanonicalCall&) const = default;
};

// The call whose Enter is at `enter`, as the model `at that moment` knows it. The model must have been folded at least up
// to that Enter; descriptors are described by what they stand for in it, so ask when the event is fresh, and keep the line.
// What the call has answered is said if the model was folded so far. Not shown: a mode that no flag asks for, what fcntl's
// command does not use, the environment. Addresses, which change from run to run, are "…" (a handler: "handler 0x…").
CanonicalCall canonical_call(const Trace& trace, const Model& model, EventIndex enter);
// Fills in what its Exit tells, at `exit`: arguments that came out, and the outcome.
void complete_call(CanonicalCall& call, const Trace& trace, const Model& model, EventIndex exit);

// Texts for one value, by role; shared with views. Flags: known names joined by |, unknown bits as 0x… . Bytes: C-escaped in
// quotes, at most `limit` shown then "…". FcntlValue: the type of a struct flock. Control characters never come out raw.
std::string text_of_bytes(std::string_view bytes, std::uint64_t true_length, std::size_t limit = 32);
std::string text_of_flags(Role role, std::int64_t value);
std::string text_of_attributes(Role role, std::string_view attributes);   // of a pthread_…attr_t: "{PTHREAD_PROCESS_SHARED}"
std::string text_of_signal(int signal);                    // "SIGPIPE"
std::string text_of_errno(int error);                      // "EPIPE"
std::string text_of_wait_status(int status);               // "exited 0", "killed by SIGPIPE"

// Keeps the lines of a whole trace: fed once an event, in step with the model, it makes each call's line when it is
// entered and completes it when it returns. Lines are never remade, so that they say what was true then.
// A fork's return in the child, which entered nothing, has an entry of its own (enter = exit = that Exit). What is no call:
// ends of processes, notes, losses, calls that were counted but not seen, hosts, packets and what became of them (of a packet
// that nobody held and that arrived as it was: nothing).
class CallLog {
 public:
    struct Entry {
        EventIndex enter = no_id;     // the Enter (or, for what is no call, the event itself)
        EventIndex exit = no_id;
        ProcessId process = no_id;
        ThreadId thread = no_id;
        CanonicalCall call;           // for events that are no calls: process and outcome only ("ended: killed by SIGPIPE")
        bool is_call = true;

        bool operator==(const Entry&) const = default;
    };
    // Call after model.apply(trace, index).
    void apply(const Trace& trace, const Model& model, EventIndex index);
    const std::vector<Entry>& entries() const { return entries_; }
    // The entry of this Enter, or null.
    const Entry* entry_of(EventIndex enter) const;

 private:
    void add_call(const Trace& trace, const Model& model, EventIndex index);
    void add_line(const Model& model, const Event& event, EventIndex index, std::string text);
    void add_network(const Trace& trace, const Model& model, EventIndex index);
    void end_calls(const Trace& trace, const Model& model, EventIndex index);
    void let_go(const Event& granted);
    void set_outcome(EventIndex enter, std::string_view outcome);

    std::vector<Entry> entries_;
    std::vector<std::uint32_t> by_enter_;     // by event: its entry, or no_id
    std::vector<std::uint32_t> open_;         // entries of calls that have not returned
    std::vector<std::uint32_t> last_call_;    // by thread: the entry of its last call
    PacketFlows flows_;
};

}  // namespace ipcscope
