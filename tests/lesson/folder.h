// A folder of a test's own, gone with it; and lessons written into it.
#pragma once

#include <string>
#include <vector>

namespace ipcscope {

class Folder {
  public:
    Folder();
    Folder(const Folder&) = delete;
    ~Folder();
    const std::string& path() const { return path_; }
    std::string file(const std::string& name) const { return path_ + "/" + name; }
    void write(const std::string& name, const std::string& text) const;

  private:
    std::string path_;
};

// Each test has its user's directories for itself (XDG base directories).
class OwnDirectories {
  public:
    OwnDirectories();
    const Folder& folder() const { return folder_; }

  private:
    Folder folder_;
};

// A lesson in one step: two processes, the given blocks, the program `p.c`.
std::string small_lesson(const std::string& blocks, const std::string& processes = "parent child");

// A pipe, a fork, a read that sleeps until the parent writes.
extern const char small_program[];

}  // namespace ipcscope
