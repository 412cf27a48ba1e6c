// What `ipcscope` understands on the command line.
#pragma once

namespace ipcscope {

// Exit status: 0 success, 1 a failed goal or program, 2 wrong usage (`trace`: that of the program).
int run_command_line(int argc, char** argv);

}  // namespace ipcscope
