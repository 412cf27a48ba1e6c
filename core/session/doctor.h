// What this machine allows, and what is lost without it.
#pragma once

#include <string>
#include <vector>

namespace ipcscope {

struct Checkup {
    std::string what;       // "user namespaces"
    bool is_fine = false;
    std::string finding;    // "allowed"
    std::string loss;       // what is lost without it, and how to allow it; "" if fine
    bool is_essential = false;
};
std::vector<Checkup> examine_machine();

}  // namespace ipcscope
