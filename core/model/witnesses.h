// Inside the comparison with the kernel's word: one function a FactKind, entered in the table of witness.cpp; each adds its
// lines.
#pragma once

#include "core/events/fact.h"
#include "core/model/witness.h"

namespace ipcscope {

struct Witnesses {
    const Trace& trace;
    const Model& model;
    std::vector<WitnessLine> lines;
    std::vector<std::pair<ProcessId, int>> listed;   // descriptors that the kernel has named so far
    std::vector<const Event*> mappings;              // Mapping facts so far
    std::vector<const Event*> file_locks;            // FileLock facts so far

    void add(const Event& fact, WitnessLine line) {
        line.process = fact.process;
        lines.push_back(std::move(line));
    }

    // witness.cpp
    void thread_state(const Event& fact);
    void process_state(const Event& fact);
    void descriptor(const Event& fact);
    void descriptor_count(const Event& fact);
    void pipe_bytes(const Event& fact);
    void same_open_file(const Event& fact);
    void mutexes(const Event& fact);   // witness_pthreads.cpp: of all mutexes whose bytes are known; `fact` is any of this quiescence
    // witness_memory.cpp
    void mapping(const Event& fact);
    void mapping_count(const Event& fact);
    void memory(const Event& fact);
    void shared_memory_name(const Event& fact);
    // witness_parent.cpp
    void parent(const Event& fact);
    void posix_semaphores();   // witness_semaphores.cpp: no fact of its own; whenever there are facts
    // witness_locks.cpp
    void file_lock(const Event& fact) { file_locks.push_back(&fact); }
    void file_lock_count(const Event& fact);
    void event_file(const Event& fact);    // witness_event_files.cpp
    // witness_sysv.cpp
    void semaphore_set(const Event& fact);
    void semaphore_of_set(const Event& fact);
    void segment(const Event& fact);
    void socket(const Event& fact);        // witness_sockets.cpp
    void kernel_sockets(const Event& fact);   // witness_kernel_sockets.cpp
    // witness_queues.cpp
    void message_queue(const Event& fact);
    void system_v_queue(const Event& fact);
    void system_v_message(const Event& fact);
};

inline constexpr const char* not_known = "not known";

inline std::string proc(const Process& process, const std::string& rest) { return "/proc/" + std::to_string(process.pid_here) + rest; }

}  // namespace ipcscope
