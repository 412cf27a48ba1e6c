// Compiling a lesson's program: cc with fixed flags and an argument vector, never a shell; at most 20 s and 1 GiB. What is
// compiled stays in the user's cache. Programs of lessons that came with ipcscope were compiled by its own build; they are
// taken as long as the source that was compiled, which lies beside them, is the source of the lesson.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "core/lesson/lesson.h"
#include "core/trace/result.h"

namespace ipcscope {

// One compilation on its way. Ending it early ends the compiler.
class Build {
  public:
    static std::unique_ptr<Build> start(const Lesson& lesson, const std::string& source);
    Build(const Build&) = delete;
    ~Build();

    // The program's path, or what is wrong with it ("pipe.c:12: expected ';' …"), as soon as that is known. Never blocks.
    std::optional<Result<std::string>> poll();
    // The same, waiting for it.
    Result<std::string> wait();

  private:
    Build() = default;
    Result<std::string> compile(const Lesson& lesson, const std::string& source, const std::string& text);
    Result<std::string> finish(int status);
    Result<std::string> failure_from_log() const;

    std::optional<Result<std::string>> done_;
    std::string source_;      // its name, for sentences
    std::string program_;     // where it will stand
    std::string workshop_;    // a folder in the cache, for the time of the build
    std::string unfinished_;  // where the compiler puts it
    std::string log_;         // what the compiler says
    pid_t compiler_ = -1;     // also its process group
    std::chrono::steady_clock::time_point deadline_;
};

}  // namespace ipcscope
