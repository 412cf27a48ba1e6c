// What ss(8) says of sockets: a tool that we did not write.
#pragma once

#include <sys/types.h>

#include <algorithm>
#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

namespace ipcscope {

// Of the TCP sockets in that process's network: `ESTAB 5 0 127.0.0.1:5000 127.0.0.1:43210 users:(("server",pid=42,fd=4))`; none if it cannot be asked.
inline std::vector<std::string> lines_of_ss(pid_t pid) {
    const std::string command = "nsenter -t " + std::to_string(pid) + " -n ss -tanpH 2>/dev/null";
    FILE* const pipe = popen(command.c_str(), "r");
    std::vector<std::string> lines;
    char text[512];
    while (pipe && fgets(text, sizeof text, pipe)) {
        std::istringstream words(text);
        std::string line;
        for (std::string word; words >> word;) line += (line.empty() ? "" : " ") + word;
        lines.push_back(line);
    }
    if (pipe) pclose(pipe);
    return lines;
}

inline bool has_line(const std::vector<std::string>& lines, const std::string& beginning) {
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) { return line.starts_with(beginning); });
}

}  // namespace ipcscope
