// Where the window stands, in words: lines "name value". Two equal texts need no new frame; with IPCSCOPE_STATUS_FILE set
// it is written there whenever it changes, so that a test can wait for a state instead of sleeping.
#pragma once

#include <string>

#include "app/window/desk.h"

namespace ipcscope {

std::string status_text(const Desk& desk);
std::string window_title(const Desk& desk);

class StatusFile {
 public:
    StatusFile();
    void write(const std::string& text);   // by rename, if it is another text than the last

 private:
    std::string path_, last_;
};

}  // namespace ipcscope
