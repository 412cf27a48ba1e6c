// What stands on the stage: which processes and objects of a model are shown, what their rows say, and who holds which end.
// No places and no pixels yet (stage_layout.h), so that what is shown can be tested without drawing.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "app/views/stage_family.h"
#include "core/model/canonical.h"
#include "core/model/model.h"

namespace ipcscope {

inline constexpr std::size_t max_scene_processes = 8;
inline constexpr std::size_t max_scene_objects = 6;
inline constexpr std::size_t most_at_a_glance = 7;     // things, processes included
inline constexpr std::size_t easy_scene_objects = 4;   // more than that only of what is still there

// A line of a process's descriptor table.
struct SceneRow {
    std::vector<int> numbers;        // several: the standard ones, folded into one quiet line
    std::string what;                // "pipe, write end"
    ObjectId object = no_id;
    bool is_changed = false;         // in this step
    bool is_closed = false;          // given back in this step: shown until the next one
    bool is_guilty = false;          // the end for whose sake its own holder sleeps
    bool is_quiet = false;           // of no interest to the lesson: the first to be folded away
};

struct SceneProcess {
    ProcessId id = no_id;
    ThreadId thread = no_id;         // the one whose state is shown; no_id: the process has ended
    std::vector<ThreadId> threads;   // of a process with several: those that have not ended, oldest first; else empty
    std::vector<SceneRow> rows;
    std::string reason;              // why it sleeps, or how it ended, in a sentence; "" if there is nothing to explain
    bool is_changed = false;
    PeerProcess visitor;             // nobody of the run, who has the other end of one of its sockets; then `id` is no_id

    bool is_visitor() const { return visitor.is_known(); }
};

struct SceneObject {
    ObjectId id = no_id;
    bool is_faded = false;           // nobody has it open any more
    bool is_changed = false;
    std::vector<OpenFileId> files;   // files: the open files with an offset of their own
};

enum class Way : std::uint8_t { In, Out };   // towards the object (bytes, a wish), or from it (bytes, a hold)

enum class Tie : std::uint8_t {
    Bytes,    // descriptors by which it can send bytes this way
    Waits,    // it sleeps until it gets the object; the arrow goes to what it asks for
    Holds,    // it has the object, or a part of it; the arrow goes to who has it
    Uses,     // it has it mapped, or open: no arrow
};

// One way in which a process has to do with an object: of a tie and a way there is one edge between the two.
struct SceneEdge {
    std::size_t process = 0, object = 0;     // positions in the scene
    Tie tie = Tie::Bytes;
    Way way = Way::In;
    bool is_both_ways = false;
    std::vector<int> descriptors;            // Bytes: none if it waits for the other end to open it
    std::string label;                       // the others: what stands beside its start ("holds", an address)
    bool is_waiting = false;                 // it sleeps on this edge
    bool is_guilty = false;
    bool is_changed = false;
};

struct StageScene {
    std::vector<SceneProcess> processes;
    std::vector<SceneObject> objects;
    std::vector<SceneEdge> edges;
    Family family;                           // of several processes, while no object is shown
    std::size_t places = 0;                  // for processes: those yet to be born, as far as they are known, have theirs
    std::size_t more_processes = 0, more_objects = 0;   // that exist and are not shown
    std::string alarm;                       // who is stuck for ever, in a sentence; "" if nobody is
};

// `expected_processes`: how many the lesson will have; 0 if nobody knows. `next`: the thread that the lesson would let go.
StageScene make_scene(const Trace& trace, const Model& model, std::size_t expected_processes, ThreadId next);

// Adds those who have come from outside, as far as there is room for them beside the processes. Part of make_scene.
void add_visitors(const Model& model, StageScene& scene);

// The thread whose state stands for its process: the lesson's next one, else one at the gate, asleep, in the kernel.
ThreadId shown_thread(const Model& model, const Process& process, ThreadId next);

// Under which object this one is drawn: the two sockets of a connection are one box, under the older of them.
ObjectId shown_under(const Model& model, ObjectId object);

// The object that this thread's call is about, by its descriptor; no_id if it names none.
ObjectId object_of_call(const Trace& trace, const Model& model, const Thread& thread);

// "write(4, "hello", 5)": the call as its programmer wrote it, without what the descriptors stand for.
std::string call_text(const CanonicalCall& call);
// "write(4)": its name and the descriptor, for narrow places.
std::string brief_call_text(const Event& enter);

// Bytes on their way in this step: from a process into an object, or out of it. `turn`: flights of one turn move together,
// one turn after the other.
struct Flight {
    MessageId message = no_id;
    ProcessId process = no_id;
    ObjectId object = no_id;
    Way way = Way::In;
    EventIndex at = no_id;
    std::size_t turn = 0;
};
std::vector<Flight> flights_of(const Trace& trace, const Model& model);

}  // namespace ipcscope
