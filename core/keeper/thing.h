// What a run makes that has a name of its own in an IPC namespace, and how it goes. A run without namespaces keeps a list of such
// things in its directory: when session and keeper are both killed, the next run removes what is listed there.
#pragma once

#include <mqueue.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <unistd.h>

#include <string>

#include "core/keeper/question.h"
#include "core/keeper/run_files.h"

namespace ipcscope {

struct Thing {
    IpcKind kind;
    int id;              // System V
    std::string name;    // POSIX, with its '/'
    bool operator==(const Thing&) const = default;
};

inline bool is_system_v(IpcKind kind) { return kind == IpcKind::SysVQueue || kind == IpcKind::SysVSemaphores || kind == IpcKind::SysVMemory; }

// A name must be one of a file in the directory, nothing else.
inline bool is_fit(const std::string& name) {
    return name.size() > 1 && name[0] == '/' && name.find('/', 1) == std::string::npos && name != "/." && name != "/..";
}

inline std::string path_of(const Thing& thing) { return (thing.kind == IpcKind::Semaphore ? "/dev/shm/sem." : "/dev/shm/") + thing.name.substr(1); }

inline void remove(const Thing& thing) {
    switch (thing.kind) {
        case IpcKind::MessageQueue: mq_unlink(thing.name.c_str()); return;
        case IpcKind::Semaphore:
        case IpcKind::SharedMemory: unlink(path_of(thing).c_str()); return;
        case IpcKind::SysVQueue: msgctl(thing.id, IPC_RMID, nullptr); return;
        case IpcKind::SysVSemaphores: semctl(thing.id, 0, IPC_RMID); return;
        case IpcKind::SysVMemory: shmctl(thing.id, IPC_RMID, nullptr); return;
    }
}

// --- The list in the run directory: a line for each, "kind id name" ----------------------------------------

inline std::string list_path(const std::string& directory) { return directory + run_list; }

inline void write_to_list(FILE* list, const Thing& thing) {
    fprintf(list, "%d %d %s\n", static_cast<int>(thing.kind), thing.id, thing.name.c_str());
    fflush(list);
}

// Removes what is listed. What is no line of ours is passed over.
inline void remove_listed(const std::string& directory) {
    FILE* const list = fopen(list_path(directory).c_str(), "re");
    if (!list) return;
    char line[ipc_name_bytes + 32], name[ipc_name_bytes + 1];
    static_assert(ipc_name_bytes == 256, "the width in the format below");
    while (fgets(line, sizeof line, list)) {
        int kind = 0, id = 0;
        const int fields = sscanf(line, "%d %d %256[^\n]", &kind, &id, name);
        const Thing thing{static_cast<IpcKind>(kind), id, fields == 3 ? name : ""};
        if (fields >= 2 && (is_system_v(thing.kind) || is_fit(thing.name))) remove(thing);
    }
    fclose(list);
}

}  // namespace ipcscope
