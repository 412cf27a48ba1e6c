#include "core/probe/environment.h"

#include <dlfcn.h>
#include <limits.h>
#include <unistd.h>

#include <cstring>

#include "core/events/hello.h"
#include "core/probe/attach.h"

namespace ipcscope {
namespace {

constexpr char preload_prefix[] = "LD_PRELOAD=";
constexpr std::size_t preload_prefix_length = sizeof preload_prefix - 1;

char own_path[PATH_MAX];                                  // as the loader was told
char socket_setting[sizeof socket_variable + sizeof socket_path];    // "IPCSCOPE_SOCKET=/run/…"
char inside_setting[sizeof inside_variable + 16];          // "IPCSCOPE_INSIDE=0", or ""

// The value, if `setting` is of the variable `name`.
char* value_of(char* setting, const char* name) {
    const std::size_t length = std::strlen(name);
    return std::strncmp(setting, name, length) == 0 && setting[length] == '=' ? setting + length + 1 : nullptr;
}

// The entry after ours in a list like "ours:theirs other", or null if ours is not the first.
const char* after_own(const char* list) {
    const std::size_t length = std::strlen(own_path);
    if (length == 0 || std::strncmp(list, own_path, length) != 0) return nullptr;
    const char* rest = list + length;
    if (*rest && *rest != ':' && *rest != ' ') return nullptr;
    while (*rest == ':' || *rest == ' ') ++rest;
    return rest;
}

void blank(char* text) { std::memset(text, 0, std::strlen(text)); }

// Keeps a copy of "NAME=value" and takes it out of sight. False: it would not fit, and stays.
bool keep(char* setting, char* copy, std::size_t room) {
    if (std::strlen(setting) >= room) return false;
    std::strcpy(copy, setting);
    blank(setting);
    return true;
}

// What becomes of one entry: true = it stays.
bool stays(char* setting) {
    if (char* const path = value_of(setting, socket_variable)) {
        if (std::strlen(path) < sizeof socket_path) std::strcpy(socket_path, path);
        return !keep(setting, socket_setting, sizeof socket_setting);
    }
    if (value_of(setting, inside_variable)) return !keep(setting, inside_setting, sizeof inside_setting);
    if (char* const list = value_of(setting, "LD_PRELOAD")) {
        const char* const rest = after_own(list);
        if (!rest) return true;
        const std::size_t length = std::strlen(rest);
        const std::size_t before = std::strlen(list);
        std::memmove(list, rest, length);
        std::memset(list + length, 0, before - length);
        if (length == 0) blank(setting);
        return length > 0;
    }
    return true;
}

}  // namespace

bool take_environment() {
    Dl_info self;
    if (dladdr(reinterpret_cast<void*>(&take_environment), &self) && self.dli_fname && std::strlen(self.dli_fname) < sizeof own_path)
        std::strcpy(own_path, self.dli_fname);
    if (!environ) return false;
    char** kept = environ;
    for (char** entry = environ; *entry; ++entry)
        if (stays(*entry)) *kept++ = *entry;
    *kept = nullptr;
    return socket_path[0] != 0 && own_path[0] != 0;
}

bool is_inside_wanted() { return std::strcmp(inside_setting, "IPCSCOPE_INSIDE=0") != 0; }

std::size_t image_environment_bytes(char* const* envp) {
    if (!socket_setting[0] || !own_path[0]) return 0;
    std::size_t entries = 0;
    std::size_t theirs = 0;
    for (; envp && envp[entries]; ++entries) {
        if (std::strcmp(envp[entries], socket_setting) == 0) return 0;    // libc hands on what we gave it
        if (char* const list = value_of(envp[entries], "LD_PRELOAD")) theirs = std::strlen(list);
    }
    return (entries + 4) * sizeof(char*) + preload_prefix_length + std::strlen(own_path) + 1 + theirs + 1;
}

char* const* build_image_environment(char* const* envp, void* memory) {
    const char** out = static_cast<const char**>(memory);
    const char* theirs = "";
    std::size_t entries = 0;
    for (; envp && envp[entries]; ++entries) {
        if (const char* const list = value_of(envp[entries], "LD_PRELOAD")) theirs = list;
        else *out++ = envp[entries];
    }
    char* text = static_cast<char*>(memory) + (entries + 4) * sizeof(char*);
    *out++ = text;
    text = stpcpy(stpcpy(text, preload_prefix), own_path);
    if (*theirs) {
        *text++ = ':';
        std::strcpy(text, theirs);
    }
    *out++ = socket_setting;
    if (inside_setting[0]) *out++ = inside_setting;
    *out = nullptr;
    return static_cast<char* const*>(memory);
}

}  // namespace ipcscope
