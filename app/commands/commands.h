// The commands: each does its work, says what went wrong in one sentence on stderr, and returns the exit status.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ipcscope {

inline constexpr int exit_success = 0, exit_failed = 1, exit_usage = 2;

struct ListOptions {
    bool is_json = false;
};
int list_lessons(const ListOptions& options);

// How lessons are run by `run` and `check`.
struct LessonRunOptions {
    bool is_trusted = false;  // lessons that did not come with ipcscope need no question
    bool is_private = true;
    bool has_wire = true;     // false: hosts are on the loopback
    std::string wrapper;  // words put before each program; for tests
};

struct RunOptions {
    std::string lesson;
    std::string recording;    // where to save it; "": nowhere
    bool is_json = false;
    LessonRunOptions how;
};
int run_lesson(const RunOptions& options);

struct CheckCommandOptions {
    std::vector<std::string> lessons;  // empty: all
    int times = 1;
    LessonRunOptions how;
};
int check_lessons(const CheckCommandOptions& options);

struct CompareOptions {
    std::string lesson;
    std::string only;         // this program alone; "": all
    std::size_t size = 0;     // bytes a message; 0: all sizes that the lesson names
    long count = 0;           // messages a run; 0: as many as give a good figure
    int repetitions = 5;
    bool has_one_processor = true;
    bool is_json = false;
    LessonRunOptions how;
};
int compare_mechanisms(const CompareOptions& options);

struct TraceOptions {
    std::vector<std::string> command;
    std::string output;  // "" = stderr
    std::string recording;    // where to save it; "": nowhere
    std::string endpoint;     // of ours, for the program to talk with: as TracePeer::open reads it
    bool is_json = false;
};
int trace_program(const TraceOptions& options);

struct EndpointOptions {
    std::string verb, kind, address;    // "listen", "tcp", "7000"
    bool echoes = false;
    std::string pace = "off"; // bytes a second
    bool goes_anywhere = false;  // also where other machines are
    bool is_json = false;
};
int run_endpoint(const EndpointOptions& options);

struct ExportOptions {
    std::string recording;
    std::string output;
};
int export_recording(const ExportOptions& options);

struct DoctorOptions {
    bool is_json = false;
};
int examine(const DoctorOptions& options);

// What `--json` writes, for `--help`.
extern const std::string_view list_schema, run_schema, compare_schema, doctor_schema, endpoint_schema;

}  // namespace ipcscope
