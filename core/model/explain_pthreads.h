// What calls on threads, mutexes, condition variables and barriers did, for explain.cpp: what stands after the process's name.
#pragma once

#include <string>

#include "core/model/tell.h"

namespace ipcscope {

std::string told_of_start(const Told& told);
std::string told_of_join(const Told& told);
std::string told_of_make_lock(const Told& told);
std::string told_of_lock(const Told& told);
std::string told_of_unlock(const Told& told);
std::string told_of_repair(const Told& told);
std::string told_of_wait(const Told& told);
std::string told_of_wake(const Told& told);
std::string told_of_meeting(const Told& told);

}  // namespace ipcscope
