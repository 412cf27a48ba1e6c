// What calls on memory did, for explain.cpp: what stands after the process's name.
#pragma once

#include <string>

#include "core/model/tell.h"

namespace ipcscope {

std::string told_of_map(const Told& told);
std::string told_of_unmap(const Told& told);
std::string told_of_protect(const Told& told);
std::string told_of_memfd(const Told& told);
std::string told_of_open_shared(const Told& told);
std::string told_of_unlink_shared(const Told& told);
std::string told_of_resize(const Told& told);
std::string told_of_load(const Told& told);
std::string told_of_store(const Told& told);
std::string told_of_update(const Told& told);

}  // namespace ipcscope
