// Calls as the stage speaks of them: what a call is about, and its text as its programmer wrote it.
#include <cctype>
#include <string_view>

#include "app/views/stage_scene.h"

namespace ipcscope {

ObjectId object_of_call(const Trace& trace, const Model& model, const Thread& thread) {
    if (thread.call() == no_id) return no_id;
    const Event& enter = trace[thread.call()];
    if (!is_call(enter.call)) return no_id;
    const CallRow& row = row_of(static_cast<CallId>(enter.call));
    const int argument = argument_with(row, Role::Fd), id = argument_with(row, Role::IpcId);
    const Object* object = argument >= 0 ? model.object_behind(thread.process, static_cast<int>(enter.value[argument]))
                           : id >= 0     ? model.object_at(ipc_path(row, static_cast<int>(enter.value[id])))
                                         : nullptr;
    return object ? object->id : no_id;
}

namespace {

// "{sem_num=0, sem_op=-1}" -> "{0, -1}": as a programmer may write it. What stands in quotes stays.
std::string without_field_names(std::string_view argument) {
    std::string text;
    bool is_quoted = false;
    for (std::size_t at = 0; at < argument.size(); ++at) {
        const char c = argument[at];
        is_quoted ^= c == '"' && (at == 0 || argument[at - 1] != '\\');
        const bool is_place_of_name = !is_quoted && !text.empty() && (text.back() == '{' || (text.size() > 1 && text.ends_with(", ")));
        std::size_t end = at;
        while (is_place_of_name && end < argument.size() && (std::isalnum(static_cast<unsigned char>(argument[end])) || argument[end] == '_')) ++end;
        if (end > at && end < argument.size() && argument[end] == '=') at = end;
        else text += c;
    }
    return text;
}

}  // namespace

std::string call_text(const CanonicalCall& call) {
    const CallId id = call_from_name(call.name);
    const bool is_access = id != CallId::Count && row_of(id).made == Made::Announced;   // "counter memory#1"
    std::string text = call.name + "(";
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
        std::string_view argument = call.arguments[i];
        const bool is_number = !argument.empty() && argument.front() >= '0' && argument.front() <= '9';
        if (is_number || is_access) argument = argument.substr(0, argument.find(' '));
        if (i > 0) text += ", ";
        text += argument.find('{') == std::string_view::npos ? std::string(argument) : without_field_names(argument);
    }
    return text + ")";
}

std::string brief_call_text(const Event& enter) {
    if (!is_call(enter.call)) return "?";
    const CallRow& row = row_of(static_cast<CallId>(enter.call));
    // "mutex_lock": of so many calls that begin with pthread_ the object says more. ("pthread_create" stays as it is.)
    constexpr std::string_view prefix = "pthread_";
    const bool is_of_object = row.name.starts_with(prefix) && row.name.find('_', prefix.size()) != std::string_view::npos;
    std::string text(row.name.substr(is_of_object ? prefix.size() : 0));
    const int argument = argument_with(row, Role::Fd);
    text += '(';
    if (argument == 0) text += std::to_string(enter.value[0]);
    return text += ')';
}

}  // namespace ipcscope
